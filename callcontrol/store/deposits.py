"""How messages come into the boxes of the table ``messages``. Implements ``ports.Messages``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from callcontrol.clock import SystemClock
from callcontrol.errors import StoreDown
from callcontrol.message import Message
from callcontrol.ports.clock import Clock
from callcontrol.ports.mailbox import Messages
from callcontrol.store.gathered import Gathered
from callcontrol.store.message_rows import deliver
from callcontrol.store.pool import Pool, borrowed, transaction


class Deposits(Messages):
    """Every method raises StoreDown. ``clock`` tells when a message's mails are queued."""

    def __init__(self, pool: Pool, clock: Clock | None = None) -> None:
        self._pool, self._clock = pool, clock or SystemClock()
        self._deliveries, self._counts = Gathered(self._deliver_each), Gathered(self._count_each)

    async def deliver(self, message: Message) -> None:
        """Put a message into its line's box, and queue the mails that its owner wants of it. One that is there already
        stays as it is, so that a delivery repeated after a crash neither makes a heard message new again nor mails it
        again. One for a line that was deleted meanwhile goes to the trash at once."""
        await self._deliveries.one(message)

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        async with transaction(self._pool) as connection:
            for message in sorted(messages, key=lambda each: each.line):  # everybody locks in one order
                await deliver(connection, message, self._clock.now())

    async def deliver_left(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        query = "SELECT id FROM messages WHERE id = ANY($1)"
        async with borrowed(self._pool) as connection:
            there = {row["id"] for row in await connection.fetch(query, [each.id for each in messages])}
        if left := [message for message in messages if message.id not in there]:
            await self.deliver_all(left)

    async def _deliver_each(self, messages: Sequence[Message]) -> Sequence[Exception | None]:
        """In one transaction; where one is refused each has its own."""
        try:
            await self.deliver_all(messages)
        except StoreDown:
            raise
        except Exception:
            if len(messages) == 1:
                raise
            alone = [self.deliver_all([message]) for message in messages]
            answers = await asyncio.gather(*alone, return_exceptions=True)
            return [answer if isinstance(answer, Exception) else None for answer in answers]
        return [None] * len(messages)

    async def held(self, line: str) -> int:
        return await self._counts.one(line)

    async def _count_each(self, lines: Sequence[str]) -> Sequence[int]:
        query = (
            "SELECT line, count(*) FROM messages WHERE line = ANY($1) AND deleted_at IS NULL GROUP BY line"
        )
        async with borrowed(self._pool) as connection:
            held = dict(await connection.fetch(query, list(lines)))
        return [held.get(line, 0) for line in lines]
