"""The form of *Paramètres de Message*: what it says of the documents ``message-settings`` and ``inbox-access``. Pure.

Everything that is not saved is in the form alone. Nothing is judged here: what cannot be understood stays as it was
typed, is refused by the documents' own checks and is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callcontrol.facts import Licence, Line
from callcontrol.portal_bridge.pages.form import Form

GENERAL, ACCESS = "message-settings", "inbox-access"
SWITCHES: Mapping[str, tuple[str, ...]] = {
    GENERAL: ("live_screening", "mail_enabled", "keep_original", "action_links"),
    ACCESS: ("pin_disabled", "quick_login", "autoplay_voice", "autoplay_fax"),
}
TEXTS: Mapping[str, tuple[str, ...]] = {GENERAL: ("voicemail_after",), ACCESS: ("playback",)}
ADDRESSES = "addresses"
PLAYBACKS = ("details_and_message", "message", "details")
LONGEST, MOST_DIGITS, MOST_TARGETS = 254, 9, 100


@dataclass(frozen=True, slots=True)
class Target:
    """An address that messages are mailed to."""

    address: str
    voice: bool = True
    fax: bool = True


@dataclass(frozen=True, slots=True)
class Typed:
    """``values`` has a value for each field that the line's page shows: true or false of a switch, else a text."""

    values: Mapping[str, bool | str]
    targets: tuple[Target, ...]


def documents(line: Line) -> tuple[str, ...]:
    """Those that the page of ``line`` is about. Who has a fax licence has no voicemail to call."""
    return (GENERAL,) if line.licence is Licence.FAX else (GENERAL, ACCESS)


def fields(line: Line, document: str) -> tuple[str, ...]:
    """The fields of ``document`` that the page of ``line`` shows, addresses apart."""
    hidden: set[str] = set()
    if line.licence is Licence.FAX:
        hidden |= {"voicemail_after", "live_screening"}
    if line.group:  # it has no phones that could ring
        hidden.add("live_screening")
    if line.licence is Licence.SIMPLE:
        hidden.add("action_links")
    return tuple(name for name in (*TEXTS[document], *SWITCHES[document]) if name not in hidden)


def of_documents(raw: Mapping[str, Mapping[str, Any]], line: Line) -> Typed:
    """The form of the documents as they stand, by name."""
    values = {
        name: found if isinstance(found := raw[document][name], bool) else str(found)
        for document in documents(line)
        for name in fields(line, document)
    }
    return Typed(values, tuple(Target(**each) for each in raw[GENERAL][ADDRESSES]))


def of_form(form: Form, line: Line) -> Typed:
    """What was sent."""
    texts = {name for names in TEXTS.values() for name in names}
    values = {
        name: form.text(name)[:LONGEST] if name in texts else form.ticked(name)
        for document in documents(line)
        for name in fields(line, document)
    }
    voice, fax = set(form.all("voice")), set(form.all("fax"))
    sent = form.all("address")[:MOST_TARGETS]
    targets = tuple(
        Target(address[:LONGEST], str(index) in voice, str(index) in fax)
        for index, address in enumerate(sent)
    )
    return Typed(values, targets)


def raw_with(typed: Typed, raw: Mapping[str, Any], document: str, line: Line) -> dict[str, Any]:
    """``document`` as the form wants it; what the page does not show stays as it is."""
    changed: dict[str, Any] = {name: _understood(typed.values[name]) for name in fields(line, document)}
    if document == GENERAL:
        changed[ADDRESSES] = [
            {"address": each.address, "voice": each.voice, "fax": each.fax} for each in typed.targets
        ]
    return {**raw, **changed}


def _understood(value: bool | str) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS:
        return int(value)
    return value
