"""Receives a file that a request sends as its body: onto the disk piece by piece, never whole in memory, never
more than its route allows (spec §13: what cannot be right is refused with one clear sentence).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from callcontrol.portal_bridge import body
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.problems import Problem, wrong_field
from callcontrol.sentences.table import sentence

PIECE = 256 * 1024
SLOWEST = 16 * 1024
"""Bytes a second that whoever uploads must send (once the time of any body is over)."""
MEGABYTE = 1024 * 1024


@asynccontextmanager
async def received(asked: Asked, field: str) -> AsyncIterator[Path]:
    """The file that was sent; erased afterwards. Raises Problem ``no-sound``, or ``too-large`` with its sentence."""
    declared = asked.route.upload
    assert declared is not None
    if asked.request.content_type not in declared.media_types:
        raise Problem("no-sound", headers={"Accept": ", ".join(declared.media_types)})
    if (asked.request.content_length or 0) > declared.largest:
        raise _too_large(asked, field, declared.largest)  # before a file is made for it
    folder = asked.services.config.media_dir
    path = await asyncio.to_thread(_new_file, folder)
    try:
        try:
            await _receive(asked, path, declared.largest)
        except body.TooLarge:
            raise _too_large(asked, field, declared.largest) from None
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _receive(asked: Asked, path: Path, largest: int) -> None:
    waiting = bytearray()
    async for piece in body.pieces(asked.request, largest, slowest=SLOWEST):
        waiting += piece
        if len(waiting) >= PIECE:
            await asyncio.to_thread(_append, path, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(_append, path, bytes(waiting))


def _new_file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".upload-", delete=False) as file:
        return Path(file.name)


def _append(path: Path, piece: bytes) -> None:
    with path.open("ab") as file:
        file.write(piece)


def _too_large(asked: Asked, field: str, largest: int) -> Problem:
    text = sentence("sound_too_large", asked.language, {"megabytes": largest // MEGABYTE})
    return wrong_field(field, text, "too-large")
