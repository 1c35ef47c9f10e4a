"""From what was stored or sent to a settings document: all mistakes at once, each in one sentence.

Pure. Whatever comes in, the answer is a whole, valid document or ``SettingsInvalid``: never half of each, and what
was set before stays (spec §13). ``check_against_line`` adds what only the directory knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from callcontrol.errors import SettingsInvalid
from callcontrol.sentences.table import mistake, mistakes
from callcontrol.settings.model import DOCUMENTS


def parse(document: str, raw: object, language: str = "fr") -> BaseModel:
    """The document named ``document`` (as in the API) from JSON-like data; absent fields take their defaults.

    Raises ``SettingsInvalid`` with every mistake in ``language``; ``where`` is a dotted path, ``""`` for the whole.
    """
    model = DOCUMENTS.get(document)
    if model is None:
        raise SettingsInvalid([mistake("document_unknown", "", language)])
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise SettingsInvalid(mistakes(error, language)) from None


def merge(document: str, current: BaseModel | Mapping[str, object], patch: object) -> object:
    """What ``PATCH`` makes of a document: RFC 7396 merge patch. null takes a field back to its default.

    The answer is raw: give it to ``parse``, which also refuses a patch that is no object.
    """
    if document not in DOCUMENTS:
        raise KeyError(document)
    return _merged(to_raw(current) if isinstance(current, BaseModel) else current, patch)


def to_raw(model: BaseModel) -> dict[str, object]:
    """A document as JSON-like data, every field present: what is stored and what ``GET`` answers."""
    return model.model_dump(mode="json")


def _merged(target: object, patch: object) -> object:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result
