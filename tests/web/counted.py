"""What a request asks of the database: every statement, and how many rows each looks at."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from callcontrol.store.pool import Connection, Pool, borrowed

Statement = tuple[str, tuple[Any, ...]]


class CountedPool:
    """A pool whose statements are noted in ``asked``. Only ``acquire`` is what a pool has, which is all that the store
    uses of it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.asked: list[Statement] = []

    @asynccontextmanager
    async def acquire(self, *, timeout: float) -> AsyncIterator[Connection]:
        async with self._pool.acquire(timeout=timeout) as connection:
            connection.add_query_logger(self._note)
            try:
                yield connection
            finally:
                connection.remove_query_logger(self._note)

    def _note(self, told: Any) -> None:
        self.asked.append((told.query, tuple(told.args or ())))


async def rows_read(pool: Pool, asked: list[Statement]) -> int:
    """How many rows these statements look at, whatever they give back: asked of PostgreSQL's own plans. Reads alone."""
    found = 0
    async with borrowed(pool) as connection:
        for query, arguments in asked:
            if query.lstrip().upper().startswith("SELECT"):
                told = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *arguments)
                plan = (told if isinstance(told, list) else json.loads(told))[0]["Plan"]
                found += sum(map(_looked_at, _nodes(plan)))
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _looked_at(node: dict[str, Any]) -> int:
    if "Scan" not in node["Node Type"] or node["Node Type"] == "Bitmap Index Scan":
        return 0
    each = (
        node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
    )
    return int(each * node["Actual Loops"])
