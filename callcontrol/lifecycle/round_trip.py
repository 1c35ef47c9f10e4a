"""Whether we really hear Asterisk: a sign goes to it as a command and must come back as an event of our application.

An open socket tells little: the application may be registered no more, or its events end somewhere on their way; then
every call stays in the native fallback for good. Without an echo for too long the socket is opened anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from callcontrol import ids
from callcontrol.asterisk.client import AriClient
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.telephony import Event, UserEvent

log = structlog.get_logger()

NAME = "callcontrol-echo"
EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 8.0
"""Much longer than any wait of a busy Asterisk, and than the pause between two signs."""


class RoundTrip:
    """Sends signs while ``is_connected``; ``reopen`` is called when none comes back."""

    def __init__(
        self, client: AriClient, is_connected: Callable[[], bool], reopen: Callable[[], None]
    ) -> None:
        self._client, self._is_connected, self._reopen = client, is_connected, reopen
        self._heard: float | None = None
        """When an echo came last (loop time); None: none since the socket was opened."""
        self._asked: float | None = None
        """Since when we wait for one."""
        self._sign = ""

    @property
    def closed(self) -> bool:
        """Whether the way there and back is known to work now."""
        return self._heard is not None and asyncio.get_running_loop().time() - self._heard < PATIENCE_SECONDS

    def on_event(self, event: Event) -> None:
        """Every event of ours passes here; returns at once."""
        if (
            isinstance(event, UserEvent)
            and event.name == NAME
            and dict(event.fields).get("sign") == self._sign
        ):
            self._heard, self._asked = asyncio.get_running_loop().time(), None

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(EVERY_SECONDS if self._heard is not None else EVERY_SECONDS / 10)
            if not self._is_connected():
                self._heard = self._asked = None
                continue
            if self._asked is not None and loop.time() - self._asked > PATIENCE_SECONDS:
                log.error("asterisk.no_echo", alarm=True, seconds=round(loop.time() - self._asked))
                self._heard = self._asked = None
                self._reopen()
                continue
            self._asked = loop.time() if self._asked is None else self._asked
            self._sign = ids.uuid7()
            try:
                await self._client.user_event(NAME, {"sign": self._sign})
            except (PhoneSystemDown, PhoneSystemRefused) as error:
                log.warning("asterisk.no_echo_asked", error=str(error))
