"""Saved forward numbers (numéros sauvegardés, spec §3): offered wherever a number is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.errors import NotFound
from callcontrol.store.contacts import NameTaken, lock_line
from callcontrol.store.pool import Pool, borrowed, transaction


@dataclass(frozen=True, slots=True)
class ForwardNumber:
    """A saved forward number (numéro sauvegardé)."""

    id: str
    number: str
    name: str


class ForwardNumbers:
    """The table ``forward_numbers``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self, line: str) -> list[ForwardNumber]:
        """The saved numbers of a line, by name."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT id, number, name FROM forward_numbers WHERE line = $1 ORDER BY name, id", line
            )
        return [ForwardNumber(*row) for row in rows]

    async def put(self, line: str, saved: ForwardNumber) -> None:
        """Add a saved number or replace it. Raises NameTaken when another one has the number."""
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)
            if await connection.fetchval(
                "SELECT true FROM forward_numbers WHERE line = $1 AND number = $2 AND id <> $3",
                line,
                saved.number,
                saved.id,
            ):
                raise NameTaken("this number is saved already")
            await connection.execute(
                """INSERT INTO forward_numbers (line, id, number, name) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (line, id) DO UPDATE SET number = excluded.number, name = excluded.name""",
                line,
                saved.id,
                saved.number,
                saved.name,
            )

    async def remove(self, line: str, saved: str) -> None:
        """Remove a saved number. Raises NotFound."""
        async with borrowed(self._pool) as connection:
            if not await connection.fetchval(
                "DELETE FROM forward_numbers WHERE line = $1 AND id = $2 RETURNING true", line, saved
            ):
                raise NotFound("this saved number does not exist")
