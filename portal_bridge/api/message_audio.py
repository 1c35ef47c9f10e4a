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


async def get(asked: Asked) -> web.StreamResponse:
    """Play a message.

    WAV; `Range` gives a part. 404 for a fax.
    """
    message = await asked.repositories.messages.get(asked.line.number, asked.path("id"))
    path = asked.services.config.media_dir / message.path
    if message.kind is not MessageKind.VOICE or not await asyncio.to_thread(
        _playable, path, asked.services.config.media_dir
    ):
        raise asked.not_found()
    name = f"message-{message.received_at:%Y%m%d-%H%M%S}.wav"
    return web.FileResponse(
        path,
        headers={
            "Content-Type": "audio/wav",
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, no-cache",
        },
    )


def _playable(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve()) and path.is_file()


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
