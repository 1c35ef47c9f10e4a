"""Answers with a file of the media folder, in parts where a player asks for one (RFC 9110 §14).

Never leaves the media folder, whatever a row says. A sound is what browsers play: a WAV of 16-bit PCM.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from aiohttp import web

from callcontrol.portal_bridge.api import ranges
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Reply
from callcontrol.portal_bridge.problems import Problem

HEADERS = {
    "If-None-Match": "The `ETag` of what you have.",
    "Range": "For example `bytes=0-65535`.",
    "If-Range": "The `ETag` or `Last-Modified` of the part that you have: of any other file you get the whole.",
}
PIECE = 1 << 16


def replies(media_type: str) -> tuple[Reply, ...]:
    """What ``respond`` answers."""
    whole = {"Accept-Ranges": "`bytes`.", "ETag": "Its version."}
    return (
        Reply(200, "The whole file.", None, media_type, headers=whole),
        Reply(304, "It is what you have.", None, None, headers={"ETag": "Its version."}),
        Reply(206, "The part asked for.", None, media_type, headers={"Content-Range": "Which part."}),
    )


REPLIES = replies("audio/wav")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file of the media folder. ``etag`` is a strong one: no file is written twice under its name."""

    file: BinaryIO
    size: int
    modified: datetime
    etag: str


async def respond(asked: Asked, path: str, name: str, media_type: str = "audio/wav") -> web.StreamResponse:
    """The file ``path`` of the media folder, as ``name``. Raises Problem: ``not-found``, ``range``."""
    folder = asked.services.config.media_dir
    opened = await asyncio.to_thread(_open, folder / path, folder)
    if opened is None:
        raise asked.not_found()
    with opened.file:
        if _is_there_already(asked.request, opened):
            return web.Response(status=304, headers={"ETag": opened.etag})
        part = _part(asked.request, opened)
        sent = range(opened.size) if part is None else part
        response = web.StreamResponse(
            status=200 if part is None else 206,
            headers={
                "Accept-Ranges": "bytes",
                "Cache-Control": "private, no-cache",
                "Content-Disposition": f'inline; filename="{name}"',
                "Content-Type": media_type,
                "ETag": opened.etag,
            },
        )
        if part is not None:
            response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{opened.size}"
        response.last_modified = opened.modified
        response.content_length = len(sent)
        await response.prepare(asked.request)
        if asked.request.method != "HEAD":
            await _send(response, opened.file, sent)
        return response


def _is_there_already(request: web.Request, opened: _Opened) -> bool:
    """Whether ``If-None-Match`` names it (RFC 9110 §13.1.2)."""
    tags = request.if_none_match or ()
    return any(tag.value in ("*", opened.etag.strip('"')) for tag in tags)


def _part(request: web.Request, opened: _Opened) -> range | None:
    """The part to send; None: all of it. A range is a question of GET alone (RFC 9110 §14.2)."""
    if request.method != "GET" or not ranges.still_means(
        request.headers.get("If-Range"), opened.etag, opened.modified
    ):
        return None
    try:
        return ranges.part(request.headers.get("Range"), opened.size)
    except ranges.Unsatisfiable:
        raise Problem("range", headers={"Content-Range": f"bytes */{opened.size}"}) from None


async def _send(response: web.StreamResponse, file: BinaryIO, part: range) -> None:
    await asyncio.to_thread(file.seek, part.start)
    left = len(part)
    while left and (piece := await asyncio.to_thread(file.read, min(left, PIECE))):
        await response.write(piece)
        left -= len(piece)


def _open(path: Path, folder: Path) -> _Opened | None:
    """None when there is no such file, or not inside the folder."""
    try:
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            return None
        file = path.open("rb")
    except OSError:  # it was erased a moment ago
        return None
    told = os.fstat(file.fileno())
    modified = datetime.fromtimestamp(int(told.st_mtime), UTC)
    return _Opened(file, told.st_size, modified, f'"{told.st_mtime_ns:x}-{told.st_size:x}"')
