"""A message as a row of the table ``messages``: how one comes in, how it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from callcontrol.message import MailState, Message, MessageKind
from callcontrol.settings.mailbox_documents import MessageSettings
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


_DELIVER = f"""
    WITH box AS (SELECT number FROM numbers WHERE number = $2 FOR KEY SHARE),
    inserted AS (
        INSERT INTO messages ({_COLUMNS})
        SELECT $1, number, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM box
        ON CONFLICT (id) DO NOTHING RETURNING id)
    SELECT EXISTS (SELECT FROM box) AS box, EXISTS (SELECT FROM inserted) AS inserted,
        (SELECT body FROM settings WHERE line = $2 AND document = 'message-settings') AS message_settings
"""  # noqa: S608 - built from constants alone


async def deliver(connection: Connection, message: Message, now: datetime) -> None:
    """Insert a message, once, and queue its mails as of ``now``. One whose line was deleted goes to the trash."""
    presentation, number, name = peer_row(message.sender)
    came = await connection.fetchrow(
        _DELIVER,
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
    if not came["box"]:
        log.info("message.dropped", message=message.id, because="the line was deleted")
        await connection.execute("INSERT INTO media_trash VALUES ($1) ON CONFLICT DO NOTHING", message.path)
    elif came["inserted"]:
        settings = message_mails.settings_of(message.line, came["message_settings"])
        if settings.mail_enabled:
            await _queue_mails(connection, message, settings, now)


async def _queue_mails(
    connection: Connection, message: Message, settings: MessageSettings, now: datetime
) -> None:
    """No trouble with its mails keeps a message out of the box: it says that they failed."""
    try:
        async with connection.transaction():
            await message_mails.queue_new(connection, message, settings, now)
    except Exception as error:
        if means_down(error):
            raise
        log.exception("message.not_mailed", message=message.id)
        await connection.execute("UPDATE messages SET mail = 'failed' WHERE id = $1", message.id)
