"""History, mailboxes and recording files in memory. ``down`` is the database being away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from callcontrol.errors import StoreDown
from callcontrol.history import CallRecord
from callcontrol.message import Message
from callcontrol.ports import History, Messages, RecordingFiles
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


class FakeHistory(History):
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


class FakeMessages(Messages):
    """Messages by id: delivering one again changes nothing."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self.rows: dict[str, Message] = {}

    async def deliver(self, message: Message) -> None:
        await self._database.answer()
        self.rows.setdefault(message.id, message)

    async def held(self, line: str) -> int:
        await self._database.answer()
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

    def media(self, path: str) -> str:
        return f"sound:/media/{path.rpartition('.')[0]}"

    async def drop(self, path: str) -> None:
        await asyncio.sleep(0.001)
        self.kept.pop(path, None)
