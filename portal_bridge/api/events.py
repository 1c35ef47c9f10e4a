"""``events``: what happens to a line, as it happens (server-sent events, WHATWG HTML §9.2).

An event says that something changed, not what: the client asks for what it shows. So a lost event is never a lie, and
whoever was away reads anew. A stream ends by itself after a while; browsers come back at once, and are asked again who
they are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from aiohttp import web

from callcontrol.live import (
    CallsChanged,
    DevicesChanged,
    LiveEvent,
    MadeCallChanged,
    MailboxChanged,
    ReadAnew,
    SettingsChanged,
)
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Reply, Route, Scope

STREAM_SECONDS = 600.0
ALIVE_SECONDS = 15.0
"""Something is sent at least so often: proxies close what is silent, and a client that is gone is found out."""
RETRY_MS = 1000


async def stream(asked: Asked) -> web.StreamResponse:
    """Follow what happens to the line.

    Server-sent events: `read-anew` (at the beginning, and whenever something may have been missed: ask for everything
    that is shown), `calls` (`{"calls": 2}`: calls that the line holds now), `call` (`{"id": …, "state": "talking"}`:
    a call of `POST calls`), `mailbox` (a message came, went or changed), `devices` (a phone registered, went, or
    stopped or began again to answer), `settings` (a setting or contact of the line changed, here or elsewhere). The
    stream ends after ten minutes at most; come back then.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    with asked.services.call_side.events(asked.line.number) as events:
        await response.prepare(asked.request)
        await response.write(f"retry: {RETRY_MS}\n\n".encode() + packed(ReadAnew()))
        try:
            async with asyncio.timeout(STREAM_SECONDS):
                async for event in _or_silence(events):
                    await response.write(b":\n\n" if event is None else packed(event))
        except TimeoutError:
            pass
    return response


async def _or_silence(events: AsyncIterator[LiveEvent]) -> AsyncIterator[LiveEvent | None]:
    """Each event; None after ``ALIVE_SECONDS`` without one."""
    following = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait([following], timeout=ALIVE_SECONDS)
            if not done:
                yield None
                continue
            yield following.result()
            following = asyncio.ensure_future(anext(events))
    finally:
        following.cancel()


def packed(event: LiveEvent) -> bytes:
    """One event of the stream."""
    name, data = told(event)
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def told(event: LiveEvent) -> tuple[str, dict[str, int | str]]:
    """Its name and data."""
    match event:
        case CallsChanged(calls=calls):
            return "calls", {"calls": calls}
        case MadeCallChanged(call=call, state=state):
            return "call", {"id": call, "state": state.value}
        case MailboxChanged():
            return "mailbox", {}
        case DevicesChanged():
            return "devices", {}
        case SettingsChanged():
            return "settings", {}
        case ReadAnew():
            return "read-anew", {}


ROUTES = (
    Route(
        "GET",
        "events",
        stream,
        "follow_line",
        "Lines",
        Scope.OWN,
        (Reply(200, "The stream.", None, "text/event-stream"),),
    ),
)
