"""Password resets that were asked for (spec §10.1): each is good for an hour and for one use; no link is kept here."""

from __future__ import annotations

from datetime import datetime

from callcontrol.ids import uuid7
from callcontrol.mails.links import RESET_VALID_FOR
from callcontrol.mails.mail import PasswordReset
from callcontrol.store.mails import queue
from callcontrol.store.message_mails import account_of
from callcontrol.store.pool import Pool, borrowed, transaction

MOST_WAITING = 3
"""Of one account at once: nobody fills its owner's mailbox."""


class PasswordResets:
    """The table ``password_resets``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def ask(self, line: str, at: datetime) -> bool:
        """Queue the mail with the link; False when the account has no address, or enough links already."""
        async with transaction(self._pool) as connection:
            await connection.execute("DELETE FROM password_resets WHERE asked_at <= $1", at - RESET_VALID_FOR)
            address = await connection.fetchval(
                """SELECT email FROM credentials JOIN numbers ON number = line
                   WHERE line = $1 AND email IS NOT NULL FOR KEY SHARE OF numbers""",
                line,
            )
            waiting = await connection.fetchval("SELECT count(*) FROM password_resets WHERE line = $1", line)
            if not address or waiting >= MOST_WAITING:
                return False
            reset = uuid7()
            await connection.execute("INSERT INTO password_resets VALUES ($1, $2, $3)", reset, line, at)
            language = (await account_of(connection, line)).language
            mail = PasswordReset(account=line, language=language, reset=reset)
            await queue(connection, mail, [address], at, line=line)
        return True

    async def account(self, reset: str, at: datetime) -> str | None:
        """The account of a reset that can still be used."""
        async with borrowed(self._pool) as connection:
            found: str | None = await connection.fetchval(
                "SELECT line FROM password_resets WHERE id = $1 AND asked_at > $2",
                reset,
                at - RESET_VALID_FOR,
            )
        return found

    async def use(self, reset: str, at: datetime) -> str | None:
        """The same, once: it and all others of the account are used up."""
        async with transaction(self._pool) as connection:
            line: str | None = await connection.fetchval(
                "DELETE FROM password_resets WHERE id = $1 AND asked_at > $2 RETURNING line",
                reset,
                at - RESET_VALID_FOR,
            )
            if line is not None:
                await connection.execute("DELETE FROM password_resets WHERE line = $1", line)
        return line
