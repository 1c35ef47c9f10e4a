"""What a change needs of the world, as small Protocols: where it is kept, and how the calls come to know it.

Pure: types only. The store implements the first ones, its cache of the directory ``InForce``; fakes subclass them.
Every method that keeps something raises ``StoreDown``, with nothing changed as far as anybody can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from callcontrol.changed_by import ChangedBy
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup
from callcontrol.reminders.reminder import Reminder
from callcontrol.voice_recording import RecordingKind, VoiceRecording

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


class Reminders(Protocol):
    """The reminders of lines, as their users set them. ``timezone`` is the zone by which they were planned."""

    async def all(self, line: str) -> Sequence[Reminder]:
        """Those of a line, the next one first; those that were missed come last."""
        ...

    async def get(self, line: str, reminder: str) -> Reminder:
        """One of a line's. Raises NotFound."""
        ...

    async def add(
        self, line: str, added: Sequence[Reminder], timezone: str, by: ChangedBy, *, most: int
    ) -> None:
        """Keep these too, all or none; those that were missed give way. Raises TooMany when more than ``most`` would
        wait, NotFound."""
        ...

    async def replace(self, line: str, reminder: Reminder, timezone: str, by: ChangedBy) -> None:
        """Keep this in place of the one of its id. Raises NotFound."""
        ...

    async def remove(self, line: str, reminders: Collection[str], by: ChangedBy) -> int:
        """Remove these; how many there were."""
        ...


class VoiceRecordings(Protocol):
    """The recordings of lines: which there are. Their files are ``VoiceFiles``'."""

    async def begin(self, line: str, recording: str, kind: RecordingKind, at: datetime, most: int) -> bool:
        """Keep a place for a recording that is being made; nobody sees it yet. False when the line has ``most``
        already. Raises NotFound."""
        ...

    async def ready(self, line: str, recording: str, seconds: float, by: ChangedBy) -> VoiceRecording:
        """Its file is there: everybody sees it now. Raises NotFound."""
        ...

    async def give_up(self, line: str, recording: str) -> None:
        """It came to nothing; its file, if any, goes to the trash."""
        ...

    async def kinds(self, line: str, recordings: Collection[str]) -> Mapping[str, RecordingKind]:
        """Those of ``recordings`` that this line has."""
        ...

    async def remove(self, line: str, recording: str, by: ChangedBy) -> VoiceRecording:
        """Remove one; its file goes to the trash. Raises NotFound, and InUse when a document names it."""
        ...


class VoiceFiles(Protocol):
    """The files of recordings. Paths are relative to the media folder; lengths are seconds."""

    async def make(self, source: Path, path: str, longest: int) -> float:
        """Check the upload ``source`` and make the file ``path`` of it; its length. Raises UnusableSound."""
        ...

    async def make_of_recording(self, recording: str, path: str, longest: int) -> float:
        """The same of what the telephone system recorded under that name, which stays. Raises UnusableSound."""
        ...

    async def forget_recording(self, recording: str) -> None:
        """Erase what the telephone system recorded under that name; none is no error."""
        ...

    async def uri(self, path: str) -> str | None:
        """What the telephone system plays it by; None when there is no such file."""
        ...
