"""The one table of what a person is told about what it wrote: codes (pydantic's and ours) to one clear sentence. Pure.

The words of pydantic never reach anybody. A new code is a row in ``settings.py`` (documents, forms, requests),
``files.py`` (company file, configuration), ``sounds.py`` (recordings) or ``secrets.py`` (PINs, passwords).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from callcontrol.errors import Mistake
from callcontrol.sentences import files, secrets, settings, sounds

LANGUAGES = ("fr", "en")
"""The first is the default for a language that is not known."""
MOST_MISTAKES = 100
"""What has more mistakes than these is not made better by the rest of the list."""

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {**settings.SENTENCES, **files.SENTENCES, **secrets.SENTENCES, **sounds.SENTENCES}
)

_SAME_AS = {
    "int_from_float": "int_type",
    "int_parsing": "int_type",
    "int_parsing_size": "int_type",
    "dict_type": "model_type",
    "model_attributes_type": "model_type",
    "tuple_type": "list_type",
    "not_list": "list_type",
    "string_unicode": "text_impossible",
    "text_empty": "string_type",
    "bool_parsing": "bool_type",
    "datetime_from_date_parsing": "datetime_parsing",
    "datetime_type": "datetime_parsing",
    "date_from_datetime_parsing": "date_parsing",
    "date_type": "date_parsing",
}
_ANY_OTHER = ("Cette valeur n’est pas valable.", "This value is not valid.")
_QUOTED = re.compile(r"'([^']*)'")
_OR = (" ou ", " or ")


def sentence(code: str, language: str, parameters: Mapping[str, object] | None = None) -> str:
    """The sentence of a code. A code that is not in the table is still a true sentence, never a raw code."""
    number = 1 if language == "en" else 0
    if (parameters or {}).get("field_type") == "Value":  # pydantic's word for a text behind a check of ours
        code = {"too_long": "string_too_long", "too_short": "string_too_short"}.get(code, code)
    values = {name: _short(value) for name, value in (parameters or {}).items()}
    if "expected" in values:
        values["choices"] = _choices(
            str((parameters or {})["expected"]), "" if code == "enum" else _OR[number]
        )
    return SENTENCES.get(_SAME_AS.get(code, code), _ANY_OTHER)[number].format_map(values)


def mistake(
    code: str, where: str, language: str, line: int | None = None, /, **parameters: object
) -> Mistake:
    """One wrong field with its sentence. ``where`` is the dotted path in the document, ``line`` that of a file."""
    return Mistake(where, sentence(code, language, parameters), line)


def mistakes(error: ValidationError, language: str) -> list[Mistake]:
    """What pydantic found, in our words: one for each wrong field."""
    found = error.errors(include_url=False, include_input=False)[:MOST_MISTAKES]
    return [_mistake(each, language) for each in found]


def language_of(language: str | None) -> str:
    """The language to speak where a file may not have told it: English unless it is French."""
    return "fr" if language == "fr" else "en"


def _mistake(error: ErrorDetails, language: str) -> Mistake:
    context = dict(error.get("ctx", {}))
    path = [str(part)[:60] for part in error["loc"]]
    if at := context.pop("at", None):
        path.append(str(at))
    if error["type"] == "extra_forbidden":
        context["name"] = path[-1]
    return Mistake(".".join(path), sentence(error["type"], language, context))


def _choices(expected: str, last: str) -> str:
    """``'a', 'b' or 'c'``, as pydantic writes it, with our word before the last."""
    words = _QUOTED.findall(expected) or [expected]
    return last.join(filter(None, [", ".join(words[:-1]), words[-1]])) if last else ", ".join(words)


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    text = "".join(c if c.isprintable() else "�" for c in str(value))
    return text if len(text) <= 160 else f"{text[:157]}…"
