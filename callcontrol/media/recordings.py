"""The files of recordings: from Asterisk's spool to the media folder, repaired when Asterisk was killed.

Implements ``ports.RecordingFiles``. Files are renamed, never copied: spool and media are one file system.
"""

from __future__ import annotations

import asyncio
import shutil
import struct
from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from callcontrol.gaps import Gap
from callcontrol.ports.mailbox import RecordingFiles

HEADER_BYTES = 44
RATE = 16_000
BYTES_PER_SECOND = 2 * RATE
"""16 kHz, 16 bit, mono."""


FRAME = 320
"""Samples of 20 ms."""
SILENCE_PEAK = 300
"""Of 32767 (−41 dB): line noise and comfort noise stay below, a whisper does not."""
SPOKEN_FRAMES = 10
"""So many frames above it are more than a click."""


class RecordingFolder(RecordingFiles):
    """``spool`` is where Asterisk records, ``media`` where messages are kept; ``keep_free`` bytes of the disk are left
    free."""

    def __init__(self, spool: Path, media: Path, keep_free: int = 0) -> None:
        self._spool, self._media, self._keep_free = spool, media, keep_free

    async def room(self) -> bool:
        return free_bytes(self._media) >= self._keep_free

    async def silent(self, path: str) -> bool:
        return await asyncio.to_thread(is_silent, self._media / path)

    async def keep(self, recording: str, path: str) -> float | None:
        return await asyncio.to_thread(self._keep, self._spool / f"{recording}.wav16", self._media / path)

    async def fill(self, path: str, gaps: Sequence[Gap]) -> float | None:
        return await asyncio.to_thread(_fill, self._media / path, gaps)

    async def drop(self, path: str) -> None:
        await asyncio.to_thread(lambda: (self._media / path).unlink(missing_ok=True))

    def media(self, path: str) -> str:
        return f"sound:{(self._media / path).with_suffix('')}"

    async def length(self, recording: str) -> float | None:
        return await asyncio.to_thread(self._length, self._spool / f"{recording}.wav16")

    async def discard(self, recording: str) -> None:
        await asyncio.to_thread(lambda: (self._spool / f"{recording}.wav16").unlink(missing_ok=True))

    async def assemble(self, path: str, recording: str | None, kept: Sequence[str] = ()) -> float | None:
        sources = [self._spool / f"{recording}.wav16"] if recording else []
        sources += [self._media / each for each in kept]
        return await asyncio.to_thread(_assemble, sources, self._media / path)

    async def link(self, path: str, same: str) -> float | None:
        return await asyncio.to_thread(_link, self._media / path, self._media / same)

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


def free_bytes(folder: Path) -> int:
    """What is free on the disk of ``folder``; 0 when it is not there."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def is_silent(path: Path) -> bool:
    """Whether a recording holds nothing but silence: at most a click is louder than the noise of a line."""
    spoken = 0
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        while data := file.read(FRAME * 2 * 50):
            samples = array("h", data[: len(data) & ~1])
            for at in range(0, len(samples), FRAME):
                frame = samples[at : at + FRAME]
                spoken += max(frame) > SILENCE_PEAK or min(frame) < -SILENCE_PEAK
            if spoken >= SPOKEN_FRAMES:
                return False
    return True


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


def _link(file: Path, same: Path) -> float | None:
    same.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        same.hardlink_to(file)
    return seconds_of(same)


def _fill(path: Path, gaps: Sequence[Gap]) -> float | None:
    """Written beside its place, then renamed: a crash leaves the file as it was."""
    data = path.read_bytes()
    header, sound = data[:HEADER_BYTES], data[HEADER_BYTES:]
    parts, at = [header], 0
    for gap in gaps:
        until = min(round(gap.at * RATE) * 2, len(sound))
        parts += [sound[at:until], bytes(round(gap.seconds * RATE) * 2)]
        at = until
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(b"".join([*parts, sound[at:]]))
    repair(unfinished)
    unfinished.rename(path)
    return seconds_of(path)


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
