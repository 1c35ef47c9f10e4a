"""Sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.errors import NotFound
from callcontrol.store.pool import Pool, borrowed
from callcontrol.store.sessions import Sessions
from tests.store.conftest import remove_line

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_a_token_is_good_until_it_expires_and_is_not_stored(pool: Pool, line: str) -> None:
    sessions = Sessions(pool)
    token, session = await sessions.create(line, NOW, HOUR)
    assert await sessions.find(token, NOW + HOUR - timedelta(seconds=1)) == session
    assert await sessions.find(token, NOW + HOUR) is None
    async with borrowed(pool) as connection:
        stored = await connection.fetchval("SELECT token_hash FROM sessions")
    assert token.encode() not in stored


@pytest.mark.parametrize("token", ["", "x", "é\udcff", "a" * 10_000])
async def test_another_token_is_nobody(pool: Pool, line: str, token: str) -> None:
    sessions = Sessions(pool)
    await sessions.create(line, NOW, HOUR)
    assert await sessions.find(token, NOW) is None


async def test_last_seen_follows_by_the_minute(pool: Pool, line: str) -> None:
    sessions = Sessions(pool)
    token, _ = await sessions.create(line, NOW, HOUR)
    await sessions.find(token, NOW + timedelta(seconds=59))
    await sessions.find(token, NOW + timedelta(seconds=90))
    found = await sessions.find(token, NOW + timedelta(seconds=100))
    assert found is not None
    assert found.seen_at == NOW + timedelta(seconds=90)


async def test_log_out_here_or_everywhere_else_or_with_the_line(pool: Pool, line: str) -> None:
    sessions = Sessions(pool)
    here, there, third = [(await sessions.create(line, NOW, HOUR))[0] for _ in range(3)]
    await sessions.end(third)
    assert await sessions.end_all(line, but=here) == 1
    assert await sessions.find(here, NOW) is not None
    assert await sessions.find(there, NOW) is None
    await remove_line(pool, line)
    assert await sessions.find(here, NOW) is None
    with pytest.raises(NotFound):
        await sessions.create(line, NOW, HOUR)


async def test_purge_erases_sessions_that_are_over(pool: Pool, line: str) -> None:
    sessions = Sessions(pool)
    await sessions.create(line, NOW, HOUR)
    kept, _ = await sessions.create(line, NOW, 2 * HOUR)
    assert await sessions.purge(NOW + HOUR) == 1
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM sessions") == 1
    assert await sessions.find(kept, NOW + HOUR) is not None
