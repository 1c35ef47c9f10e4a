"""The mails that a message makes: by itself when it comes into a box, and when its owner sends it by hand.

What its owner has set is read in the same transaction, so that a message is never in the box without its mails.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from callcontrol import numbers
from callcontrol.errors import NotFound, SettingsInvalid
from callcontrol.facts import Licence
from callcontrol.mails import for_message
from callcontrol.mails.for_message import Account
from callcontrol.message import Message
from callcontrol.settings.mailbox_documents import MessageSettings
from callcontrol.settings.parse import parse
from callcontrol.store.mails import queue
from callcontrol.store.pool import Connection

log = structlog.get_logger()


async def queue_new(
    connection: Connection, message: Message, settings: MessageSettings, at: datetime
) -> None:
    """Queue what the owner of the box wants of ``message``, whose row is there already."""
    addresses, mail = for_message.forwarded(message, settings, await account_of(connection, message.line))
    if addresses:
        await queue(connection, mail, addresses, at, line=message.line, removes=not settings.keep_original)
        await connection.execute(
            "UPDATE messages SET mail = 'waiting', lamp_after = $2 WHERE id = $1",
            message.id,
            None if settings.keep_original else at + for_message.UNLIT_FOR,
        )


async def queue_copy(connection: Connection, message: Message, address: str, at: datetime) -> None:
    """Queue ``message`` for any address, as its owner asks."""
    mail = for_message.copy(message, await account_of(connection, message.line))
    await queue(connection, mail, [address], at, line=message.line)
    await connection.execute("UPDATE messages SET mail = 'waiting' WHERE id = $1", message.id)


async def account_of(connection: Connection, number: str) -> Account:
    """What mails need to know of a line or group. Raises NotFound."""
    row = await connection.fetchrow(
        """SELECT n.number, coalesce(l.language, c.language) AS language, c.timezone, c.country, l.licence
           FROM numbers n JOIN companies c ON c.id = n.company LEFT JOIN lines l USING (number) WHERE number = $1""",
        number,
    )
    if row is None:
        raise NotFound("this line does not exist")
    licence = Licence(row["licence"]) if row["licence"] else None
    return Account(row["number"], row["language"], row["timezone"], row["country"], licence)


def settings_of(line: str, body: object) -> MessageSettings:
    """The document, as it is stored (None: never set), or its default where there is none that can be right."""
    try:
        settings = parse("message-settings", body or {})
    except SettingsInvalid:
        log.warning("message_settings.unreadable", line=numbers.redact(line))
        return MessageSettings()
    assert isinstance(settings, MessageSettings)
    return settings
