"""Mailboxes: the rows of voice messages and faxes. Implements ``ports.Messages``.

The sound itself is a file in the media folder. A row that goes, for whatever reason (purged, or erased with its
line), leaves the path of its file in ``media_trash``; whoever owns the folder empties that. Each change notifies
on the channel ``messages`` (``mailbox LINE VERSION``), for the lamps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from callcontrol.clock import SystemClock
from callcontrol.errors import NotFound
from callcontrol.lamp import Held
from callcontrol.message import MailState, Message, MessageKind
from callcontrol.ports.clock import Clock
from callcontrol.ports.mailbox import Boxes, Messages
from callcontrol.store import message_mails
from callcontrol.store.calls import peer_of, peer_row
from callcontrol.store.page import Page, bounded, cut, time_place
from callcontrol.store.pool import (
    Connection,
    Pool,
    borrowed,
    clean,
    erase_in_batches,
    means_down,
    transaction,
)

log = structlog.get_logger()

_COLUMNS = """id, line, kind, sender_presentation, sender_number, sender_name, received_at, path, duration, pages,
    new, urgent, deleted_at, call"""
_READ = f"{_COLUMNS}, mail"


@dataclass(frozen=True, slots=True)
class MailboxCount:
    """How many messages a box holds, deleted ones left out."""

    voice_new: int = 0
    voice_old: int = 0
    voice_urgent_new: int = 0
    fax_new: int = 0
    fax_old: int = 0


class Mailboxes(Messages, Boxes):
    """The table ``messages``. Every method raises StoreDown. ``clock`` tells when a message's mails are queued."""

    def __init__(self, pool: Pool, clock: Clock | None = None) -> None:
        self._pool, self._clock = pool, clock or SystemClock()

    async def deliver(self, message: Message) -> None:
        """Put a message into its line's box, and queue the mails that its owner wants of it. One that is there already
        stays as it is, so that a delivery repeated after a crash neither makes a heard message new again nor mails it
        again. One for a line that was deleted meanwhile goes to the trash at once."""
        await self.deliver_all([message])

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        async with borrowed(self._pool) as connection, connection.transaction():
            for message in sorted(messages, key=lambda each: each.line):  # everybody locks in one order
                await _deliver(connection, message, self._clock.now())

    async def send(self, line: str, message: str, address: str) -> None:
        """Mail a message to ``address``, as its owner asks. Raises NotFound, also for a deleted one."""
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(
                f"SELECT {_READ} FROM messages WHERE id = $1 AND line = $2 AND deleted_at IS NULL FOR UPDATE",  # noqa: S608
                message,
                line,
            )
            if row is None:
                raise NotFound("this message does not exist")
            await message_mails.queue_copy(connection, _message(row), address, self._clock.now())

    async def page(
        self,
        line: str,
        kind: MessageKind | None,
        cursor: str | None = None,
        limit: int = 50,
        *,
        deleted: bool = False,
    ) -> Page[Message]:
        """Messages of a line, newest first: of one kind or both, and either those in the box or the deleted
        ones. Raises BadCursor."""
        limit = bounded(limit)
        arguments: list[Any] = [line, limit + 1]
        where = f"line = $1 AND deleted_at IS {'NOT ' if deleted else ''}NULL"
        if kind is not None:
            arguments.append(kind.value)
            where += f" AND kind = ${len(arguments)}"
        if cursor is not None:
            arguments.extend(time_place(cursor))
            where += f" AND (received_at, id) < (${len(arguments) - 1}, ${len(arguments)})"
        query = f"SELECT {_READ} FROM messages WHERE {where} ORDER BY received_at DESC, id DESC LIMIT $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            found = [_message(row) for row in await connection.fetch(query, *arguments)]
        last = found[limit - 1] if len(found) > limit else None
        return cut(found, limit, (last.received_at.isoformat(), last.id) if last else None)

    async def all(self, line: str, kind: MessageKind | None, *, deleted: bool = False) -> list[Message]:
        """Every message of a line, of one kind or of both, oldest first: those in the box, or the deleted ones."""
        query = f"""SELECT {_READ} FROM messages
            WHERE line = $1 AND (deleted_at IS NOT NULL) = $2 AND ($3::text IS NULL OR kind = $3)
            ORDER BY received_at, id"""  # noqa: S608 - constants
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, line, deleted, kind.value if kind else None)
        return [_message(row) for row in rows]

    async def get(self, line: str, message: str) -> Message:
        """One message of this line, deleted or not. Raises NotFound."""
        query = f"SELECT {_READ} FROM messages WHERE id = $1 AND line = $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, message, line)
        if row is None:
            raise NotFound("this message does not exist")
        return _message(row)

    async def some(self, line: str, messages: Sequence[str]) -> dict[str, Message]:
        """Those of ``messages`` that this line still has, deleted or not, by id."""
        query = f"SELECT {_READ} FROM messages WHERE line = $1 AND id = ANY($2)"  # noqa: S608
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, line, list(messages))
        return {row["id"]: _message(row) for row in rows}

    async def found(self, message: str) -> Message:
        """A message by its id alone, for whoever has shown to be allowed. Raises NotFound."""
        query = f"SELECT {_READ} FROM messages WHERE id = $1"  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, clean(message))
        if row is None:
            raise NotFound("this message does not exist")
        return _message(row)

    async def mark(self, line: str, message: str, *, new: bool) -> None:
        """Mark a message new, or heard. Raises NotFound."""
        await self._update(line, message, "new = $3", new)

    async def change(
        self, line: str, message: str, *, new: bool | None = None, urgent: bool | None = None
    ) -> None:
        """Mark a message new or heard, urgent or not; None leaves it. Raises NotFound."""
        if not await self._execute(
            """UPDATE messages SET new = coalesce($3, new), urgent = coalesce($4, urgent)
               WHERE id = $1 AND line = $2""",
            message,
            line,
            new,
            urgent,
        ):
            raise NotFound("this message does not exist")

    async def mark_all_read(self, line: str, kind: MessageKind | None = None) -> int:
        """Mark every message in the box heard; returns how many were new."""
        return await self._execute(
            """UPDATE messages SET new = false
               WHERE line = $1 AND new AND deleted_at IS NULL AND ($2::text IS NULL OR kind = $2)""",
            line,
            kind.value if kind else None,
        )

    async def delete(self, line: str, message: str, at: datetime) -> None:
        """Move a message to the deleted ones, from where it can be restored. Raises NotFound."""
        await self._update(line, message, "deleted_at = coalesce(deleted_at, $3)", at)

    async def delete_all(self, line: str, kind: MessageKind, at: datetime) -> int:
        """Move every message of a kind to the deleted ones; returns how many."""
        return await self._execute(
            "UPDATE messages SET deleted_at = $3 WHERE line = $1 AND kind = $2 AND deleted_at IS NULL",
            line,
            kind.value,
            at,
        )

    async def restore(self, line: str, message: str) -> None:
        """Bring a deleted message back into the box, as new or heard as it was. Raises NotFound."""
        await self._update(line, message, "deleted_at = $3", None)

    async def purge(
        self, line: str, message: str | None = None, kind: MessageKind | None = None
    ) -> list[str]:
        """Erase one deleted message of a line for good, or (None) all of them, of one kind or of both; returns the
        paths of their files, which are in the trash now."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                """DELETE FROM messages WHERE line = $1 AND deleted_at IS NOT NULL
                   AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR kind = $3) RETURNING path""",
                line,
                message,
                kind.value if kind else None,
            )
        return [row["path"] for row in rows]

    async def purge_deleted_before(self, before: datetime) -> int:
        """Erase what was deleted before ``before``, on every line (spec §13: 30 days)."""
        return await erase_in_batches(
            self._pool,
            "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE deleted_at < $1 LIMIT $2)",
            before,
        )

    async def held(self, line: str) -> int:
        async with borrowed(self._pool) as connection:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM messages WHERE line = $1 AND deleted_at IS NULL", line
                )
            )

    async def count(self, line: str) -> MailboxCount:
        """How many messages are in a line's box."""
        return (await self.counts([line])).get(line, MailboxCount())

    async def counts(self, lines: Sequence[str] | None = None) -> dict[str, MailboxCount]:
        """The same for many lines (None: all) in one query; lines with an empty box are left out."""
        query = """
            SELECT line, count(*) FILTER (WHERE kind = 'voice' AND new) AS voice_new,
                count(*) FILTER (WHERE kind = 'voice' AND NOT new) AS voice_old,
                count(*) FILTER (WHERE kind = 'voice' AND new AND urgent) AS voice_urgent_new,
                count(*) FILTER (WHERE kind = 'fax' AND new) AS fax_new,
                count(*) FILTER (WHERE kind = 'fax' AND NOT new) AS fax_old
            FROM messages WHERE deleted_at IS NULL AND ($1::text[] IS NULL OR line = ANY($1)) GROUP BY line"""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, None if lines is None else list(lines))
        return {line: MailboxCount(*counts) for line, *counts in rows}

    async def for_lamps(self, lines: Iterable[str]) -> dict[str, list[Held]]:
        """What the boxes of ``lines`` hold, as the lamps look at it; empty boxes are left out."""
        query = """SELECT line, kind, new, urgent, lamp_after, count(*) FROM messages
            WHERE deleted_at IS NULL AND line = ANY($1) GROUP BY line, kind, new, urgent, lamp_after"""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, list(lines))
        found: dict[str, list[Held]] = {}
        for line, kind, new, urgent, lamp_after, count in rows:
            found.setdefault(line, []).append(Held(MessageKind(kind), new, urgent, lamp_after, count))
        return found

    async def trash(self, limit: int = 1000, *, after: str = "") -> list[str]:
        """Paths, relative to the media folder, of files that no row needs any more; in order, those after ``after``."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT path FROM media_trash WHERE path > $1 ORDER BY path LIMIT $2", after, limit
            )
        return [row["path"] for row in rows]

    async def trash_emptied(self, paths: Sequence[str]) -> None:
        """Say that these files are erased."""
        await self._execute("DELETE FROM media_trash WHERE path = ANY($1)", list(paths))

    async def _update(self, line: str, message: str, change: str, value: object) -> None:
        query = f"UPDATE messages SET {change} WHERE id = $1 AND line = $2"  # noqa: S608 - constants above
        if not await self._execute(query, message, line, value):
            raise NotFound("this message does not exist")

    async def _execute(self, query: str, *arguments: object) -> int:
        async with borrowed(self._pool) as connection:
            return int((await connection.execute(query, *arguments)).split()[-1])


async def _deliver(connection: Connection, message: Message, now: datetime) -> None:
    if not await connection.fetchval(
        "SELECT true FROM numbers WHERE number = $1 FOR KEY SHARE", message.line
    ):
        log.info("message.dropped", message=message.id, because="the line was deleted")
        await connection.execute("INSERT INTO media_trash VALUES ($1) ON CONFLICT DO NOTHING", message.path)
        return
    presentation, number, name = peer_row(message.sender)
    inserted = await connection.fetchval(
        f"""INSERT INTO messages ({_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (id) DO NOTHING RETURNING true""",  # noqa: S608 - built from constants alone
        message.id,
        message.line,
        message.kind.value,
        presentation,
        number,
        name,
        message.received_at,
        message.path,
        message.duration,
        message.pages,
        message.new,
        message.urgent,
        message.deleted_at,
        message.call,
    )
    if inserted:
        await _queue_mails(connection, message, now)


async def _queue_mails(connection: Connection, message: Message, now: datetime) -> None:
    """No trouble with its mails keeps a message out of the box: it says that they failed."""
    try:
        async with connection.transaction():
            await message_mails.queue_new(connection, message, now)
    except Exception as error:
        if means_down(error):
            raise
        log.exception("message.not_mailed", message=message.id)
        await connection.execute("UPDATE messages SET mail = 'failed' WHERE id = $1", message.id)


def _message(row: Any) -> Message:
    return Message(
        id=row["id"],
        line=row["line"],
        kind=MessageKind(row["kind"]),
        sender=peer_of(row, "sender"),
        received_at=row["received_at"],
        path=row["path"],
        duration=row["duration"],
        pages=row["pages"],
        new=row["new"],
        urgent=row["urgent"],
        deleted_at=row["deleted_at"],
        call=row["call"],
        mail=MailState(row["mail"]) if row["mail"] else None,
    )
