"""From the journal to the database: records of ended calls, the messages left in them, and what became of reminders.

A journal file is deleted only when everything in it is in the database. While the database is away the files
wait; after a restart the files of the earlier process are delivered too. Writing twice changes nothing.
"""

from __future__ import annotations

import asyncio

import structlog

from callcontrol.errors import StoreDown
from callcontrol.journal.files import CallJournal
from callcontrol.journal.records import records
from callcontrol.journal.reminded import tried
from callcontrol.ports.history import History
from callcontrol.ports.mailbox import Messages
from callcontrol.ports.reminders import ReminderOutcomes

log = structlog.get_logger()

RETRY_SECONDS = 0.5
BATCH = 100
GATHER_SECONDS = 0.1
"""So long a batch waits for the calls that end right after its first: one transaction for all of them."""


class Outbox:
    """One worker that empties the journal into the database, oldest first."""

    def __init__(self, history: History, messages: Messages, reminders: ReminderOutcomes) -> None:
        self._history, self._messages, self._reminders = history, messages, reminders
        self._waiting: asyncio.Queue[CallJournal] = asyncio.Queue()
        self.calls: dict[str, CallJournal] = {}
        """Ended calls whose records are not yet in the database."""

    def submit(self, journal: CallJournal) -> None:
        """Deliver the ended call of ``journal``, soon."""
        journal.close()
        self.calls[journal.story.call] = journal
        self._waiting.put_nowait(journal)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._deliver(batch)

    async def _deliver(self, batch: list[CallJournal]) -> None:
        """Try until the database took the whole batch."""
        while True:
            try:
                await self._write(batch)
            except StoreDown as error:
                log.warning("outbox.waiting", calls=len(self.calls), error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                await self._sort_out(batch)
                return
            else:
                for journal in batch:
                    self._done(journal)
                return

    async def _write(self, batch: list[CallJournal]) -> None:
        await self._messages.deliver_left(
            [message for journal in batch for message in journal.story.messages]
        )
        for journal in batch:
            if (outcome := tried(journal.story)) is not None:
                await self._reminders.settle(outcome)
        await self._history.write([record for journal in batch for record in records(journal.story)])

    async def _sort_out(self, batch: list[CallJournal]) -> None:
        """The database refused something in the batch: one call must not keep back the others."""
        if len(batch) > 1:
            for journal in batch:
                await self._deliver([journal])
            return
        log.exception("outbox.rejected", call=batch[0].story.call)
        batch[0].reject()
        self.calls.pop(batch[0].story.call, None)

    def _done(self, journal: CallJournal) -> None:
        journal.discard()
        self.calls.pop(journal.story.call, None)
