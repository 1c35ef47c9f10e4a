"""Answers with a sound of the media folder, in parts where a player asks for one (RFC 9110 §14).

Never leaves the media folder, whatever a row says. aiohttp serves the file and understands ``Range``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Reply
from callcontrol.portal_bridge.problems import Problem

REPLIES = (
    Reply(200, "The whole sound.", None, "audio/wav", headers={"Accept-Ranges": "`bytes`."}),
    Reply(206, "The part asked for.", None, "audio/wav", headers={"Content-Range": "Which part."}),
)
HEADERS = {"Range": "For example `bytes=0-65535`."}


async def respond(asked: Asked, path: str, name: str) -> web.FileResponse:
    """The file ``path`` of the media folder, as a WAV named ``name``. Raises Problem: ``not-found``, ``range``."""
    folder = asked.services.config.media_dir
    size = await asyncio.to_thread(_size, folder / path, folder)
    if size is None:
        raise asked.not_found()
    _check_range(asked.request, size)
    return web.FileResponse(
        folder / path,
        headers={
            "Content-Type": "audio/wav",
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, no-cache",
        },
    )


def _size(path: Path, folder: Path) -> int | None:
    """Its bytes; None when there is no such file, or not inside the folder."""
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        return None
    return path.stat().st_size


def _check_range(request: web.Request, size: int) -> None:
    """aiohttp would answer an impossible range with an empty file: say it as a problem."""
    try:
        start = request.http_range.start
    except ValueError:
        start = size
    if start is not None and start >= size:
        raise Problem("range", headers={"Content-Range": f"bytes */{size}"})
