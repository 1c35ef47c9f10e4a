"""A fresh database for each test of the store, on the session's one PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.pool import Pool, borrowed, open_pool, transaction
from tests.postgres import Server


@pytest.fixture
async def url(server: Server) -> str:
    return await server.fresh_database()


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(url)
    yield pool
    await pool.close()


@asynccontextmanager
async def following(
    url: str,
    *,
    check_seconds: float = 10.0,
    on_lines_changed: Callable[[], None] | None = None,
    on_line_changed: Callable[[str], None] | None = None,
) -> AsyncIterator[DirectoryCache]:
    """A directory that follows the database, as a process of ours has it."""
    listener = DatabaseListener(url, check_seconds=check_seconds)
    cache = DirectoryCache(
        url,
        listener,
        on_lines_changed=on_lines_changed,
        on_line_changed=on_line_changed,
        check_seconds=check_seconds,
    )
    await listener.start()
    await cache.start()
    yield cache
    await cache.stop()
    await listener.stop()


async def add_lines(pool: Pool, *numbers: str) -> None:
    """Lines of a company ``c``, with nothing else."""
    async with transaction(pool) as connection:
        await connection.execute(
            """INSERT INTO companies (id, name, timezone, language, country, extension_length)
               VALUES ('c', 'C', 'Europe/Paris', 'fr', 'FR', 4) ON CONFLICT DO NOTHING"""
        )
        await connection.execute(
            """INSERT INTO numbers (number, company, kind, name)
               SELECT n, 'c', 'line', n FROM unnest($1::text[]) AS n""",
            list(numbers),
        )
        await connection.execute(
            """INSERT INTO lines (number, licence, language, max_calls)
               SELECT n, 'full', 'fr', 5 FROM unnest($1::text[]) AS n""",
            list(numbers),
        )


async def remove_line(pool: Pool, number: str) -> None:
    async with borrowed(pool) as connection:
        await connection.execute("DELETE FROM numbers WHERE number = $1", number)


@pytest.fixture
async def line(pool: Pool) -> str:
    """The number of a line that exists."""
    await add_lines(pool, "0222969569")
    return "0222969569"
