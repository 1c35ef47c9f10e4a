"""What is mailed to an account about its own security (spec §6, §10.1), and about a reminder that was missed (§8), in
the transaction of what it tells of."""

from __future__ import annotations

from datetime import datetime

from callcontrol.mails.mail import (
    BoxLocked,
    PasswordChanged,
    PinChanged,
    ReminderMissed,
    SecurityEmailChanged,
)
from callcontrol.reminders.reminder import Reminder, WhyMissed
from callcontrol.store.mails import queue
from callcontrol.store.message_mails import account_of
from callcontrol.store.pool import Connection

_CHANGED = {"portal_password": PasswordChanged, "pin": PinChanged}


async def secret_changed(
    connection: Connection, line: str, field: str, at: datetime, *, emails: tuple[str | None, ...] = ()
) -> None:
    """``field`` (as in the audit trail) of an account was changed. ``emails``: the security e-mail before and now,
    where that is what was changed; else the one that there is gets the mail."""
    account = await account_of(connection, line)
    if field == "email":
        told: list[str | None] = list(dict.fromkeys(emails))
        mail = SecurityEmailChanged(account=line, language=account.language)
        await queue(connection, mail, [address for address in told if address], at, line=line)
    elif (kind := _CHANGED.get(field)) is not None:
        changed = kind(account=line, language=account.language)
        await queue(connection, changed, await _email(connection, line), at, line=line)


async def box_locked(connection: Connection, line: str, until: datetime, at: datetime) -> None:
    """Too many wrong PINs have locked a box."""
    account = await account_of(connection, line)
    mail = BoxLocked(account=line, language=account.language, until=until, timezone=account.timezone)
    await queue(connection, mail, await _email(connection, line), at, line=line)


async def reminder_missed(connection: Connection, reminder: Reminder, why: WhyMissed, at: datetime) -> None:
    """A reminder was never answered, or its time was missed."""
    account = await account_of(connection, reminder.line)
    mail = ReminderMissed(
        account=reminder.line,
        language=account.language,
        description=reminder.description,
        planned_at=reminder.standing.planned_at,
        timezone=account.timezone,
        why=why,
    )
    await queue(connection, mail, await _email(connection, reminder.line), at, line=reminder.line)


async def _email(connection: Connection, line: str) -> list[str]:
    """The security e-mail, if there is one."""
    address = await connection.fetchval("SELECT email FROM credentials WHERE line = $1", line)
    return [address] if address else []
