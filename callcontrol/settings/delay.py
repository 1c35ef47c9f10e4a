"""One delay, two documents: how ``voicemail_after`` of a simple line stays one value (contract).

Pure. On a simple line the value lives in ``call-manager.no_answer.voicemail_after``; ``message-settings`` shows it
and a change made there is written to the call manager. On an advanced line it lives in ``message-settings`` and the
call manager (not used there) is left alone. Nobody else may read or write the two fields past these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import BaseModel

from callcontrol.facts import Licence, Line
from callcontrol.settings.model import LineSettings, MessageSettings


def is_advanced(line: Line) -> bool:
    """Whether the advanced manager (spec §4) treats this line's calls."""
    return line.licence is Licence.FULL_MEETING_ADVANCED


def with_one_delay(line: Line, settings: LineSettings) -> LineSettings:
    """The settings as everybody reads them: both documents of a simple line show the same delay."""
    kept = settings.call_manager.no_answer.voicemail_after
    if is_advanced(line) or settings.message_settings.voicemail_after == kept:
        return settings
    return replace(
        settings, message_settings=settings.message_settings.model_copy(update={"voicemail_after": kept})
    )


def documents_behind(line: Line, document: str) -> tuple[str, ...]:
    """The stored documents that ``document`` of ``line`` shows: itself, and where the delay is kept elsewhere."""
    if document == "message-settings" and not is_advanced(line):
        return document, "call-manager"
    return (document,)


def documents_to_write(
    line: Line, settings: LineSettings, document: str, model: BaseModel
) -> Mapping[str, BaseModel]:
    """What a change of ``document`` to ``model`` writes, by document name: one entry, or two when a simple line's
    delay was given in ``message-settings``. One that was not given (``PUT`` without it) changes nothing."""
    if document != "message-settings" or not isinstance(model, MessageSettings) or is_advanced(line):
        return {document: model}
    manager = settings.call_manager
    kept = manager.no_answer.voicemail_after
    if "voicemail_after" not in model.model_fields_set or model.voicemail_after == kept:
        return {document: model.model_copy(update={"voicemail_after": kept})}
    no_answer = manager.no_answer.model_copy(update={"voicemail_after": model.voicemail_after})
    return {document: model, "call-manager": manager.model_copy(update={"no_answer": no_answer})}
