"""Who may open a box: PIN hashes, wrong attempts, and whether its user was told how to set it up.

Implements ``ports.BoxAccess``. What a PIN must be stands in ``pins.py``, when a box is locked in ``ivr.lockout``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from callcontrol import numbers, passwords
from callcontrol.changed_by import ChangedBy
from callcontrol.errors import NotFound, StoreDown
from callcontrol.ports.mailbox import BoxAccess, Notices
from callcontrol.store import notices
from callcontrol.store.audit import write_entry
from callcontrol.store.lines import Lines
from callcontrol.store.pool import Pool, borrowed, transaction

log = structlog.get_logger()

LOOKED_BACK = timedelta(hours=2)
"""Older attempts lock nothing any more, and go at the next one."""


class StoredBoxAccess(BoxAccess):
    """The tables ``credentials``, ``pin_attempts`` and ``box_introductions``. Every method raises StoreDown."""

    def __init__(self, pool: Pool, refused: frozenset[str] = frozenset()) -> None:
        """``refused``: PINs that everybody knows; they open no box, whoever has one."""
        self._pool = pool
        self._refused = refused
        self._lines = Lines(pool)

    async def has_pin(self, line: str) -> bool:
        return (await self._lines.secrets(line)).pin_hash is not None

    async def is_pin(self, line: str | None, pin: str) -> bool:
        digest = (await self._lines.secrets(line)).pin_hash if line is not None else None
        return await passwords.verified(digest, pin) and pin not in self._refused

    async def set_pin(self, line: str, pin: str, by: ChangedBy) -> None:
        await self._lines.set_pin(line, await passwords.hashed(pin), by)

    async def attempt(self, line: str, attempt: str, at: datetime) -> list[datetime]:
        async with transaction(self._pool) as connection:
            if not await connection.fetchval(
                "SELECT true FROM numbers WHERE number = $1 FOR NO KEY UPDATE", line
            ):
                raise NotFound("this line does not exist")
            await connection.execute(
                "DELETE FROM pin_attempts WHERE line = $1 AND at <= $2", line, at - LOOKED_BACK
            )
            rows = await connection.fetch("SELECT at FROM pin_attempts WHERE line = $1 ORDER BY at, id", line)
            await connection.execute("INSERT INTO pin_attempts VALUES ($1, $2, $3)", attempt, line, at)
        return [row["at"] for row in rows]

    async def forgive(self, attempt: str) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute("DELETE FROM pin_attempts WHERE id = $1", attempt)

    async def introduced(self, line: str, at: datetime) -> bool:
        async with borrowed(self._pool) as connection:
            status = await connection.execute(
                "INSERT INTO box_introductions VALUES ($1, $2) ON CONFLICT DO NOTHING", line, at
            )
        return int(status.split()[-1]) == 0


class AuditedNotices(Notices):
    """Tells a line's owner by its audit trail, a mail and the log: a change of the PIN has its entry and its mail
    already."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def pin_changed(self, line: str, by: ChangedBy) -> None:
        log.info("pin.changed", line=numbers.redact(line), where=by.where)

    async def locked_out(self, line: str, until: datetime, by: ChangedBy) -> None:
        log.warning("box.locked", line=numbers.redact(line), until=until.isoformat())
        try:
            async with transaction(self._pool) as connection:
                await write_entry(
                    connection, by, "inbox-access.locked", None, {"until": until.isoformat()}, line
                )
                await notices.box_locked(connection, line, until, by.at)
        except StoreDown as error:
            log.error("box.locked.not_audited", line=numbers.redact(line), error=str(error))
