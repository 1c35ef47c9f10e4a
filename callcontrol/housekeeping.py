"""What grows old is deleted (spec §13): calls after two months, deleted messages after 30 days."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from callcontrol.errors import StoreDown
from callcontrol.ports import Clock
from callcontrol.store.calls import CallHistory
from callcontrol.store.messages import Mailboxes

log = structlog.get_logger()

CALLS_KEPT = timedelta(days=62)
DELETED_MESSAGES_KEPT = timedelta(days=30)
EVERY_SECONDS = 3600.0


class Housekeeping:
    """Runs once an hour; a database that is away only puts it off."""

    def __init__(self, calls: CallHistory, messages: Mailboxes, clock: Clock, media: Path) -> None:
        self._calls, self._messages, self._clock, self._media = calls, messages, clock, media

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.once()
            except StoreDown as error:
                log.warning("housekeeping.put_off", error=str(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> None:
        """Purge now. Files go before their names are forgotten, so none is ever left behind."""
        now = self._clock.now()
        calls = await self._calls.purge(now - CALLS_KEPT)
        messages = await self._messages.purge_deleted_before(now - DELETED_MESSAGES_KEPT)
        while paths := await self._messages.trash():
            for path in paths:
                await asyncio.to_thread((self._media / path).unlink, missing_ok=True)
            await self._messages.trash_emptied(paths)
        if calls or messages:
            log.info("housekeeping.purged", calls=calls, messages=messages)
