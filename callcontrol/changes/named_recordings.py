"""Which recordings a settings document names, and whether the line has them. Pure.

A recording that was named before and has gone meanwhile is left alone, so that its absence never locks the page: a
greeting without its file falls to the next one (spec §5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from callcontrol.errors import Mistake
from callcontrol.sentences.table import mistake
from callcontrol.settings.mailbox_documents import Greetings
from callcontrol.settings.model import CallManagerAdvanced
from callcontrol.voice_recording import RecordingKind

_WANTED: Mapping[RecordingKind, tuple[str, str]] = {
    RecordingKind.GREETING: ("une annonce (greeting)", "a greeting (greeting)"),
    RecordingKind.NAME: ("un nom (name)", "a name (name)"),
    RecordingKind.RINGBACK: ("une sonnerie de retour (ringback)", "a ringback (ringback)"),
    RecordingKind.REMINDER: ("une annonce de rappel (reminder)", "a reminder (reminder)"),
    RecordingKind.MESSAGE: ("un message (message)", "a message (message)"),
}
_VARIANTS = ("busy", "outside_hours", "internal")


def named(document: BaseModel) -> Mapping[str, tuple[str, RecordingKind]]:
    """Dotted path to (id, kind) of each recording that the document names."""
    match document:
        case Greetings():
            found = dict(_of_greetings(document))
        case CallManagerAdvanced(ringback=recording):
            found = {"ringback": (recording, RecordingKind.RINGBACK)}
        case _:
            found = {}
    return {where: (recording, kind) for where, (recording, kind) in found.items() if recording is not None}


def _of_greetings(greetings: Greetings) -> Iterator[tuple[str, tuple[str | None, RecordingKind]]]:
    for name in type(greetings.kinds).model_fields:
        kind = getattr(greetings.kinds, name)
        yield f"kinds.{name}.recording", (kind.recording, RecordingKind.GREETING)
        for variant in _VARIANTS:
            recording = getattr(kind, variant).recording
            yield f"kinds.{name}.{variant}.recording", (recording, RecordingKind.GREETING)
    yield "absence.recording", (greetings.absence.recording, RecordingKind.GREETING)
    yield "absence.internal_recording", (greetings.absence.internal_recording, RecordingKind.GREETING)
    yield "recorded_name", (greetings.recorded_name, RecordingKind.NAME)


def wanted(kind: RecordingKind, language: str) -> str:
    """A recording of this kind, in words."""
    return _WANTED[kind][1 if language == "en" else 0]


def mistakes(
    document: BaseModel, before: BaseModel, there: Mapping[str, RecordingKind], language: str
) -> list[Mistake]:
    """What is wrong with the recordings that are named newly; ``there`` are those that the line has."""
    old = named(before)
    return [
        wrong
        for where, (recording, kind) in named(document).items()
        if old.get(where) != (recording, kind)
        and (wrong := _mistake(where, recording, kind, there, language))
    ]


def _mistake(
    where: str, recording: str, kind: RecordingKind, there: Mapping[str, RecordingKind], language: str
) -> Mistake | None:
    if recording not in there:
        return mistake("recording_unknown", where, language)
    if there[recording] is not kind:
        return mistake("recording_kind", where, language, wanted=wanted(kind, language))
    return None
