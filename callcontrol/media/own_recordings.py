"""What owners record of themselves by phone: files in the media folder, by id. Implements ``ports.OwnRecordings``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callcontrol import ids
from callcontrol.media.recordings import repair, seconds_of
from callcontrol.ports import OwnRecordings

FOLDER = "recordings"


class OwnRecordingFolder(OwnRecordings):
    """``spool`` is where Asterisk records, ``media`` where what is kept stays."""

    def __init__(self, spool: Path, media: Path) -> None:
        self._spool, self._media = spool, media

    async def keep(self, line: str, kind: str, recording_name: str) -> str:
        identity = ids.uuid7()
        await asyncio.to_thread(_move, self._spool / f"{recording_name}.wav16", self._path(line, identity))
        return identity

    async def media(self, line: str, recording: str) -> str | None:
        path = self._path(line, recording)
        there = await asyncio.to_thread(seconds_of, path)
        return None if there is None else f"sound:{path.with_suffix('')}"

    def _path(self, line: str, recording: str) -> Path:
        return self._media / FOLDER / line / f"{recording}.wav16"


def _move(source: Path, target: Path) -> None:
    repair(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
