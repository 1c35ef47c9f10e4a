"""The files of recordings: from Asterisk's spool to the media folder, repaired when Asterisk was killed.

Implements ``ports.RecordingFiles``. Files are renamed, never copied: spool and media are one file system.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from pathlib import Path

from callcontrol.ports import RecordingFiles

HEADER_BYTES = 44
BYTES_PER_SECOND = 32_000
"""16 kHz, 16 bit, mono."""


class RecordingFolder(RecordingFiles):
    """``spool`` is where Asterisk records, ``media`` where messages are kept."""

    def __init__(self, spool: Path, media: Path) -> None:
        self._spool, self._media = spool, media

    async def keep(self, recording: str, path: str) -> float | None:
        return await asyncio.to_thread(self._keep, self._spool / f"{recording}.wav16", self._media / path)

    async def drop(self, path: str) -> None:
        await asyncio.to_thread(lambda: (self._media / path).unlink(missing_ok=True))

    def media(self, path: str) -> str:
        return f"sound:{(self._media / path).with_suffix('')}"

    async def length(self, recording: str) -> float | None:
        return await asyncio.to_thread(self._length, self._spool / f"{recording}.wav16")

    async def discard(self, recording: str) -> None:
        await asyncio.to_thread(lambda: (self._spool / f"{recording}.wav16").unlink(missing_ok=True))

    async def assemble(self, path: str, recording: str | None, kept: str | None) -> float | None:
        sources = [self._spool / f"{recording}.wav16"] if recording else []
        sources += [self._media / kept] if kept else []
        return await asyncio.to_thread(_assemble, sources, self._media / path)

    @staticmethod
    def _length(source: Path) -> float | None:
        if source.exists():
            repair(source)
        return seconds_of(source)

    @staticmethod
    def _keep(source: Path, target: Path) -> float | None:
        if source.exists():
            repair(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
        return seconds_of(target)


def seconds_of(path: Path) -> float | None:
    """Length of a recording; None when there is no sound in it."""
    try:
        data = path.stat().st_size - HEADER_BYTES
    except FileNotFoundError:
        return None
    return data / BYTES_PER_SECOND if data > 0 else None


def repair(path: Path) -> None:
    """Set the two sizes of the RIFF header, which Asterisk leaves 0 when it is killed (platform.md §8)."""
    with path.open("r+b") as file:
        header = file.read(HEADER_BYTES)
        size = file.seek(0, 2)
        if len(header) < HEADER_BYTES or header[:4] != b"RIFF":
            return
        data = (size - HEADER_BYTES) & ~1
        if struct.unpack_from("<I", header, 40)[0] != data:
            file.seek(4)
            file.write(struct.pack("<I", data + HEADER_BYTES - 8))
            file.seek(40)
            file.write(struct.pack("<I", data))


def _assemble(sources: Sequence[Path], target: Path) -> float | None:
    """One file of several, whole or not at all: written beside its place, then renamed."""
    parts = [source for source in sources if seconds_of(source) is not None]
    if not parts:
        return seconds_of(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with unfinished.open("wb") as file:
        for number, part in enumerate(parts):
            data = part.read_bytes()
            file.write(data if number == 0 else data[HEADER_BYTES:])
    repair(unfinished)
    unfinished.rename(target)
    return seconds_of(target)
