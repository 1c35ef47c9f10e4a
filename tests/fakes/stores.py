"""History, mailboxes and recording files in memory. ``down`` is the database being away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from callcontrol.changed_by import ChangedBy
from callcontrol.errors import NotFound, StoreDown
from callcontrol.gaps import Gap
from callcontrol.history import CallRecord, Direction
from callcontrol.message import Message, MessageKind
from callcontrol.ports.history import History, RecentCalls
from callcontrol.ports.mailbox import BoxAccess, Boxes, Messages, Notices, RecordingFiles
from tests.fakes.media import Media


class FakeDatabase:
    """The switch that both tables share."""

    def __init__(self) -> None:
        self.down = False

    async def answer(self) -> None:
        """Take a moment, or raise ``StoreDown``."""
        await asyncio.sleep(0.001)
        if self.down:
            raise StoreDown("the database does not answer")


class FakeHistory(History, RecentCalls):
    """Rows by call and line; ``writes`` counts how often each was written."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self.rows: dict[tuple[str, str], CallRecord] = {}
        self.writes: Counter[tuple[str, str]] = Counter()

    async def write(self, records: Sequence[CallRecord]) -> None:
        await self._database.answer()
        for record in records:
            self.rows[record.call, record.line] = record
            self.writes[record.call, record.line] += 1

    async def last_caller(self, line: str) -> CallRecord | None:
        return await self._last(
            line,
            lambda row: row.direction is not Direction.OUTGOING and not row.rule.rule.startswith("reminder."),
        )

    async def last_dialled(self, line: str) -> CallRecord | None:
        return await self._last(
            line,
            lambda row: row.direction is Direction.OUTGOING and not (row.peer.number or "").startswith("*"),
        )

    async def _last(self, line: str, which: Callable[[CallRecord], bool]) -> CallRecord | None:
        await self._database.answer()
        found = [row for row in self.rows.values() if row.line == line and which(row)]
        return max(found, key=lambda row: row.started_at, default=None)


class FakeMessages(Messages):
    """Messages by id: delivering one again changes nothing."""

    def __init__(self, database: FakeDatabase) -> None:
        self.database = database
        self.rows: dict[str, Message] = {}

    async def deliver(self, message: Message) -> None:
        await self.database.answer()
        self.rows.setdefault(message.id, message)

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        await self.database.answer()
        for message in messages:
            self.rows.setdefault(message.id, message)

    async def deliver_left(self, messages: Sequence[Message]) -> None:
        if messages:
            await self.deliver_all(messages)

    async def held(self, line: str) -> int:
        await self.database.answer()
        return sum(row.line == line and row.deleted_at is None for row in self.rows.values())


class FakeRecordings(RecordingFiles):
    """The media folder: path to seconds."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self.kept: dict[str, float] = {}
        self.full = False
        """There is no room on the disk."""
        self.all_silent = False
        """Nobody ever says a word."""

    async def room(self) -> bool:
        await asyncio.sleep(0.001)
        return not self.full

    async def silent(self, path: str) -> bool:
        await asyncio.sleep(0.001)
        return self.all_silent

    async def keep(self, recording: str, path: str) -> float | None:
        await asyncio.sleep(0.001)
        if recording in self._media.files:
            self.kept[path] = self._media.files.pop(recording)
        return self.kept.get(path)

    async def fill(self, path: str, gaps: Sequence[Gap]) -> float | None:
        await asyncio.sleep(0.001)
        self.kept[path] += sum(gap.seconds for gap in gaps)
        return self.kept[path]

    async def drop(self, path: str) -> None:
        await asyncio.sleep(0.001)
        self.kept.pop(path, None)

    def media(self, path: str) -> str:
        return f"sound:/media/{path.rpartition('.')[0]}"

    async def length(self, recording: str) -> float | None:
        await asyncio.sleep(0.001)
        return self._media.files.get(recording)

    async def discard(self, recording: str) -> None:
        await asyncio.sleep(0.001)
        self._media.files.pop(recording, None)

    async def assemble(self, path: str, recording: str | None, kept: Sequence[str] = ()) -> float | None:
        await asyncio.sleep(0.001)
        if self.full:
            raise OSError(28, "No space left on device")
        parts = [self._media.files.get(recording or ""), *map(self.kept.get, kept)]
        seconds = sum(part for part in parts if part is not None)
        if seconds:
            self.kept[path] = seconds
        return self.kept.get(path)

    async def link(self, path: str, same: str) -> float | None:
        await asyncio.sleep(0.001)
        self.kept[same] = self.kept[path]
        return self.kept[same]


class FakeBoxes(Boxes):
    """The same messages as ``FakeMessages``, for whoever opens a box."""

    def __init__(self, messages: FakeMessages, recordings: FakeRecordings) -> None:
        self._messages, self._recordings = messages, recordings

    async def all(self, line: str, kind: MessageKind | None, *, deleted: bool = False) -> list[Message]:
        await self._messages.database.answer()
        found = [
            message
            for message in self._messages.rows.values()
            if message.line == line and kind in (None, message.kind)
            if (message.deleted_at is not None) is deleted
        ]
        return sorted(found, key=lambda message: (message.received_at, message.id))

    async def mark(self, line: str, message: str, *, new: bool) -> None:
        await self._change(line, message, new=new)

    async def delete(self, line: str, message: str, at: datetime) -> None:
        await self._change(line, message, deleted_at=at)

    async def restore(self, line: str, message: str) -> None:
        await self._change(line, message, deleted_at=None)

    async def purge(self, line: str, message: str | None = None) -> list[str]:
        found = [m for m in await self.all(line, None, deleted=True) if message in (None, m.id)]
        for each in found:
            del self._messages.rows[each.id]
            self._recordings.kept.pop(each.path, None)
        return [each.path for each in found]

    async def _change(self, line: str, message: str, **fields: Any) -> None:
        await self._messages.database.answer()
        row = self._messages.rows.get(message)
        if row is None or row.line != line:
            raise NotFound("this message does not exist")
        self._messages.rows[message] = replace(row, **fields)


class FakeBoxAccess(BoxAccess):
    """PINs by line; wrong attempts; ``tutorials`` are the boxes whose user was told."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self.pins: dict[str, str] = {}
        self.wrong: dict[str, tuple[str, datetime]] = {}
        self.tutorials: set[str] = set()

    async def has_pin(self, line: str) -> bool:
        await self._database.answer()
        return line in self.pins

    async def is_pin(self, line: str | None, pin: str) -> bool:
        await self._database.answer()
        return line is not None and self.pins.get(line) == pin

    async def set_pin(self, line: str, pin: str, by: ChangedBy) -> None:
        await self._database.answer()
        self.pins[line] = pin

    async def attempt(self, line: str, attempt: str, at: datetime) -> list[datetime]:
        await self._database.answer()
        before = [when for owner, when in self.wrong.values() if owner == line]
        self.wrong[attempt] = (line, at)
        return before

    async def forgive(self, attempt: str) -> None:
        await self._database.answer()
        self.wrong.pop(attempt, None)

    async def introduced(self, line: str, at: datetime) -> bool:
        await self._database.answer()
        known = line in self.tutorials
        self.tutorials.add(line)
        return known


class FakeNotices(Notices):
    """What owners were told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def pin_changed(self, line: str, by: ChangedBy) -> None:
        self.told.append(("pin changed", line))

    async def locked_out(self, line: str, until: datetime, by: ChangedBy) -> None:
        self.told.append(("locked out", line))
