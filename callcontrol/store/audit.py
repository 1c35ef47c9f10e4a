"""The audit trail (spec §13): every change of a setting, kept a year.

An entry is written in the transaction of its change, by the repository that makes the change: there is no change
without an entry and no entry without a change. Secrets are never in it, only that they changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.store.page import Page, bounded, cut, time_place
from callcontrol.store.pool import Connection, Pool, borrowed, erase_in_batches

REDACTED = "•••"
"""Stands for a secret in ``before`` and ``after``."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. ``field`` is a document's name, or what was changed (``pin``, ``line.name`` …)."""

    by: ChangedBy
    field: str
    before: Any
    after: Any


async def write_entry(
    connection: Connection, by: ChangedBy, field: str, before: object, after: object, line: str
) -> None:
    """Add an entry for a line, inside the transaction of the change."""
    await connection.execute(
        """INSERT INTO audit (company, line, who, from_where, field, before, after, at)
           SELECT company, number, $2, $3, $4, $5, $6, $7 FROM numbers WHERE number = $1""",
        line,
        by.who,
        by.where.value,
        field,
        before,
        after,
        by.at,
    )


async def write_company_entry(
    connection: Connection, by: ChangedBy, field: str, before: object, after: object, company: str
) -> None:
    """Add an entry for a company: it stays when the line that it speaks of is deleted."""
    await connection.execute(
        """INSERT INTO audit (company, who, from_where, field, before, after, at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        company,
        by.who,
        by.where.value,
        field,
        before,
        after,
        by.at,
    )


class AuditTrail:
    """The table ``audit``, to read and to purge. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_line(self, line: str, cursor: str | None = None, limit: int = 50) -> Page[AuditEntry]:
        """The changes of a line's settings, newest first. Raises BadCursor."""
        return await self._page("line", line, cursor, limit)

    async def of_company(self, company: str, cursor: str | None = None, limit: int = 50) -> Page[AuditEntry]:
        """The changes of a company and of all its lines, newest first. Raises BadCursor."""
        return await self._page("company", company, cursor, limit)

    async def purge(self, before: datetime) -> int:
        """Erase entries older than ``before``; returns how many."""
        return await erase_in_batches(
            self._pool,
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)",
            before,
        )

    async def _page(self, column: str, key: str, cursor: str | None, limit: int) -> Page[AuditEntry]:
        limit = bounded(limit)
        at, entry = time_place(cursor) if cursor else (None, "0")
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                f"""SELECT id, who, from_where, field, before, after, at FROM audit WHERE {column} = $1
                    AND ($3::timestamptz IS NULL OR (at, id) < ($3, $4))
                    ORDER BY at DESC, id DESC LIMIT $2""",  # noqa: S608 - one of two column names above
                key,
                limit + 1,
                at,
                int(entry) if entry.isdecimal() else 0,
            )
        entries = [
            AuditEntry(
                ChangedBy(row["who"], Where(row["from_where"]), row["at"]),
                row["field"],
                row["before"],
                row["after"],
            )
            for row in rows
        ]
        last = rows[limit - 1] if len(rows) > limit else None
        return cut(entries, limit, (last["at"].isoformat(), str(last["id"])) if last else None)
