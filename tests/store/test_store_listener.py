"""What the database tells reaches every part that listens, and each is told when something may have been missed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from callcontrol.errors import StoreDown
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.pool import Pool, borrowed
from tests.postgres import eventually


@dataclass
class Listener:
    heard: list[str] = field(default_factory=list)
    gaps: int = 0

    def missed(self) -> None:
        self.gaps += 1

    async def hears(self, *payloads: str) -> None:
        async def did() -> bool:
            return self.heard == list(payloads)

        await eventually(did)


@pytest.fixture
async def listener(url: str) -> AsyncIterator[DatabaseListener]:
    made = DatabaseListener(url, check_seconds=0.2)
    yield made
    await made.stop()


async def tell(pool: Pool, channel: str, payload: str) -> None:
    async with borrowed(pool) as connection:
        await connection.execute("SELECT pg_notify($1, $2)", channel, payload)


async def test_each_hears_its_channels_and_nothing_else(pool: Pool, listener: DatabaseListener) -> None:
    lamps, cache, more = Listener(), Listener(), Listener()
    listener.subscribe(["messages"], lamps.heard.append, lamps.missed)
    listener.subscribe(["directory", "settings"], cache.heard.append, cache.missed)
    listener.subscribe(["messages"], more.heard.append, more.missed)
    await listener.start()
    await tell(pool, "directory", "line 1 1")
    await tell(pool, "messages", "mailbox 1 1")
    await tell(pool, "settings", "1 call-manager 2")
    await cache.hears("line 1 1", "1 call-manager 2")
    await lamps.hears("mailbox 1 1")
    await more.hears("mailbox 1 1")
    assert (lamps.gaps, cache.gaps) == (0, 0)


async def test_after_a_loss_each_is_told_once_and_hears_again(pool: Pool, listener: DatabaseListener) -> None:
    lamps, cache = Listener(), Listener()
    listener.subscribe(["messages"], lamps.heard.append, lamps.missed)
    listener.subscribe(["directory"], cache.heard.append, cache.missed)
    await listener.start()
    async with borrowed(pool) as connection:
        ended = await connection.fetchval(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"""
        )
    assert ended == 1

    async def told() -> bool:
        return (lamps.gaps, cache.gaps) == (1, 1)

    await eventually(told)
    await tell(pool, "messages", "mailbox 1 1")
    await lamps.hears("mailbox 1 1")


async def test_a_database_that_is_away_at_the_start_is_told(url: str) -> None:
    away = DatabaseListener("postgresql://tester@127.0.0.1:1/none")
    away.subscribe(["messages"], Listener().heard.append, lambda: None)
    with pytest.raises(StoreDown):
        await away.start()
    await away.stop()
