"""The body of a request: piece by piece, never more than its route allows, and in time.

Never decompresses: a kilobyte may be a gigabyte inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NoReturn

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from callcontrol.portal_bridge.problems import Problem

SECONDS = 10.0
"""For a whole body; for one that may be large, before its pace is looked at."""
PAUSE_SECONDS = 0.25
"""Before one that is too large is refused. Nothing of it is read meanwhile: a client without a pause costs four
refusals a second for each of its connections, and not a processor."""


class ClientGone(Exception):
    """Whoever sent the request has left before its end: nobody sees an answer."""


class TooLarge(Problem):
    """Problem ``too-large``."""

    def __init__(self) -> None:
        super().__init__("too-large")


async def pieces(request: web.Request, largest: int, *, slowest: int | None = None) -> AsyncIterator[bytes]:
    """The body as it comes. ``slowest``: bytes a second at which one that takes longer than SECONDS must come.

    Raises TooLarge, Problem ``too-slow``, ``malformed`` or ``unsupported-media-type``, and ClientGone.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("unsupported-media-type", headers={"Accept-Encoding": "identity"})
    if (request.content_length or 0) > largest:
        await _refuse()
    began, size = asyncio.get_running_loop().time(), 0
    while True:
        deadline = began + SECONDS + (size / slowest if slowest else 0.0)
        try:
            async with asyncio.timeout_at(deadline):
                piece = await request.content.readany()
        except TimeoutError:
            raise Problem("too-slow", headers={"Connection": "close"}) from None
        except RequestPayloadError:
            raise Problem("malformed") from None
        except ConnectionError as error:
            raise ClientGone from error
        if not piece:
            return
        size += len(piece)
        if size > largest:
            await _refuse()
        yield piece


async def _refuse() -> NoReturn:
    await asyncio.sleep(PAUSE_SECONDS)
    raise TooLarge


async def whole(request: web.Request, largest: int) -> bytes:
    """All of it. Raises as ``pieces``."""
    return b"".join([piece async for piece in pieces(request, largest)])
