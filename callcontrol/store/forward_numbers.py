"""Saved forward numbers (numéros sauvegardés, spec §3): offered wherever a number is asked for."""

from __future__ import annotations

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import ForwardNumber, SavedNumbers
from callcontrol.errors import NameTaken, NotFound
from callcontrol.store.audit import write_entry
from callcontrol.store.contacts import lock_line
from callcontrol.store.pool import Connection, Pool, borrowed, transaction

_FIELD = "forward-numbers"


class ForwardNumbers(SavedNumbers):
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

    async def put(self, line: str, saved: ForwardNumber, by: ChangedBy, *, replace: bool = False) -> None:
        """Add a saved number or replace it. ``replace``: it must be there already. Raises NotFound; NameTaken when
        another one has the number."""
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)
            if await connection.fetchval(
                "SELECT true FROM forward_numbers WHERE line = $1 AND number = $2 AND id <> $3",
                line,
                saved.number,
                saved.id,
            ):
                raise NameTaken("this number is saved already")
            before = await _entry(connection, line, saved.id)
            if replace and before is None:
                raise NotFound("this saved number does not exist")
            await connection.execute(
                """INSERT INTO forward_numbers (line, id, number, name) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (line, id) DO UPDATE SET number = excluded.number, name = excluded.name""",
                line,
                saved.id,
                saved.number,
                saved.name,
            )
            after = {"number": saved.number, "name": saved.name}
            if before != after:
                await write_entry(connection, by, _FIELD, before, after, line)

    async def remove(self, line: str, saved: str, by: ChangedBy) -> None:
        """Remove a saved number. Raises NotFound."""
        async with transaction(self._pool) as connection:
            before = await _entry(connection, line, saved)
            if before is None or not await connection.fetchval(
                "DELETE FROM forward_numbers WHERE line = $1 AND id = $2 RETURNING true", line, saved
            ):
                raise NotFound("this saved number does not exist")
            await write_entry(connection, by, _FIELD, before, None, line)


async def _entry(connection: Connection, line: str, saved: str) -> dict[str, str] | None:
    row = await connection.fetchrow(
        "SELECT number, name FROM forward_numbers WHERE line = $1 AND id = $2", line, saved
    )
    return {"number": row["number"], "name": row["name"]} if row else None
