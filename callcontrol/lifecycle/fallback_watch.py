"""Each time that calls handled by Asterisk alone are over: what they left is brought home."""

from __future__ import annotations

import asyncio

import structlog

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.listing import snapshot
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused, StoreDown
from callcontrol.lifecycle.fallback_import import FallbackImport
from callcontrol.ports.history import History
from callcontrol.ports.mailbox import Messages

log = structlog.get_logger()

SETTLE_SECONDS = 0.5
"""Asterisk writes the record of a call a moment after the channel's end."""


class FallbackWatch:
    """Runs ``imports`` whenever ``calls_over`` was called."""

    def __init__(
        self, client: AriClient, imports: FallbackImport, history: History, messages: Messages
    ) -> None:
        self._client, self._imports = client, imports
        self._history, self._messages = history, messages
        self._over = asyncio.Event()

    def calls_over(self) -> None:
        """Something may have been left: look soon."""
        self._over.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._over.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            self._over.clear()
            try:
                now, _ = await snapshot(self._client)
                await self._imports.run(frozenset(now.channels), self._history, self._messages)
            except (StoreDown, PhoneSystemDown, PhoneSystemRefused) as error:
                log.warning("fallback.import_put_off", error=str(error))
                self._over.set()
            except (
                Exception
            ):  # a file that cannot be read must not end the calls: the next import tries again
                log.exception("fallback.import_failed")
