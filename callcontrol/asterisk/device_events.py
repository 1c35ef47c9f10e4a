"""Registrations as they happen: of which line a device came, went, answers again or answers no longer.

An ARI application of its own, which has no channel: one that is subscribed to all endpoints gets every event of its own
channels twice (docs/adr/0003). The filter leaves it nothing but what contacts do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import aiohttp
import structlog

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import RECONNECT_SECONDS, SILENCE_SECONDS
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.sip_account import line_of

log = structlog.get_logger()

CONTACT = "ContactStatusChange"


class DeviceEvents:
    """``changed`` is called with a line's number or a trunk's name; ``missed`` when it
    begins to listen: what happened before is not told. ``hears``: whether it listens now."""

    def __init__(self, client: AriClient, changed: Callable[[str], None], missed: Callable[[], None]) -> None:
        self._client, self._changed, self._missed = client, changed, missed
        self.hears = False

    async def run(self) -> None:
        """Until cancelled, or until another process listens in its place."""
        while True:
            try:
                if await self._listen():
                    return
            except (PhoneSystemDown, PhoneSystemRefused, aiohttp.ClientError, OSError) as error:
                log.info("devices.unheard", error=str(error))
            finally:
                self.hears = False
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> bool:
        """One socket from its opening to its end; True when another process has taken over."""
        client = self._client
        url = client.http.url.replace("http", "ws", 1) + "/events"
        async with client.http.session.ws_connect(
            url, params={"app": client.app, "subscribeAll": "false"}, heartbeat=SILENCE_SECONDS
        ) as socket:
            await client.filter_events(allowed=[CONTACT])
            await client.subscribe("endpoint:PJSIP")
            self._missed()
            self.hears = True
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                event = json.loads(message.data)
                if event["type"] == "ApplicationReplaced":
                    return True
                if event["type"] == CONTACT:
                    self._changed(line_of(event["endpoint"]["resource"]))
        return False
