"""Addresses from which phones of a line have shown its SIP password (docs/security.md)."""

from __future__ import annotations

from datetime import datetime

from callcontrol.store.pool import Pool, borrowed


class KnownAddresses:
    """The rows ``sip`` of the table ``known_addresses``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self, since: datetime) -> list[tuple[str, str, datetime]]:
        """(line, address, last seen), those seen since then."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT line, address, seen_at FROM known_addresses WHERE kind = 'sip' AND seen_at > $1",
                since,
            )
        return [tuple(row) for row in rows]

    async def seen(self, line: str, address: str, at: datetime) -> None:
        """A phone of the line is there. A line that is gone is no error."""
        async with borrowed(self._pool) as connection:
            await connection.execute(
                """INSERT INTO known_addresses SELECT number, 'sip', $2, $3 FROM numbers WHERE number = $1
                   FOR KEY SHARE ON CONFLICT (line, kind, address) DO UPDATE SET seen_at = excluded.seen_at""",
                line,
                address,
                at,
            )
