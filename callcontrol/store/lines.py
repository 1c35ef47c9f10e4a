"""Lines: their SIP accounts for Asterisk, and their secrets.

A SIP password leaves here only towards Asterisk's configuration, where it becomes a hash. Portal passwords and PINs
are hashes already (``passwords.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callcontrol import numbers
from callcontrol.asterisk_conf.accounts import Accounts, LineAccount, OwnNumber, ShortCode
from callcontrol.changed_by import ChangedBy
from callcontrol.errors import NotFound
from callcontrol.facts import Barring
from callcontrol.store.audit import REDACTED, write_entry
from callcontrol.store.notices import secret_changed
from callcontrol.store.pool import Connection, Pool, borrowed, transaction

_ACCOUNTS = """
    SELECT n.number, n.company, n.name, n.extension, l.language, l.dtls, c.sip_password, s.number AS site_number,
      co.main_caller_id, co.barring, cs.body AS call_settings,
      ARRAY(SELECT p.name FROM pickup_group_members p WHERE p.line = n.number ORDER BY p.name) AS pickup_groups
    FROM numbers n
      JOIN lines l USING (number)
      JOIN companies co ON co.id = n.company
      JOIN credentials c ON c.line = n.number
      LEFT JOIN sites s ON s.company = n.company AND s.name = n.site
      LEFT JOIN settings cs ON cs.line = n.number AND cs.document = 'call-settings'
    WHERE c.sip_password IS NOT NULL
    ORDER BY n.number
"""
_OTHERS = """
    SELECT n.number, coalesce(l.language, co.language) AS language, n.kind = 'group' AS messages,
      n.company, n.extension
    FROM numbers n
      JOIN companies co ON co.id = n.company
      LEFT JOIN lines l USING (number)
      LEFT JOIN credentials c ON c.line = n.number
    WHERE n.kind = 'group' OR c.sip_password IS NULL
    UNION ALL SELECT fax_number, language, false, NULL, NULL FROM lines WHERE fax_number IS NOT NULL
    UNION ALL SELECT voicemail_number, language, false, NULL, NULL FROM companies WHERE voicemail_number IS NOT NULL
    ORDER BY 1
"""
"""Numbers without a phone: groups, lines that have none, fax numbers, those at which boxes are opened."""


@dataclass(frozen=True, slots=True)
class LineSecrets:
    """What a log-in is checked against, and where its owner is written to. None: not set yet."""

    portal_password_hash: str | None = field(repr=False)
    pin_hash: str | None = field(repr=False)
    email: str | None


class Lines:
    """The tables ``lines`` and ``credentials``. Every method raises StoreDown. Changes of secrets mail their owner."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def accounts(self) -> Accounts:
        """Every SIP account, short code and other number of ours, for ``asterisk.lines.LineFiles``."""
        async with (
            borrowed(self._pool) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            rows = await connection.fetch(_ACCOUNTS, timeout=60)
            codes = await connection.fetch(
                "SELECT company, code, number FROM short_codes ORDER BY company, code"
            )
            others = await connection.fetch(_OTHERS, timeout=60)
        return Accounts(
            [_account(row) for row in rows],
            [ShortCode(*row) for row in codes],
            [OwnNumber(numbers.national(number), *more) for number, *more in others],
        )

    async def secrets(self, line: str) -> LineSecrets:
        """The secrets of a line or group. Raises NotFound."""
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(
                """SELECT portal_password_hash, pin_hash, email
                   FROM numbers LEFT JOIN credentials ON line = number WHERE number = $1""",
                line,
            )
        if row is None:
            raise NotFound("this line does not exist")
        return LineSecrets(*row)

    async def set_portal_password(self, line: str, digest: str, by: ChangedBy) -> None:
        """Store the hash of a new portal password. Raises NotFound."""
        await self._set(line, "portal_password_hash", digest, REDACTED, by)

    async def set_pin(self, line: str, digest: str, by: ChangedBy) -> None:
        """Store the hash of a new PIN. Raises NotFound."""
        await self._set(line, "pin_hash", digest, REDACTED, by)

    async def set_email(self, line: str, address: str, by: ChangedBy) -> None:
        """Store a new security e-mail address. Raises NotFound."""
        await self._set(line, "email", address, address, by)

    async def _set(self, line: str, column: str, value: str, shown: str, by: ChangedBy) -> None:
        async with transaction(self._pool) as connection:
            before = await _before(connection, line, column)
            await connection.execute(
                f"""INSERT INTO credentials (line, {column}) VALUES ($1, $2)
                    ON CONFLICT (line) DO UPDATE SET {column} = $2""",  # noqa: S608 - one of three columns above
                line,
                value,
            )
            field = column.removesuffix("_hash")
            was = None if before is None else {field: shown if shown == REDACTED else before}
            await write_entry(connection, by, field, was, {field: shown}, line)
            await secret_changed(connection, line, field, by.at, emails=(before, value))


async def _before(connection: Connection, line: str, column: str) -> str | None:
    row = await connection.fetchrow(
        f"SELECT {column} FROM numbers LEFT JOIN credentials ON line = number WHERE number = $1",  # noqa: S608
        line,
    )
    if row is None:
        raise NotFound("this line does not exist")
    value: str | None = row[0]
    return value


def _account(row: Mapping[str, Any]) -> LineAccount:
    settings = row["call_settings"] or {}
    return LineAccount(
        number=row["number"],
        company=row["company"],
        name=row["name"],
        sip_password=row["sip_password"],
        extension=row["extension"],
        language=row["language"],
        dtls=row["dtls"],
        site_number=row["site_number"],
        main_caller_id=row["main_caller_id"],
        barring=_barring(row["barring"], settings),
        hide_number=settings.get("hide_number") is True,
        pickup_groups=tuple(row["pickup_groups"]),
    )


def _barring(company: list[str], settings: Mapping[str, Any]) -> frozenset[Barring]:
    """The company's classes and the line's own. Barring is a floor: what cannot be read bars nothing less."""
    own = settings.get("barring")
    switches = own if isinstance(own, Mapping) else {}
    return frozenset(
        barring for barring in Barring if barring.value in company or switches.get(barring.value) is True
    )
