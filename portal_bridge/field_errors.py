"""The mistakes that pydantic found, in our words. Pure.

Sentences of this module's table come first, then those of the settings documents; pydantic's own never reach a user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ValidationError

from callcontrol.portal_bridge.problems import FieldError
from callcontrol.portal_bridge.texts import FIELDS
from callcontrol.settings import messages

MOST = 100
_SAME_AS = {
    "datetime_from_date_parsing": "datetime_parsing",
    "datetime_type": "datetime_parsing",
    "date_from_datetime_parsing": "date_parsing",
    "date_type": "date_parsing",
    "int_from_float": "int_parsing",
    "int_parsing_size": "int_parsing",
}
_QUOTED = re.compile(r"'([^']*)'")


def field_errors(error: ValidationError, language: str) -> tuple[FieldError, ...]:
    """One entry for each wrong field."""
    found = error.errors(include_url=False, include_input=False)[:MOST]
    errors = []
    for each in found:
        path = [str(part)[:60] for part in each["loc"]]
        context = dict(each.get("ctx", {}))
        if each["type"] == "extra_forbidden":
            context["name"] = path[-1]
        errors.append(FieldError(".".join(path), sentence(each["type"], language, context)))
    return tuple(errors)


def sentence(code: str, language: str, context: Mapping[str, object] | None = None) -> str:
    """The sentence of a code."""
    known = FIELDS.get(_SAME_AS.get(code, code))
    if known is None:
        return messages.sentence(code, language, context)
    expected = str((context or {}).get("expected", ""))
    choices = ", ".join(_QUOTED.findall(expected)) or expected
    return known[1 if language == "en" else 0].format(choices=choices)
