"""Migrations: each once, in order, never edited, one process at a time."""

from __future__ import annotations

import asyncio
import signal

import asyncpg
import pytest

from callcontrol.errors import StoreDown
from callcontrol.store.migrate import HistoryEdited, Migration, migrate, migrations
from callcontrol.store.pool import Pool, borrowed, connect, open_pool, transaction
from tests.postgres import Server, eventually


async def empty_database(server: Server, name: str) -> str:
    admin = await connect(server.url("postgres"), command_timeout=60)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    return server.url(name)


async def test_eight_processes_that_migrate_at_once_apply_each_file_once(server: Server) -> None:
    url = await empty_database(server, "together")
    applied = await asyncio.gather(*(migrate(url) for _ in range(8)))
    assert sorted(map(len, applied)) == [0] * 7 + [len(migrations())]
    assert await migrate(url) == []


async def test_an_edited_migration_is_refused_and_nothing_is_applied(server: Server) -> None:
    url = await empty_database(server, "edited")
    first = Migration(1, "0001_a.sql", "CREATE TABLE a (x integer);\n")
    await migrate(url, [first])
    edited = Migration(1, "0001_a.sql", "CREATE TABLE a (x bigint);\n")
    second = Migration(2, "0002_b.sql", "CREATE TABLE b (x integer);\n")
    with pytest.raises(HistoryEdited, match="never edited"):
        await migrate(url, [edited, second])
    assert await migrate(url, [first, second]) == ["0002_b.sql"]
    with pytest.raises(HistoryEdited, match="newer release"):
        await migrate(url, [first])


async def test_a_migration_that_fails_leaves_nothing_of_itself(server: Server) -> None:
    url = await empty_database(server, "failing")
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await migrate(url, [Migration(1, "0001_a.sql", "CREATE TABLE a (x integer); nonsense;")])
    assert await migrate(url, [Migration(1, "0001_a.sql", "CREATE TABLE a (x integer);")]) == ["0001_a.sql"]


async def test_json_columns_are_python_values(pool: Pool) -> None:
    async with borrowed(pool) as connection:
        value = {"nom": "Élodie", "list": [1, None, {"a": True}]}
        assert await connection.fetchval("SELECT $1::jsonb", value) == value


async def test_a_refused_statement_is_not_taken_for_a_database_that_is_down(pool: Pool) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with borrowed(pool) as connection:
            await connection.execute("SELECT * FROM nothing")
    with pytest.raises(asyncpg.DataError):
        async with borrowed(pool) as connection:
            await connection.fetchval("SELECT $1::integer", "x")


async def test_an_exception_undoes_the_transaction(pool: Pool) -> None:
    async def write_and_fail() -> None:
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO media_trash VALUES ('a')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM media_trash") == 0


async def test_a_pool_opens_while_the_database_is_down_and_works_when_it_is_up(server: Server) -> None:
    url = await server.fresh_database()
    server.stop(signal.SIGQUIT)
    try:
        pool = await open_pool(url)
        with pytest.raises(StoreDown):
            async with borrowed(pool):
                pass
    finally:
        server.start()
        await server.ready()
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await pool.close()


async def test_a_connection_lost_in_the_middle_is_store_down_and_the_next_one_works(
    server: Server, pool: Pool
) -> None:
    async def sleep_in_the_database() -> None:
        async with borrowed(pool) as connection:
            await connection.execute("SELECT pg_sleep(4)")

    async with borrowed(pool) as connection:
        await connection.fetchval("SELECT 1")
    task = asyncio.create_task(sleep_in_the_database())
    admin = await connect(server.url("postgres"))

    async def cut() -> bool:
        return bool(
            await admin.fetchval(
                """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE query = 'SELECT pg_sleep(4)'"""
            )
        )

    await eventually(cut)
    await admin.close()
    with pytest.raises(StoreDown):
        await task
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_statement_that_takes_too_long_is_store_down(url: str) -> None:
    pool = await open_pool(url, command_timeout=0.1)
    with pytest.raises(StoreDown):
        async with borrowed(pool) as connection:
            await connection.execute("SELECT pg_sleep(5)")
    await pool.close()
