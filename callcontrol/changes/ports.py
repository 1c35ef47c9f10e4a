"""What a change needs of the world, as small Protocols: where it is kept, and how the calls come to know it.

Pure: types only. The store implements the first ones, its cache of the directory ``InForce``; fakes subclass them.
Every method that keeps something raises ``StoreDown``, with nothing changed as far as anybody can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from callcontrol.changed_by import ChangedBy
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup

Key = tuple[str, ...]
"""What changed: ``("document", line, name)``, ``("book", line)`` (contacts and their groups), ``("line", number)``
(a line or group) or ``("company", id)``."""


@dataclass(frozen=True, slots=True)
class ForwardNumber:
    """A saved forward number (numéro sauvegardé)."""

    id: str
    number: str
    name: str


class InForce(Protocol):
    """Whoever decides calls by what is kept."""

    async def in_force(self, changed: Collection[Key]) -> None:
        """Return when the next decision obeys what was committed under these keys before this was called.

        Raises NotInForce when the database goes away in between: the change is kept and will be obeyed later.
        """
        ...


class SettingsDocuments(Protocol):
    """The settings documents of lines, as raw bodies with versions."""

    async def some(self, line: str, documents: Sequence[str]) -> Mapping[str, tuple[Mapping[str, Any], int]]:
        """Those of ``documents`` that were ever written: body and version, by name."""
        ...

    async def put_all(
        self,
        line: str,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        expected_versions: Mapping[str, int],
        by: ChangedBy,
    ) -> Mapping[str, int]:
        """Replace documents, all or none, and return their versions (0 in ``expected_versions``: never written).
        Raises VersionConflict, NotFound."""
        ...


class ContactBooks(Protocol):
    """The personal contacts of lines, and their groups."""

    async def put(
        self, line: str, cards: Iterable[ContactCard], by: ChangedBy, *, replace: bool = False
    ) -> None:
        """Keep contacts, all or none. ``replace``: each must be there already. Raises NotFound."""
        ...

    async def remove(self, line: str, contacts: Sequence[str], by: ChangedBy) -> int:
        """Remove contacts, from their groups too; returns how many there were."""
        ...

    async def existing(self, line: str, contacts: Sequence[str]) -> frozenset[str]:
        """Those of ``contacts`` that this line has."""
        ...

    async def groups(self, line: str) -> Sequence[ContactGroup]:
        """Every group of a line."""
        ...

    async def put_group(
        self, line: str, group: ContactGroup, by: ChangedBy, *, replace: bool = False
    ) -> None:
        """Keep a group with its members. ``replace``: it must be there already. Raises NotFound, NameTaken,
        GroupCircle."""
        ...

    async def remove_group(self, line: str, group: str, by: ChangedBy) -> None:
        """Remove a group, not its members. Raises NotFound."""
        ...


class SavedNumbers(Protocol):
    """The saved forward numbers of lines."""

    async def all(self, line: str) -> Sequence[ForwardNumber]:
        """The saved numbers of a line."""
        ...

    async def put(self, line: str, saved: ForwardNumber, by: ChangedBy, *, replace: bool = False) -> None:
        """Keep a number. ``replace``: it must be there already. Raises NotFound, NameTaken."""
        ...

    async def remove(self, line: str, saved: str, by: ChangedBy) -> None:
        """Remove a number. Raises NotFound."""
        ...
