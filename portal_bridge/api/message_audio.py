"""``messages/{id}/audio``: the sound of a message, in parts where a player asks for one (RFC 9110 §14).

Never leaves the media folder, whatever a row says. aiohttp serves the file and understands ``Range``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from callcontrol.message import MessageKind
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Reply, Route, Scope
from callcontrol.portal_bridge.problems import Problem


async def get(asked: Asked) -> web.StreamResponse:
    """Play a message.

    WAV; `Range` gives a part. 404 for a fax.
    """
    message = await asked.repositories.messages.get(asked.line.number, asked.path("id"))
    path = asked.services.config.media_dir / message.path
    size = await asyncio.to_thread(_size, path, asked.services.config.media_dir)
    if message.kind is not MessageKind.VOICE or size is None:
        raise asked.not_found()
    _check_range(asked.request, size)
    name = f"message-{message.received_at:%Y%m%d-%H%M%S}.wav"
    return web.FileResponse(
        path,
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


ROUTES = (
    Route(
        "GET",
        "messages/{id}/audio",
        get,
        "get_message_audio",
        "Messages",
        Scope.OWN,
        (
            Reply(200, "The whole sound.", None, "audio/wav", headers={"Accept-Ranges": "`bytes`."}),
            Reply(206, "The part asked for.", None, "audio/wav", headers={"Content-Range": "Which part."}),
        ),
        headers={"Range": "For example `bytes=0-65535`."},
        problems=("range",),
    ),
)
