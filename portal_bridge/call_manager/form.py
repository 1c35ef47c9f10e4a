"""What the form of the page *Accueil* says, and what that makes of the document ``call-manager``. Pure.

A field of the form has the dotted path of its place in the document as its name; a list of callers is one field, as
JSON. Nothing is judged here: what cannot be understood stays as it was typed, is refused by the document's own checks
(``changes.line_settings``) in their words, and is shown again. ``Values`` have a value for every path of ``FIELDS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callcontrol.portal_bridge.json_body import keepable
from callcontrol.settings.fields import MOST_CALLERS

Values = Mapping[str, Any]
Raw = Mapping[str, Any]

ON = "on"
KINDS = ("numbers", "contacts", "contact_groups", "extensions")
"""The four kinds of entry of a list of callers."""
LONGEST = 200
"""Characters of what is typed into a field, or of an entry of a list; what is longer was not typed here."""
MOST_DIGITS = 9

SWITCHES = (
    "dnd.enabled",
    "dnd.priority_enabled",
    "no_answer.forward_enabled",
    "no_answer.voicemail_enabled",
    "busy.forward_enabled",
    "busy.voicemail_enabled",
    "unavailable.forward_enabled",
    "selective_forward.enabled",
    "selective_reject.enabled",
    "distinctive_ring.enabled",
    "reject_anonymous",
)
NUMBERS = (
    "unconditional.number",
    "no_answer.number",
    "busy.number",
    "unavailable.number",
    "selective_forward.number",
)
SECONDS = ("no_answer.forward_after", "no_answer.voicemail_after")
LISTS = (
    "dnd.priority",
    "selective_forward.callers",
    "selective_reject.callers",
    "distinctive_ring.callers",
)
SWITCH_OF: Mapping[str, str] = {
    "no_answer.number": "no_answer.forward_enabled",
    "busy.number": "busy.forward_enabled",
    "unavailable.number": "unavailable.forward_enabled",
    "selective_forward.number": "selective_forward.enabled",
}
"""The switch of each forward that has one of its own."""


class BadForm(Exception):
    """No page of ours sends this."""


def _incoming(text: str) -> object:
    return text


def _switch(text: str) -> object:
    return text == ON


def _seconds(text: str) -> object:
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= MOST_DIGITS else bare


def _number(text: str) -> object:
    return text.strip() or None


def callers(text: str) -> dict[str, list[str]]:
    """A list of callers from its field. Raises BadForm."""
    return checked_callers(decoded(text))


def checked_callers(found: object) -> dict[str, list[str]]:
    """What has the shape of a list of callers. Raises BadForm."""
    if not isinstance(found, dict) or not found.keys() <= set(KINDS):
        raise BadForm
    return {kind: _entries(found.get(kind, [])) for kind in KINDS}


def decoded(text: str) -> object:
    """A JSON field. Raises BadForm."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadForm from None


def _entries(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_CALLERS:
        raise BadForm
    for entry in value:
        if not isinstance(entry, str) or len(entry) > LONGEST or not keepable(entry):
            raise BadForm
    return value


FIELDS: Mapping[str, Callable[[str], object]] = {
    "incoming": _incoming,
    **dict.fromkeys(SWITCHES, _switch),
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(SECONDS, _seconds),
    **dict.fromkeys(LISTS, callers),
}
"""Each path of the form, and how its text is understood. A switch that is off sends nothing."""


def values_of_form(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The values that a form was sent with. Raises BadForm where a field is missing that is no switch, stands there
    twice, or is such as no page of ours sends."""
    found = {}
    for path, understood in FIELDS.items():
        texts = fields.get(path, ("",) if path in SWITCHES else ())
        if len(texts) != 1 or (path not in LISTS and len(texts[0]) > LONGEST) or not keepable(texts[0]):
            raise BadForm
        found[path] = understood(texts[0])
    return found


def values_of_json(text: str) -> dict[str, Any]:
    """Values that a page was made with, from its own field. Raises BadForm."""
    found = decoded(text)
    if not isinstance(found, dict) or found.keys() != FIELDS.keys():
        raise BadForm
    return {path: checked_callers(value) if path in LISTS else value for path, value in found.items()}


def values_of(document: Raw) -> dict[str, Any]:
    """The values of a document, as ``parse.to_raw`` gives it."""
    return {path: _get(document, path) for path in FIELDS}


def with_values(document: Raw, values: Values) -> dict[str, Any]:
    """The document with these values in it: what the form has no field for stays."""
    whole: dict[str, Any] = json.loads(json.dumps(document))
    for path, value in values.items():
        *parents, name = path.split(".")
        place = whole
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
    return whole


def as_field(value: object) -> str:
    """A value as the form sends it; of a switch that is off nothing."""
    match value:
        case None | False:
            return ""
        case True:
            return ON
        case dict():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case _:
            return str(value)


def differing(one: Values, other: Values) -> tuple[str, ...]:
    """The paths at which two sets of values differ."""
    return tuple(path for path in FIELDS if one[path] != other[path])


def brought_together(seen: Values, mine: Values, theirs: Values) -> dict[str, Any]:
    """What somebody set who had ``seen`` the document before others made it ``theirs``: what was changed here stays,
    what was changed elsewhere alone is taken over, and of lists each adds and takes away its own."""
    together = {}
    for path in FIELDS:
        if path in LISTS:
            together[path] = _lists_together(seen[path], mine[path], theirs[path])
        else:
            together[path] = theirs[path] if mine[path] == seen[path] else mine[path]
    return together


def _lists_together(seen: Raw, mine: Raw, theirs: Raw) -> dict[str, list[str]]:
    together = {}
    for kind in KINDS:
        before = set(seen[kind])
        gone = before - set(mine[kind])
        kept = dict.fromkeys(entry for entry in theirs[kind] if entry not in gone)
        kept.update(dict.fromkeys(entry for entry in mine[kind] if entry not in before))
        together[kind] = list(kept)
    return together


def count(entries: Mapping[str, Sequence[str]]) -> int:
    """How many entries a list of callers has."""
    return sum(len(entries[kind]) for kind in KINDS)


def _get(document: Raw, path: str) -> Any:
    place: Any = document
    for name in path.split("."):
        place = place[name]
    return place
