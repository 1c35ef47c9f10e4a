"""Bring the schema to what this release needs: the numbered files of ``migrations/``, each once, in order.

A file that was applied must never change: its checksum is kept and compared, and a difference stops everything
before anything is touched. Only one process migrates at a time (an advisory lock); the others wait for it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources

from callcontrol.errors import CallControlError
from callcontrol.store.pool import Connection, connect, store_errors

_LOCK = 0x63616C6C
"""The advisory lock's key: the letters "call"."""
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class HistoryEdited(CallControlError):
    """The database holds a migration that this release does not have, or has with another text."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of ``migrations/``."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, whatever its line ends."""
        return hashlib.sha256("\n".join(self.sql.splitlines()).encode()).hexdigest()


def migrations() -> list[Migration]:
    """The files of this release in their order, numbered 1, 2, 3 … without a gap."""
    folder = resources.files("callcontrol.store") / "migrations"
    found = [
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if (match := _NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda migration: migration.number)
    assert [migration.number for migration in found] == list(range(1, len(found) + 1)), "a gap in migrations/"
    return found


async def migrate(url: str, wanted: list[Migration] | None = None) -> list[str]:
    """Apply what is missing to the database at ``url``, each file in a transaction of its own.

    Returns the names applied now (none: it was up to date). Raises StoreDown, and HistoryEdited before anything
    is changed.
    """
    connection = await connect(url, command_timeout=600)
    try:
        with store_errors():
            await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
            return await _apply(connection, migrations() if wanted is None else wanted)
    finally:
        await connection.close(timeout=5)  # and with it goes the lock


async def _apply(connection: Connection, wanted: list[Migration]) -> list[str]:
    await connection.execute(
        """CREATE TABLE IF NOT EXISTS schema_migrations
           (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL)"""
    )
    rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
    for row, migration in zip(rows, wanted, strict=False):
        if (row["number"], row["checksum"]) != (migration.number, migration.checksum):
            raise HistoryEdited(
                f"the migration {migration.name} is not the one that this database was made with ({row['name']}): "
                "migrations are never edited, add a new one"
            )
    if len(rows) > len(wanted):
        raise HistoryEdited(
            f"this database was migrated by a newer release (to {rows[-1]['name']}): run that release"
        )
    for migration in wanted[len(rows) :]:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                migration.number,
                migration.name,
                migration.checksum,
            )
    return [migration.name for migration in wanted[len(rows) :]]
