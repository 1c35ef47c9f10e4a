"""What users set, kept in memory: documents, contacts, saved numbers; and calls that obey only what they were told.

As strict as the store: versions count, a change that is expected elsewhere is refused, names are taken once, nothing is
half done. ``before_write`` is somebody else who writes in between; ``down`` is the database being away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import (
    ContactBooks,
    ForwardNumber,
    InForce,
    Key,
    SavedNumbers,
    SettingsDocuments,
)
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactBook, ContactGroup
from callcontrol.directory.directory import Directory
from callcontrol.errors import GroupCircle, NameTaken, NotFound, NotInForce, StoreDown, VersionConflict


@dataclass
class Audited:
    """The audit trail: who changed what of which line."""

    entries: list[tuple[str, str, ChangedBy]] = field(default_factory=list)
    down: bool = False

    def write(self, line: str, what: str, by: ChangedBy) -> None:
        """Add an entry. Raises StoreDown, as everything that writes."""
        if self.down:
            raise StoreDown("the database does not answer")
        self.entries.append((line, what, by))


class FakeDocuments(SettingsDocuments):
    """Bodies and versions by (line, document). ``asked`` is each reading."""

    def __init__(self, audited: Audited) -> None:
        self._audited = audited
        self.rows: dict[tuple[str, str], tuple[dict[str, Any], int]] = {}
        self.asked: list[tuple[str, ...]] = []
        self.before_write: Callable[[], object] = lambda: None

    async def some(self, line: str, documents: Sequence[str]) -> dict[str, tuple[dict[str, Any], int]]:
        self.asked.append(tuple(documents))
        return {name: self.rows[line, name] for name in documents if (line, name) in self.rows}

    async def put_all(
        self,
        line: str,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        expected_versions: Mapping[str, int],
        by: ChangedBy,
    ) -> dict[str, int]:
        self.before_write()
        for name, expected in expected_versions.items():
            if (found := self._version(line, name)) != expected:
                raise VersionConflict(name, expected, found)
        for name, body in documents.items():
            self.put(line, name, body, by)
        return {name: self._version(line, name) for name in documents}

    def put(self, line: str, name: str, body: Mapping[str, Any], by: ChangedBy) -> None:
        """Somebody writes a document."""
        if self.rows.get((line, name), ({}, 0))[0] != body:
            self._audited.write(line, name, by)
            self.rows[line, name] = (dict(body), self._version(line, name) + 1)

    def _version(self, line: str, name: str) -> int:
        return self.rows.get((line, name), ({}, 0))[1]


class FakeContactBooks(ContactBooks):
    """Cards and groups by (line, id)."""

    def __init__(self, audited: Audited) -> None:
        self._audited = audited
        self.cards: dict[tuple[str, str], ContactCard] = {}
        self.all_groups: dict[tuple[str, str], ContactGroup] = {}

    async def put(
        self, line: str, cards: Iterable[ContactCard], by: ChangedBy, *, replace: bool = False
    ) -> None:
        kept = list(cards)
        if replace and any((line, card.id) not in self.cards for card in kept):
            raise NotFound("this contact does not exist")
        self._audited.write(line, "contacts", by)
        self.cards.update({(line, card.id): card for card in kept})

    async def remove(self, line: str, contacts: Sequence[str], by: ChangedBy) -> int:
        there = [contact for contact in contacts if (line, contact) in self.cards]
        if there:
            self._audited.write(line, "contacts", by)
        for contact in there:
            del self.cards[line, contact]
        return len(there)

    async def existing(self, line: str, contacts: Sequence[str]) -> frozenset[str]:
        return frozenset(contact for contact in contacts if (line, contact) in self.cards)

    async def groups(self, line: str) -> list[ContactGroup]:
        return [group for (owner, _), group in self.all_groups.items() if owner == line]

    async def put_group(
        self, line: str, group: ContactGroup, by: ChangedBy, *, replace: bool = False
    ) -> None:
        others = {each.id: each for each in await self.groups(line)}
        if others.pop(group.id, None) is None and replace:
            raise NotFound("this group does not exist")
        if any(other.name == group.name for other in others.values()):
            raise NameTaken("another group has this name")
        if _inside(group, others):
            raise GroupCircle("a group cannot be inside itself")
        self._audited.write(line, "contact-groups", by)
        self.all_groups[line, group.id] = group

    async def remove_group(self, line: str, group: str, by: ChangedBy) -> None:
        if (line, group) not in self.all_groups:
            raise NotFound("this group does not exist")
        self._audited.write(line, "contact-groups", by)
        del self.all_groups[line, group]

    def book(self, line: str) -> ContactBook:
        """What the directory makes of them."""
        cards = [card.contact() for (owner, _), card in self.cards.items() if owner == line]
        return ContactBook(cards, [group for (owner, _), group in self.all_groups.items() if owner == line])


class FakeSavedNumbers(SavedNumbers):
    """Saved numbers by (line, id)."""

    def __init__(self, audited: Audited) -> None:
        self._audited = audited
        self.rows: dict[tuple[str, str], ForwardNumber] = {}

    async def all(self, line: str) -> list[ForwardNumber]:
        return [saved for (owner, _), saved in self.rows.items() if owner == line]

    async def put(self, line: str, saved: ForwardNumber, by: ChangedBy, *, replace: bool = False) -> None:
        others = {each.id: each for each in await self.all(line)}
        if others.pop(saved.id, None) is None and replace:
            raise NotFound("this saved number does not exist")
        if any(other.number == saved.number for other in others.values()):
            raise NameTaken("this number is saved already")
        self._audited.write(line, "forward-numbers", by)
        self.rows[line, saved.id] = saved

    async def remove(self, line: str, saved: str, by: ChangedBy) -> None:
        if (line, saved) not in self.rows:
            raise NotFound("this saved number does not exist")
        self._audited.write(line, "forward-numbers", by)
        del self.rows[line, saved]


class FakeInForce(InForce):
    """Calls that go by ``directory``, which learns exactly what it is told to read. ``away``: the database went."""

    def __init__(self, directory: Directory, documents: FakeDocuments, contacts: FakeContactBooks) -> None:
        self._directory, self._documents, self._contacts = directory, documents, contacts
        self.told: list[Key] = []
        self.away = False

    async def in_force(self, changed: Collection[Key]) -> None:
        if self.away:
            raise NotInForce("the database went away")
        self.told += changed
        for kind, line, *rest in changed:
            if kind == "document":
                self._directory.put_document(line, rest[0], *self._documents.rows[line, rest[0]])
            else:
                assert kind == "book", f"nothing here changes a {kind}"
                self._directory.put_contacts(line, self._contacts.book(line))


def _inside(group: ContactGroup, others: Mapping[str, ContactGroup]) -> bool:
    waiting, seen = list(group.groups), set[str]()
    while waiting:
        name = waiting.pop()
        if name == group.id:
            return True
        if name not in seen and name in others:
            seen.add(name)
            waiting += others[name].groups
    return False
