"""The outbox of mails: queued in the transaction of what they tell of, claimed by whoever sends them, settled when the
mail server has answered.

A mail is sent by one process at a time: it claims the row (``FOR UPDATE SKIP LOCKED``) and says so again and again
until it is settled. One whose process died between the server's acceptance and the commit goes out once more, under
the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from callcontrol import ids
from callcontrol.mails.mail import Mail, about_of, from_json, to_json
from callcontrol.store.pool import Connection, Pool, borrowed, erase_in_batches, transaction


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One mail to one address. ``mail`` is None when this release does not know it. ``attempts`` failed so far, the
    first of them at ``failing_since``."""

    id: str
    address: str
    mail: Mail | None
    queued_at: datetime
    attempts: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be sent (``oldest``: when the first of it was queued), and what was given up."""

    waiting: int
    oldest: datetime | None
    given_up: int


async def queue(
    connection: Connection,
    mail: Mail,
    addresses: Collection[str],
    at: datetime,
    *,
    line: str | None = None,
    company: str | None = None,
    removes: bool = False,
) -> None:
    """Queue ``mail`` for each address, inside the transaction of what it tells of. It goes with ``line`` or
    ``company`` (one of them) when that is deleted, and with its message when that is purged."""
    about, body = about_of(mail), to_json(mail)
    await connection.executemany(
        """INSERT INTO mails (id, line, company, message, removes, address, body, queued_at, due_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)""",
        [
            (ids.uuid7(), line, company, about.id if about else None, removes, address, body, at)
            for address in addresses
        ],
    )


class MailQueue:
    """The table ``mails``. Every method raises StoreDown. ``now`` is the injected clock's; the instants of claims are
    the system's, so that a clock that a test holds still keeps no mail from a process that follows a dead one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def queue(
        self,
        mail: Mail,
        addresses: Collection[str],
        at: datetime,
        *,
        line: str | None = None,
        company: str | None = None,
    ) -> None:
        """Queue ``mail`` for each address in a transaction of its own (see ``queue``)."""
        async with transaction(self._pool) as connection:
            await queue(connection, mail, addresses, at, line=line, company=company)

    async def claim(
        self, by: str, most: int, now: datetime, present: datetime, until: datetime
    ) -> list[QueuedMail]:
        """Take up to ``most`` mails that are due, oldest first, for ``by`` alone until ``until``."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                """UPDATE mails SET claimed_by = $1, claimed_until = $5 WHERE id IN (
                     SELECT id FROM mails
                     WHERE given_up_at IS NULL AND due_at <= $3
                       AND (claimed_by IS NULL OR (claimed_by <> $1 AND claimed_until <= $4))
                     ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
                   RETURNING id, address, body, queued_at, attempts, failing_since""",
                by,
                most,
                now,
                present,
                until,
            )
        return sorted((_queued(row) for row in rows), key=lambda mail: mail.id)

    async def renew(self, by: str, until: datetime) -> None:
        """Keep what ``by`` has claimed for longer."""
        async with borrowed(self._pool) as connection:
            await connection.execute("UPDATE mails SET claimed_until = $2 WHERE claimed_by = $1", by, until)

    async def release(self, mail: str) -> None:
        """Give a claimed mail back untried."""
        async with borrowed(self._pool) as connection:
            await connection.execute(
                "UPDATE mails SET claimed_by = NULL, claimed_until = NULL WHERE id = $1", mail
            )

    async def release_all(self, by: str) -> None:
        """Give back whatever ``by`` has claimed and not settled."""
        async with borrowed(self._pool) as connection:
            await connection.execute(
                "UPDATE mails SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1", by
            )

    async def accepted(self, mail: str, now: datetime) -> None:
        """The server has it. When it was the last that its message waited for, the original leaves the box."""
        async with transaction(self._pool) as connection:
            message = await _lock_message(connection, mail)
            row = await connection.fetchrow("DELETE FROM mails WHERE id = $1 RETURNING removes", mail)
            if message is not None and row is not None:
                await _settle(connection, message, now if row["removes"] else None)

    async def put_off(self, mail: str, error: str, now: datetime, due_at: datetime) -> None:
        """It failed for now: try again at ``due_at``."""
        async with borrowed(self._pool) as connection:
            await connection.execute(
                """UPDATE mails SET attempts = attempts + 1, due_at = $4, last_error = $2,
                     failing_since = coalesce(failing_since, $3), claimed_by = NULL, claimed_until = NULL
                   WHERE id = $1""",
                mail,
                error,
                now,
                due_at,
            )

    async def give_up(self, mail: str, error: str, now: datetime) -> None:
        """It will never be sent: its message stays, and says so."""
        async with transaction(self._pool) as connection:
            message = await _lock_message(connection, mail)
            await connection.execute(
                """UPDATE mails SET given_up_at = $3, last_error = $2, attempts = attempts + 1,
                     claimed_by = NULL, claimed_until = NULL WHERE id = $1""",
                mail,
                error,
                now,
            )
            if message is not None:
                await _settle(connection, message, None)

    async def server_away(self, error: str, now: datetime, patience: timedelta) -> list[str]:
        """The mail server cannot be reached: every mail that is due fails from now on, none of them for a reason of
        its own. The ids of those that did so for ``patience``."""
        async with borrowed(self._pool) as connection:
            await connection.execute(
                """UPDATE mails SET failing_since = $2, last_error = $1
                   WHERE given_up_at IS NULL AND failing_since IS NULL AND due_at <= $2""",
                error,
                now,
            )
            rows = await connection.fetch(
                "SELECT id FROM mails WHERE given_up_at IS NULL AND due_at <= $1 AND failing_since <= $2 ORDER BY id",
                now,
                now - patience,
            )
        return [row["id"] for row in rows]

    async def backlog(self) -> Backlog:
        """How the outbox does."""
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(
                """SELECT count(*) FILTER (WHERE given_up_at IS NULL) AS waiting,
                     min(queued_at) FILTER (WHERE given_up_at IS NULL) AS oldest,
                     count(given_up_at) AS given_up FROM mails"""
            )
        return Backlog(row["waiting"], row["oldest"], row["given_up"])

    async def purge(self, before: datetime) -> int:
        """Forget what was given up before ``before``; that its mail failed stays with the message."""
        return await erase_in_batches(
            self._pool,
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE given_up_at < $1 LIMIT $2)",
            before,
        )


async def _lock_message(connection: Connection, mail: str) -> str | None:
    """Take the message of a mail before the mail itself, as whoever purges it does: its mails are settled one after
    the other, and the last one knows that it is the last."""
    found: str | None = await connection.fetchval(
        "SELECT id FROM messages WHERE id = (SELECT message FROM mails WHERE id = $1) FOR UPDATE", mail
    )
    return found


async def _settle(connection: Connection, message: str, removed_at: datetime | None) -> None:
    """What the mails of a message have come to, now that one of them is settled; ``removed_at`` where that one was
    accepted in place of the original."""
    row = await connection.fetchrow(
        """SELECT count(*) FILTER (WHERE given_up_at IS NULL) AS waiting, count(given_up_at) AS failed,
             count(*) FILTER (WHERE removes) AS in_the_way,
             count(given_up_at) FILTER (WHERE removes) AS stays FROM mails WHERE message = $1""",
        message,
    )
    state = "failed" if row["failed"] else "waiting" if row["waiting"] else "sent"
    await connection.execute(
        """UPDATE messages SET mail = $2, lamp_after = CASE WHEN $3 THEN NULL ELSE lamp_after END,
             deleted_at = coalesce(deleted_at, $4) WHERE id = $1""",
        message,
        state,
        row["stays"] > 0 or not row["in_the_way"],
        None if row["in_the_way"] else removed_at,
    )


def _queued(row: Any) -> QueuedMail:
    mail: Mail | None
    try:
        mail = from_json(row["body"])
    except ValueError:
        mail = None
    return QueuedMail(
        row["id"], row["address"], mail, row["queued_at"], row["attempts"], row["failing_since"]
    )
