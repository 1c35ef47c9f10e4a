"""A line's personal contacts and their nested groups, as routing needs them: who has which number.

Pure. Nothing else of a contact is kept here (spec §13). Groups may be nested in a circle; that must never hang.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Contact:
    """A personal contact. ``numbers`` are canonical."""

    id: str
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    company: str = ""
    numbers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the contact is shown: first and last name, else the nickname, else the firm."""
        full = " ".join(part for part in (self.first_name, self.last_name) if part)
        return full or self.nickname or self.company


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A group of contacts and of other groups, by id."""

    id: str
    name: str = ""
    contacts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


class ContactBook:
    """The contacts and groups of one line; never changed, replaced as a whole."""

    __slots__ = ("_by_number", "_group_numbers", "contacts", "groups")

    def __init__(self, contacts: Iterable[Contact] = (), groups: Iterable[ContactGroup] = ()) -> None:
        self.contacts: Mapping[str, Contact] = MappingProxyType({contact.id: contact for contact in contacts})
        self.groups: Mapping[str, ContactGroup] = MappingProxyType({group.id: group for group in groups})
        self._by_number: dict[str, tuple[str, ...]] = {}
        self._group_numbers: dict[str, frozenset[str]] = {}
        for contact in self.contacts.values():
            for number in contact.numbers:
                self._by_number[number] = (*self._by_number.get(number, ()), contact.id)

    def name_of(self, number: str) -> str | None:
        """The name of the contact with this canonical number; the first by id order of entry when several have it."""
        for contact in self._by_number.get(number, ()):
            if name := self.contacts[contact].name:
                return name
        return None

    def contacts_with(self, number: str) -> tuple[str, ...]:
        """The ids of the contacts that have this canonical number."""
        return self._by_number.get(number, ())

    def group_numbers(self, group: str) -> frozenset[str]:
        """Every canonical number in a group and in the groups nested in it; empty for a group that is gone."""
        known = self._group_numbers.get(group)
        if known is None:
            known = frozenset(
                number
                for contact in self._members(group)
                if contact in self.contacts
                for number in self.contacts[contact].numbers
            )
            self._group_numbers[group] = known
        return known

    def _members(self, group: str) -> set[str]:
        members: set[str] = set()
        seen: set[str] = set()
        waiting = [group]
        while waiting:
            name = waiting.pop()
            found = self.groups.get(name)
            if found is None or name in seen:
                continue
            seen.add(name)
            members |= found.contacts
            waiting.extend(found.groups)
        return members


NO_CONTACTS = ContactBook()
