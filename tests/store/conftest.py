"""A fresh database for each test of the store, on the session's one PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

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
