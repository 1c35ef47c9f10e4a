"""The events socket: one reader, supervised. It hands each event on in order and never awaits a handler.

When the socket drops it is opened again; before new events flow, ``on_connected`` lists what exists so
that what was missed is made good (events meanwhile are buffered). When another process takes the
application over (``ApplicationReplaced``) it steps down and never reconnects.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp
import structlog

from callcontrol.asterisk import events, operations
from callcontrol.asterisk.client import AriClient
from callcontrol.errors import CallControlError, PhoneSystemDown, PhoneSystemRefused
from callcontrol.telephony import Event

log = structlog.get_logger()

RECONNECT_SECONDS = 0.2
SILENCE_SECONDS = 10.0
"""Without a word for so long the socket is pinged; without a pong it is dead."""


class UnsuitableAsterisk(CallControlError):
    """This Asterisk lacks something that we need."""


class Listener(Protocol):
    """Who is told. ``on_event`` must return at once."""

    def on_event(self, event: Event) -> None: ...
    async def on_connected(self) -> None: ...
    def on_disconnected(self) -> None: ...


class Connection:
    """Keeps the events socket of one application open and feeds ``listener``."""

    def __init__(self, client: AriClient, listener: Listener, on_replaced: Callable[[], None]) -> None:
        self._client = client
        self._listener = listener
        self._on_replaced = on_replaced
        self.connected = asyncio.Event()
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    def reopen(self) -> None:
        """Let go of the socket; it is opened anew, and what was missed is made good."""
        if self._socket is not None:
            asyncio.ensure_future(self._socket.close())  # noqa: RUF006  the reader ends with it

    async def check(self) -> None:
        """Refuse a server that lacks an operation that we use. Raises ``UnsuitableAsterisk``."""
        lacking = operations.missing(await self._client.http.get_docs())
        if lacking:
            raise UnsuitableAsterisk("this Asterisk lacks " + ", ".join(lacking))

    async def run(self) -> None:
        """Until cancelled or replaced."""
        checked = False
        while True:
            try:
                if not checked:
                    await self.check()
                    checked = True
                replaced = await self._session()
            except (PhoneSystemDown, PhoneSystemRefused, aiohttp.ClientError, OSError) as error:
                log.warning("asterisk.unreachable", error=str(error))
                replaced = False
            if self.connected.is_set():
                self.connected.clear()
                self._listener.on_disconnected()
            if replaced:
                log.error("asterisk.replaced")
                self._on_replaced()
                return
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _session(self) -> bool:
        """One socket from its opening to its end; True when another process has taken over."""
        client = self._client
        url = client.http.url.replace("http", "ws", 1) + "/events"
        query = {"app": client.app, "subscribeAll": "false"}
        async with client.http.session.ws_connect(
            url, params=query, heartbeat=SILENCE_SECONDS, max_msg_size=0
        ) as ws:
            ready: asyncio.Task[None] = asyncio.create_task(self._prepare(), name="ari-resync")
            buffered: list[Event] = []
            self._socket = ws
            try:
                return await self._read(ws, ready, buffered)
            finally:
                self._socket = None
                await _finish(ready)

    async def _prepare(self) -> None:
        await self._client.filter_events(disallowed=events.NOT_WANTED)
        await self._listener.on_connected()

    async def _read(
        self, ws: aiohttp.ClientWebSocketResponse, ready: asyncio.Task[None], buffered: list[Event]
    ) -> bool:
        """Read until the socket ends. Until ``ready`` events wait in ``buffered``."""

        def release(task: asyncio.Task[None]) -> None:
            if task.cancelled() or task.exception() is not None:
                asyncio.ensure_future(ws.close())  # noqa: RUF006  the reader below ends with it
                return
            self.connected.set()
            for event in buffered:
                self._tell(event)
            buffered.clear()

        ready.add_done_callback(release)
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            raw = json.loads(message.data)
            if raw["type"] == "ApplicationReplaced":
                return True
            event = _parsed(raw)
            if event is None:
                continue
            if self.connected.is_set():
                self._tell(event)
            else:
                buffered.append(event)
        return False

    def _tell(self, event: Event) -> None:
        """Hand an event on. A listener that fails at one event must not cost the others theirs."""
        try:
            self._listener.on_event(event)
        except Exception:
            log.exception("asterisk.event.not_handled", event_type=type(event).__name__)


def _parsed(raw: dict[str, Any]) -> Event | None:
    try:
        return events.parse(raw)
    except (KeyError, TypeError, ValueError) as error:
        log.error("asterisk.event.malformed", type=raw.get("type"), error=repr(error))
        return None


async def _finish(task: asyncio.Task[None]) -> None:
    """End the resync of a socket that is gone; its own failure has closed the socket already."""
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    except CallControlError as error:
        log.warning("asterisk.resync.failed", error=str(error))
