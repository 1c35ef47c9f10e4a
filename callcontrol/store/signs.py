"""A row written to see whether one can be: an answer to a question says nothing of a full disk."""

from __future__ import annotations

from datetime import datetime

from callcontrol.store.pool import Pool, borrowed


async def write_sign(pool: Pool, part: str, at: datetime) -> None:
    """Write the row of ``part``. Raises StoreDown."""
    async with borrowed(pool) as connection:
        await connection.execute(
            """INSERT INTO signs_of_life (part, at) VALUES ($1, $2)
               ON CONFLICT (part) DO UPDATE SET at = excluded.at""",
            part,
            at,
        )
