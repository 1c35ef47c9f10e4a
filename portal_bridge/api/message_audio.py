"""``messages/{id}/audio``: the sound of a message."""

from __future__ import annotations

from aiohttp import web

from callcontrol.message import MessageKind
from callcontrol.portal_bridge.api import sound_file
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Route, Scope


async def get(asked: Asked) -> web.StreamResponse:
    """Play a message.

    WAV; `Range` gives a part. 404 for a fax.
    """
    message = await asked.repositories.messages.get(asked.line.number, asked.path("id"))
    if message.kind is not MessageKind.VOICE:
        raise asked.not_found()
    return await sound_file.respond(asked, message.path, f"message-{message.received_at:%Y%m%d-%H%M%S}.wav")


ROUTES = (
    Route(
        "GET",
        "messages/{id}/audio",
        get,
        "get_message_audio",
        "Messages",
        Scope.OWN,
        sound_file.REPLIES,
        headers=sound_file.HEADERS,
        problems=("range",),
    ),
)
