"""The dialog of a list of callers: numbers that are typed, contacts and their groups, extensions (spec §3). Pure.

It works on a copy of the list, which the page takes over with *OK*. Who is offered to be ticked is bounded, so that a
thousand contacts are searched, not sent; whoever is ticked stays so, whether shown or not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callcontrol import numbers
from callcontrol.directory.contacts import ContactBook
from callcontrol.directory.directory import Directory
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Line
from callcontrol.portal_bridge.call_manager import form
from callcontrol.settings.parse import parse

TABS = ("list", "contacts", "extensions")
KINDS_OF = {
    "list": ("numbers",),
    "contacts": ("contacts", "contact_groups"),
    "extensions": ("extensions",),
}
"""The kinds of entry behind each tab."""
MOST_SHOWN = 100
"""Rows to tick that are shown at once."""


@dataclass(frozen=True, slots=True)
class Picker:
    """The open dialog of the list at ``path``. ``typed`` and ``search`` are what stands in its fields, ``mistake`` why
    what was typed is no caller."""

    path: str
    picked: Mapping[str, Sequence[str]]
    tab: str = "list"
    typed: str = ""
    search: str = ""
    mistake: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody to tick. ``value`` is ``KIND:ENTRY``; ``detail`` tells who it is."""

    value: str
    name: str
    detail: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Those of a tab that fit; ``more`` did not."""

    shown: tuple[Row, ...]
    more: int


def of_form(path: str, fields: Mapping[str, Sequence[str]]) -> Picker:
    """The dialog as it was sent: of the rows that were shown, those that are ticked and no others are picked.
    Raises form.BadForm."""
    picked = form.callers(_one(fields, "picker.picked"))
    tab = _one(fields, "picker.tab")
    typed, search = _one(fields, "picker.typed", ""), _one(fields, "picker.search", "")
    if tab not in TABS or len(typed) > form.LONGEST or len(search) > form.LONGEST:
        raise form.BadForm
    ticked = set(fields.get("picker.tick", ()))
    for shown in fields.get("picker.shown", ()):
        kind, _, entry = shown.partition(":")
        if kind not in form.KINDS or len(entry) > form.LONGEST:
            raise form.BadForm
        if shown not in ticked:
            picked[kind] = [each for each in picked[kind] if each != entry]
        elif entry not in picked[kind]:
            picked[kind].append(entry)
    return Picker(path, picked, tab, typed, search)


def with_typed(picker: Picker, language: str) -> Picker:
    """What was typed is put on the list, if it can be a caller; else it stays in its field, with the reason."""
    entry = picker.typed.strip()
    if not entry:
        return replace(picker, typed="", mistake=None)
    listed = [*picker.picked["numbers"], entry]
    try:
        parse("call-manager", {"selective_reject": {"callers": {"numbers": listed[-1:]}}}, language)
        parse("call-manager", {"selective_reject": {"callers": {"numbers": listed}}}, language)
    except SettingsInvalid as error:
        return replace(picker, mistake=error.mistakes[0].text)
    if entry in picker.picked["numbers"]:
        listed.pop()
    return replace(picker, picked={**picker.picked, "numbers": listed}, typed="", mistake=None)


def without(picker: Picker, number: str) -> Picker:
    """One number less."""
    left = [entry for entry in picker.picked["numbers"] if entry != number]
    return replace(picker, picked={**picker.picked, "numbers": left})


def rows(picker: Picker, line: Line, directory: Directory, gone: str) -> Rows:
    """Who can be ticked in the dialog's tab: those who are ticked first, then by name. ``gone`` names a contact, group
    or extension that is on the list and does not exist any more."""
    everybody = list(
        _contacts(directory.contacts(line)) if picker.tab == "contacts" else _extensions(line, directory)
    )
    wanted = _folded(picker.search)
    known = {row.value for row in everybody}
    picked = {f"{kind}:{entry}" for kind in KINDS_OF[picker.tab] for entry in picker.picked[kind]}
    lost = [Row(value, gone, value.partition(":")[2][:8], True) for value in sorted(picked - known)]
    found = [
        replace(row, ticked=row.value in picked)
        for row in everybody
        if wanted in _folded(f"{row.name} {row.detail} {row.detail.replace(' ', '')}")
    ]
    found.sort(key=lambda row: (not row.ticked, row.value.startswith("contacts:"), _folded(row.name)))
    all_of_them = [*lost, *found] if not wanted else found
    return Rows(tuple(all_of_them[:MOST_SHOWN]), max(0, len(all_of_them) - MOST_SHOWN))


def _contacts(book: ContactBook) -> Iterator[Row]:
    for group in book.groups.values():
        yield Row(f"contact_groups:{group.id}", group.name, "", False)
    for contact in book.contacts.values():
        shown = ", ".join(map(numbers.pretty, contact.numbers[:3]))
        yield Row(f"contacts:{contact.id}", contact.name, shown, False)


def _extensions(line: Line, directory: Directory) -> Iterator[Row]:
    """The lines of the company that can call: a group never does."""
    for other in directory.lines(line.company):
        if other.extension and other.number != line.number:
            yield Row(f"extensions:{other.extension}", other.name, other.extension, False)


def _folded(text: str) -> str:
    """Without accents and case."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


def _one(fields: Mapping[str, Sequence[str]], name: str, otherwise: str | None = None) -> str:
    values: Any = fields.get(name, ())
    if len(values) == 1:
        return str(values[0])
    if otherwise is None or values:
        raise form.BadForm
    return otherwise


def counts(picked: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many are picked behind each tab."""
    return {tab: sum(len(picked[kind]) for kind in kinds) for tab, kinds in KINDS_OF.items()}
