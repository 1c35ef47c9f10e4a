"""A personal contact with every field of the guide (§2.3.1): what the portal edits and the store keeps. Pure.

Routing sees only ``contact()``: names and canonical numbers. A card that was stored once is always readable, whatever
a later release adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from callcontrol import numbers
from callcontrol.directory.contacts import Contact

NUMBER_KINDS = ("home", "work", "mobile", "fax", "other")


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact. ``numbers`` are (kind, number as typed); ``primary_number`` and ``primary_email`` are one of
    their lists, or None."""

    id: str
    first_name: str = ""
    last_name: str = ""
    nickname: str = ""
    title: str = ""
    company: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    primary_number: str | None = None
    emails: tuple[str, ...] = ()
    primary_email: str | None = None
    sms: str | None = None
    home_address: str = ""
    work_address: str = ""

    @property
    def sort_key(self) -> str:
        """Cards are listed by last name, first name, nickname, firm, without regard to case."""
        parts = (self.last_name or self.first_name or self.nickname or self.company, self.first_name)
        return " ".join(part for part in parts if part).casefold()[:200].replace("\n", " ")

    def contact(self, country: str = "FR") -> Contact:
        """What routing needs of it. A number that cannot be one is left out."""
        known = (numbers.canonical(number, country) for _, number in self.numbers)
        return Contact(
            self.id,
            self.first_name,
            self.last_name,
            self.nickname,
            self.company,
            tuple(dict.fromkeys(number for number in known if number)),
        )

    def to_json(self) -> dict[str, Any]:
        """The stored form: every field but the id."""
        raw = asdict(self)
        del raw["id"]
        return raw


def card_of(identity: str, raw: Mapping[str, Any]) -> ContactCard:
    """The card that was stored as ``raw``; fields of another release are left out."""
    known = {field.name for field in fields(ContactCard)} - {"id"}
    values = {name: value for name, value in raw.items() if name in known}
    values["numbers"] = tuple((str(kind), str(number)) for kind, number in values.get("numbers", ()))
    values["emails"] = tuple(values.get("emails", ()))
    return ContactCard(identity, **values)
