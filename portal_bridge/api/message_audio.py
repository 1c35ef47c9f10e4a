"""``messages/{id}/audio``: the sound of a message; ``faxes/{id}/document``: the pages of a fax."""

from __future__ import annotations

from aiohttp import web

from callcontrol.message import MessageKind
from callcontrol.portal_bridge.api import messages, sound_file
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Route, Scope

_PDF = "application/pdf"


async def get(asked: Asked) -> web.StreamResponse:
    """Play a message.

    WAV, 16-bit PCM; `Range` gives a part. 404 for a fax.
    """
    message = await messages.found(asked)
    if message.kind is not MessageKind.VOICE:
        raise asked.not_found()
    return await sound_file.respond(asked, message.path, f"message-{message.received_at:%Y%m%d-%H%M%S}.wav")


async def document(asked: Asked) -> web.StreamResponse:
    """Show the pages of a fax.

    PDF; `Range` gives a part.
    """
    fax = await messages.found(asked)
    return await sound_file.respond(asked, fax.path, f"fax-{fax.received_at:%Y%m%d-%H%M%S}.pdf", _PDF)


ROUTES = (
    Route(
        "GET",
        "messages/{id}/audio",
        get,
        "get_message_audio",
        messages.TAG,
        Scope.OWN,
        sound_file.REPLIES,
        headers=sound_file.HEADERS,
        problems=("range",),
    ),
    Route(
        "GET",
        "faxes/{id}/document",
        document,
        "get_fax_document",
        messages.TAG,
        Scope.OWN,
        sound_file.replies(_PDF),
        headers=sound_file.HEADERS,
        problems=("range",),
    ),
)
