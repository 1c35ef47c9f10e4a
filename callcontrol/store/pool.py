"""The way to PostgreSQL: a pool, and the one place where trouble with the wire becomes ``StoreDown``.

Every wait here has a deadline of seconds. A statement that the database refuses is a bug or a broken rule of the
schema, never ``StoreDown``: it stays the exception that asyncpg raised.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import asyncpg

from callcontrol.errors import StoreDown

Connection = Any
"""An ``asyncpg.Connection`` (the package has no types)."""
Pool = Any
"""An ``asyncpg.Pool``."""

COMMAND_TIMEOUT = 5.0
"""Seconds that one statement may take before the database counts as down."""
ACQUIRE_TIMEOUT = 2.0
"""Seconds to wait for a free or new connection."""

_DOWN = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,  # class 08: refused, lost in the middle of a statement
    asyncpg.OperatorInterventionError,  # class 57: shut down, starting up, cancelled
    asyncpg.InsufficientResourcesError,  # class 53: too many connections, disk full
    asyncpg.InternalClientError,  # seen when the server ends a connection in the very moment of a statement
    asyncpg.ReadOnlySQLTransactionError,  # a standby: the primary is elsewhere for now
)


class _Pooled(asyncpg.Connection):  # type: ignore[misc]
    """Nothing of ours outlives its transaction in a session (LISTEN and the migrations' lock have connections of their
    own), so whoever gives one back need not ask the server to forget it; an open transaction is still undone."""

    def get_reset_query(self) -> str:
        return ""


async def open_pool(url: str, *, max_size: int = 8, command_timeout: float = COMMAND_TIMEOUT) -> Pool:
    """A pool of up to ``max_size`` connections to ``url`` (``postgresql://…``).

    It connects when first used, so that the app starts, and calls go on, while the database is away.
    Works through a pooler in transaction mode: no prepared statement outlives its use.
    """
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=max_size,
        timeout=ACQUIRE_TIMEOUT,
        command_timeout=command_timeout,
        statement_cache_size=0,
        connection_class=_Pooled,
        init=prepare,
    )


async def connect(
    url: str, *, command_timeout: float = COMMAND_TIMEOUT, name: str = "callcontrol"
) -> Connection:
    """One direct connection, for LISTEN, migrations and bulk work. ``name`` is what PostgreSQL lists it as. Raises
    StoreDown."""
    with store_errors():
        connection = await asyncpg.connect(
            url,
            timeout=ACQUIRE_TIMEOUT,
            command_timeout=command_timeout,
            server_settings={"application_name": name},
        )
        await prepare(connection)
        return connection


async def prepare(connection: Connection) -> None:
    """Make JSON columns Python values, in both directions."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=encode_json, decoder=json.loads, format="text"
        )


@asynccontextmanager
async def borrowed(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool for some statements, each its own transaction. Raises StoreDown."""
    with store_errors():
        async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as connection:
            yield connection


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection inside one transaction: committed at the end, undone by any exception. Raises StoreDown."""
    async with borrowed(pool) as connection, connection.transaction():
        yield connection


def means_down(error: Exception) -> bool:
    """Whether an error of asyncpg's, as it is raised inside ``borrowed``, will be ``StoreDown``."""
    return isinstance(error, (*_DOWN, asyncpg.InterfaceError, StoreDown))


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn trouble with the wire or the server into ``StoreDown``; let everything else through."""
    try:
        yield
    except _DOWN as error:
        raise StoreDown(f"the database does not answer: {type(error).__name__}") from error
    except asyncpg.InterfaceError as error:
        if isinstance(error, ValueError) or ("closed" not in str(error) and "closing" not in str(error)):
            raise  # a value that cannot be sent, or a misuse: a bug
        raise StoreDown("the connection to the database was closed") from error


async def erase_in_batches(pool: Pool, statement: str, before: datetime, *, batch: int = 5000) -> int:
    """Run a DELETE of at most ``$2`` rows older than ``$1`` until nothing is left, each batch in a transaction of its
    own: nobody waits for it, and years of rows do not meet the deadline of one statement. Returns how many rows.
    Raises StoreDown."""
    erased = 0
    while True:
        async with borrowed(pool) as connection:
            count = int((await connection.execute(statement, before, batch)).split()[-1])
        erased += count
        if count < batch:
            return erased


def clean(text: str) -> str:
    """``text`` as PostgreSQL can keep it: without NUL and without lone surrogates. For what the outside world
    sent us (a caller's name): it must never be the reason that a record is lost."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def encode_json(value: object) -> str:
    """JSON as it is stored; for arrays of JSON, which asyncpg cannot tell from nested arrays."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
