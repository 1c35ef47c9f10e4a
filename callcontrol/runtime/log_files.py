"""Log files that stay small: what a child writes is read and kept redacted, and files grow to a bound.

Never raises for a full disk: a log that cannot be written is lost, what it tells of goes on.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

LARGEST = 5_000_000
"""Bytes of one file."""
KEPT = 4
"""Older files beside it: ``asterisk.log.1`` is the newest."""
LOOK_SECONDS = 60.0
_CHUNK = 65_536


class KeptLog:
    """A file to which lines are added; ``change`` makes of each line what is kept of it."""

    def __init__(self, path: Path, change: Callable[[str], str], largest: int = LARGEST) -> None:
        self.path = path
        self._change, self._largest = change, largest

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Keep all that comes, to its end.

        A line longer than a chunk is cut there, and what follows of it is left out: half a number is not known as one.
        """
        rest, cut = b"", False
        while chunk := await stream.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            if lines and cut:
                lines, cut = lines[1:], False
            if len(rest) > _CHUNK:
                lines, rest, cut = ([] if cut else [*lines, rest]), b"", True
            self.add(lines)
        if rest and not cut:
            self.add([rest])

    def add(self, lines: Iterable[bytes]) -> None:
        """Add lines, as they were written; bytes that are no UTF-8 are shown as ``\\xe9``."""
        text = "".join(f"{self._change(line.decode('utf-8', 'backslashreplace'))}\n" for line in lines)
        with suppress(OSError):
            if self.path.exists() and self.path.stat().st_size + len(text) > self._largest:
                shift(self.path)
                self.path.rename(older(self.path, 1))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text)


def older(path: Path, number: int) -> Path:
    """The file that was ``path`` so many rotations ago."""
    return path.with_name(f"{path.name}.{number}")


def shift(path: Path) -> None:
    """Make room for the newest old file; the oldest goes."""
    for number in range(KEPT, 1, -1):
        if older(path, number - 1).exists():
            older(path, number - 1).replace(older(path, number))


def shorten(path: Path, largest: int = LARGEST) -> None:
    """Empty a file that a process holds open to append to; what was in it is kept beside it."""
    with suppress(OSError):
        if path.stat().st_size > largest:
            shift(path)
            shutil.copyfile(path, older(path, 1))
            with path.open("r+b") as file:
                file.truncate(0)


async def keep_short(folder: Path) -> None:
    """Look at the logs of ``folder`` once a minute, until cancelled."""
    while True:
        await asyncio.to_thread(_shorten_all, folder)
        await asyncio.sleep(LOOK_SECONDS)


def _shorten_all(folder: Path) -> None:
    for path in folder.glob("*.log"):
        shorten(path)
