"""What a mailbox stands on: the files of its recordings, its messages, and who may open it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from callcontrol.changed_by import ChangedBy
from callcontrol.gaps import Gap
from callcontrol.message import Message, MessageKind


class RecordingFiles(Protocol):
    """The files of recordings, on the same file system as the media folder."""

    async def keep(self, recording: str, path: str) -> float | None:
        """Move the finished recording ``recording`` to ``path`` (relative to the media folder).

        A file that Asterisk did not finish (it was killed) is repaired. Gives its length in seconds, None
        when there is nothing in it. Doing it twice gives the same answer.
        """
        ...

    async def fill(self, path: str, gaps: Sequence[Gap]) -> float | None:
        """Put silence into a kept recording where nothing came, whole or not at all; its length in seconds then."""
        ...

    async def room(self) -> bool:
        """Whether there is room for another message (spec §5)."""
        ...

    async def silent(self, path: str) -> bool:
        """Whether a kept file holds nothing but silence."""
        ...

    async def drop(self, path: str) -> None:
        """Delete a kept file; one that is not there is no error."""
        ...

    def media(self, path: str) -> str:
        """The media URI that plays the kept file ``path``."""
        ...

    async def length(self, recording: str) -> float | None:
        """Length in seconds of a finished recording that is not kept yet; None when there is nothing in it."""
        ...

    async def discard(self, recording: str) -> None:
        """Delete a finished recording that is not kept; one that is not there is no error."""
        ...

    async def assemble(self, path: str, recording: str | None, kept: Sequence[str] = ()) -> float | None:
        """Make the file ``path`` of the finished recording ``recording`` (if any) and the kept files behind it.

        Gives its length in seconds, None when there was nothing. Doing it twice gives the same file. Raises OSError.
        """
        ...

    async def link(self, path: str, same: str) -> float | None:
        """Give the kept file ``path`` another name too; its length in seconds. Twice is no error. Raises OSError."""
        ...


class OwnRecordings(Protocol):
    """What owners record of themselves: greetings and names."""

    async def keep(self, line: str, kind: str, recording_name: str) -> str:
        """Keep the finished recording ``recording_name`` for ``line``, its ends cut and its level set; its id. ``kind``
        as in the API (``greeting``, ``name``). Raises ``UnusableSound`` (nothing but silence, too short, too long),
        ``TooMany``, ``NotFound``, ``StoreDown``; then the recording is still there, and nothing is kept."""
        ...

    async def media(self, line: str, recording: str) -> str | None:
        """The media URI that plays it; None when it is gone. Raises ``StoreDown``."""
        ...


class Messages(Protocol):
    """Where messages go. Idempotent by message id."""

    async def deliver(self, message: Message) -> None:
        """Raises ``StoreDown`` when the database does not answer; the journal keeps the message then."""
        ...

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        """All of them or none. Raises ``StoreDown``."""
        ...

    async def deliver_left(self, messages: Sequence[Message]) -> None:
        """The same, of messages most of which have been delivered already: those that are missing."""
        ...

    async def held(self, line: str) -> int:
        """How many messages and faxes are in a line's box, the deleted ones left out. Raises ``StoreDown``."""
        ...


class Boxes(Protocol):
    """The messages of a box, for whoever has shown that it is theirs. Every method raises ``StoreDown``."""

    async def all(self, line: str, kind: MessageKind | None, *, deleted: bool = False) -> Sequence[Message]:
        """Every message of a line, of one kind or (None) of both, oldest first: those in the box, or the deleted."""
        ...

    async def mark(self, line: str, message: str, *, new: bool) -> None:
        """Mark a message new, or heard. Raises NotFound."""
        ...

    async def delete(self, line: str, message: str, at: datetime) -> None:
        """Move a message to the deleted ones. Raises NotFound."""
        ...

    async def restore(self, line: str, message: str) -> None:
        """Bring a deleted message back. Raises NotFound."""
        ...

    async def purge(self, line: str, message: str | None = None) -> Sequence[str]:
        """Erase one deleted message for good, or (None) all of them; the paths of their files."""
        ...


class BoxAccess(Protocol):
    """Who may open a box: PINs (as hashes alone), how often a wrong one was tried. Each raises ``StoreDown``."""

    async def has_pin(self, line: str) -> bool:
        """Whether a line has a PIN yet. Raises NotFound."""
        ...

    async def is_pin(self, line: str | None, pin: str) -> bool:
        """Whether it is the line's PIN; of no line (None) never, in the same time."""
        ...

    async def set_pin(self, line: str, pin: str, by: ChangedBy) -> None:
        """Make it the line's PIN, with its audit entry. Raises NotFound."""
        ...

    async def attempt(self, line: str, attempt: str, at: datetime) -> Sequence[datetime]:
        """Count an attempt as wrong before it is judged; the instants of those of the two hours before, oldest first.

        One after the other for a line, so that attempts of many calls at once are all counted.
        """
        ...

    async def forgive(self, attempt: str) -> None:
        """The attempt was right, or was not judged at all: it does not count."""
        ...

    async def introduced(self, line: str, at: datetime) -> bool:
        """Whether the line's user was told how to set the box up before; from now on it was."""
        ...


class Notices(Protocol):
    """What is told to the owner of a line about its security (spec §6). Never raises."""

    async def pin_changed(self, line: str, by: ChangedBy) -> None:
        """The PIN of its box was changed."""
        ...

    async def locked_out(self, line: str, until: datetime, by: ChangedBy) -> None:
        """Too many wrong PINs: its box cannot be opened from elsewhere until then."""
        ...
