"""The recordings of lines in memory: which there are, and their files. As strict as the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import VoiceFiles, VoiceRecordings
from callcontrol.errors import InUse, NotFound, UnusableSound
from callcontrol.ports.mailbox import OwnRecordings
from callcontrol.voice_recording import RecordingKind, VoiceRecording
from tests.fakes.clock import MORNING
from tests.fakes.media import Media
from tests.fakes.settings import Audited, FakeDocuments


class FakeVoiceRecordings(VoiceRecordings):
    """``rows`` by id; ``making`` are those without a file yet."""

    def __init__(self, audited: Audited, documents: FakeDocuments) -> None:
        self._audited, self._documents = audited, documents
        self.rows: dict[str, VoiceRecording] = {}
        self.making: dict[str, tuple[str, RecordingKind, datetime]] = {}

    async def begin(self, line: str, recording: str, kind: RecordingKind, at: datetime, most: int) -> bool:
        mine = [row for row in self.rows.values() if row.line == line]
        if len(mine) + len(self.making) >= most:
            return False
        self.making[recording] = (line, kind, at)
        return True

    async def ready(self, line: str, recording: str, seconds: float, by: ChangedBy) -> VoiceRecording:
        _, kind, at = self.making[recording]
        self._audited.write(line, "recordings", by)
        del self.making[recording]
        self.rows[recording] = VoiceRecording(recording, line, kind, seconds, at)
        return self.rows[recording]

    async def give_up(self, line: str, recording: str) -> None:
        self.making.pop(recording, None)

    async def kinds(self, line: str, recordings: Collection[str]) -> dict[str, RecordingKind]:
        return {row.id: row.kind for row in self.rows.values() if row.line == line and row.id in recordings}

    async def remove(self, line: str, recording: str, by: ChangedBy) -> VoiceRecording:
        found = self.rows.get(recording)
        if found is None or found.line != line:
            raise NotFound("this recording does not exist")
        naming = [name for (owner, name), (body, _) in self._documents.rows.items()
                  if owner == line and f'"{recording}"' in json.dumps(body)]  # fmt: skip
        if naming:
            raise InUse(naming)
        self._audited.write(line, "recordings", by)
        return self.rows.pop(recording)


class FakeVoiceFiles(VoiceFiles):
    """``files``: path to seconds. ``spool``: what the telephone system recorded, by name; ``refuses`` every sound
    with that code."""

    def __init__(self) -> None:
        self.files: dict[str, float] = {}
        self.spool: dict[str, float] = {}
        self.refuses: str | None = None

    async def make(self, source: Path, path: str, longest: int) -> float:
        return self._made(path, 3.0, longest)

    async def make_of_recording(self, recording: str, path: str, longest: int) -> float:
        if recording not in self.spool:
            raise UnusableSound("sound_empty")
        return self._made(path, self.spool[recording], longest)

    async def forget_recording(self, recording: str) -> None:
        self.spool.pop(recording, None)

    async def uri(self, path: str) -> str | None:
        return f"sound:/media/{path.rpartition('.')[0]}" if path in self.files else None

    def _made(self, path: str, seconds: float, longest: int) -> float:
        if self.refuses is not None:
            raise UnusableSound(self.refuses)
        if seconds < 1:
            raise UnusableSound("sound_too_short", shortest=1)
        if seconds > longest:
            raise UnusableSound("sound_too_long", longest=longest)
        self.files[path] = seconds
        return seconds


class FakeOwnRecordings(OwnRecordings):
    """Seconds by id; those that are not here have no file. What is kept is one of ``rows`` from then on."""

    def __init__(self, media: Media, rows: FakeVoiceRecordings | None = None) -> None:
        self._media, self._rows = media, rows
        self.kept: dict[str, float] = {}

    async def keep(self, line: str, kind: str, recording_name: str) -> str:
        await asyncio.sleep(0.001)
        identity = f"{kind}-{len(self.kept) + 1}"
        self.kept[identity] = seconds = self._media.files.pop(recording_name)
        if self._rows is not None:
            of = VoiceRecording(identity, line, RecordingKind(kind), seconds, MORNING)
            self._rows.rows[identity] = of
        return identity

    async def media(self, line: str, recording: str) -> str | None:
        await asyncio.sleep(0.001)
        return f"sound:/media/{recording}" if recording in self.kept else None
