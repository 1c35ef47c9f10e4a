"""Mailboxes: the rows of voice messages and faxes. Implements ``ports.Messages`` and ``ports.Boxes``.

The sound itself is a file in the media folder. A row that goes, for whatever reason (purged, or erased with its
line), leaves the path of its file in the trash (``media_trash``). Each change notifies
on the channel ``messages`` (``mailbox LINE VERSION``), for the lamps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcontrol.errors import NotFound
from callcontrol.lamp import Held
from callcontrol.message import Message, MessageKind
from callcontrol.ports.mailbox import Boxes
from callcontrol.store import message_mails
from callcontrol.store.deposits import Deposits
from callcontrol.store.message_rows import READ, message_of
from callcontrol.store.page import Page, bounded, cut, time_place
from callcontrol.store.pool import borrowed, clean, erase_in_batches, transaction


@dataclass(frozen=True, slots=True)
class MailboxCount:
    """How many messages a box holds, deleted ones left out."""

    voice_new: int = 0
    voice_old: int = 0
    voice_urgent_new: int = 0
    fax_new: int = 0
    fax_old: int = 0


class Mailboxes(Deposits, Boxes):
    """The table ``messages``. Every method raises StoreDown."""

    async def send(self, line: str, message: str, address: str) -> None:
        """Mail a message to ``address``, as its owner asks. Raises NotFound, also for a deleted one."""
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(
                f"SELECT {READ} FROM messages WHERE id = $1 AND line = $2 AND deleted_at IS NULL FOR UPDATE",  # noqa: S608
                message,
                line,
            )
            if row is None:
                raise NotFound("this message does not exist")
            await message_mails.queue_copy(connection, message_of(row), address, self._clock.now())

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
        query = f"SELECT {READ} FROM messages WHERE {where} ORDER BY received_at DESC, id DESC LIMIT $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            found = [message_of(row) for row in await connection.fetch(query, *arguments)]
        last = found[limit - 1] if len(found) > limit else None
        return cut(found, limit, (last.received_at.isoformat(), last.id) if last else None)

    async def all(self, line: str, kind: MessageKind | None, *, deleted: bool = False) -> list[Message]:
        """Every message of a line, of one kind or of both, oldest first: those in the box, or the deleted ones."""
        query = f"""SELECT {READ} FROM messages
            WHERE line = $1 AND (deleted_at IS NOT NULL) = $2 AND ($3::text IS NULL OR kind = $3)
            ORDER BY received_at, id"""  # noqa: S608 - constants
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, line, deleted, kind.value if kind else None)
        return [message_of(row) for row in rows]

    async def get(self, line: str, message: str) -> Message:
        """One message of this line, deleted or not. Raises NotFound."""
        query = f"SELECT {READ} FROM messages WHERE id = $1 AND line = $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, message, line)
        if row is None:
            raise NotFound("this message does not exist")
        return message_of(row)

    async def some(self, line: str, messages: Sequence[str]) -> dict[str, Message]:
        """Those of ``messages`` that this line still has, deleted or not, by id."""
        query = f"SELECT {READ} FROM messages WHERE line = $1 AND id = ANY($2)"  # noqa: S608
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, line, list(messages))
        return {row["id"]: message_of(row) for row in rows}

    async def found(self, message: str) -> Message:
        """A message by its id alone, for whoever has shown to be allowed. Raises NotFound."""
        query = f"SELECT {READ} FROM messages WHERE id = $1"  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, clean(message))
        if row is None:
            raise NotFound("this message does not exist")
        return message_of(row)

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

    async def _update(self, line: str, message: str, change: str, value: object) -> None:
        query = f"UPDATE messages SET {change} WHERE id = $1 AND line = $2"  # noqa: S608 - constants above
        if not await self._execute(query, message, line, value):
            raise NotFound("this message does not exist")

    async def _execute(self, query: str, *arguments: object) -> int:
        async with borrowed(self._pool) as connection:
            return int((await connection.execute(query, *arguments)).split()[-1])
