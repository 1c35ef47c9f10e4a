"""A message as a row of the table ``messages``: how one comes in, how it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from callcontrol.message import MailState, Message, MessageKind
from callcontrol.store import message_mails
from callcontrol.store.calls import peer_of, peer_row
from callcontrol.store.pool import Connection, means_down

log = structlog.get_logger()

_COLUMNS = """id, line, kind, sender_presentation, sender_number, sender_name, received_at, path, duration, pages,
    new, urgent, deleted_at, call"""
READ = f"{_COLUMNS}, mail"
"""What ``message_of`` needs of a row."""


def message_of(row: Any) -> Message:
    """The message of a row."""
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


async def deliver(connection: Connection, message: Message, now: datetime) -> None:
    """Insert a message, once, and queue its mails as of ``now``. One whose line was deleted goes to the trash."""
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
