"""The statements that make a company what a file says, each for many rows. Called only by ``companies.py``, inside
its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callcontrol.changed_by import ChangedBy
from callcontrol.provisioning.model import CompanyFile, GroupEntry, LineEntry
from callcontrol.store.company_state import Fields, LineCredentials, State, company_fields
from callcontrol.store.pool import Connection

TIMEOUT = 300.0
"""Seconds for a statement here: a file may hold 100,000 lines, and no call waits for it."""


async def write_company(connection: Connection, company: str, file: CompanyFile) -> None:
    """Insert or replace the company's own row; its version counts up in any case."""
    fields = company_fields(file.company)
    await connection.execute(
        """INSERT INTO companies (id, name, timezone, language, country, max_calls, extension_length,
             main_caller_id, barring, support_email, voicemail_number, max_messages, drop_silent_messages,
             max_costly_calls, max_costly_minutes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
           ON CONFLICT (id) DO UPDATE SET name = $2, timezone = $3, language = $4, country = $5, max_calls = $6,
             extension_length = $7, main_caller_id = $8, barring = $9, support_email = $10, voicemail_number = $11,
             max_messages = $12, drop_silent_messages = $13, max_costly_calls = $14, max_costly_minutes = $15""",
        company,
        *fields.values(),
    )


async def write_sites(connection: Connection, company: str, wanted: Mapping[str, str | None]) -> None:
    """Insert or replace sites; those no longer told go in ``remove_sites``, once nobody stands there."""
    await connection.executemany(
        """INSERT INTO sites (company, name, number) VALUES ($1, $2, $3)
           ON CONFLICT (company, name) DO UPDATE SET number = excluded.number""",
        [(company, name, number) for name, number in wanted.items()],
    )


async def remove_sites(connection: Connection, company: str, wanted: Iterable[str]) -> None:
    """Remove the sites that are not told, save those where a kept line stands."""
    await connection.execute(
        """DELETE FROM sites s WHERE company = $1 AND name <> ALL($2) AND NOT EXISTS
             (SELECT FROM numbers n WHERE n.company = s.company AND n.site = s.name)""",
        company,
        list(wanted),
    )


async def write_numbers(
    connection: Connection, company: str, entries: Sequence[LineEntry | GroupEntry]
) -> None:
    """Insert or replace what lines and groups have in common; versions count up."""
    await connection.executemany(
        """INSERT INTO numbers (number, company, kind, extension, name, site) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (number) DO UPDATE
             SET extension = excluded.extension, name = excluded.name, site = excluded.site""",
        [
            (
                entry.number,
                company,
                "line" if isinstance(entry, LineEntry) else "group",
                entry.extension,
                entry.name,
                entry.site,
            )
            for entry in entries
        ],
        timeout=TIMEOUT,
    )


async def touch_numbers(connection: Connection, numbers: Sequence[str]) -> None:
    """Count a change, and tell it, of lines whose own rows stay the same."""
    await connection.execute(
        "UPDATE numbers SET name = name WHERE number = ANY($1)", list(numbers), timeout=TIMEOUT
    )


async def write_lines(connection: Connection, lines: Sequence[LineEntry]) -> None:
    """Insert or replace what only lines have."""
    await connection.executemany(
        """INSERT INTO lines (number, licence, language, max_calls, fax_number, administrator, dtls)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (number) DO UPDATE SET licence = excluded.licence, language = excluded.language,
             max_calls = excluded.max_calls, fax_number = excluded.fax_number,
             administrator = excluded.administrator, dtls = excluded.dtls""",
        [
            (
                line.number,
                line.licence.value,
                line.language,
                line.max_calls,
                line.fax_number,
                line.administrator,
                line.dtls,
            )
            for line in lines
        ],
        timeout=TIMEOUT,
    )


async def write_credentials(connection: Connection, rows: Mapping[str, LineCredentials]) -> None:
    """Insert or replace whole rows of secrets."""
    await connection.executemany(
        """INSERT INTO credentials (line, sip_password, portal_password_hash, pin_hash, email,
             file_password_hash, file_pin_hash, file_email) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (line) DO UPDATE SET sip_password = excluded.sip_password,
             portal_password_hash = excluded.portal_password_hash, pin_hash = excluded.pin_hash,
             email = excluded.email, file_password_hash = excluded.file_password_hash,
             file_pin_hash = excluded.file_pin_hash, file_email = excluded.file_email""",
        [
            (
                line,
                row.sip_password,
                row.portal_password_hash,
                row.pin_hash,
                row.email,
                row.file_password_hash,
                row.file_pin_hash,
                row.file_email,
            )
            for line, row in rows.items()
        ],
        timeout=TIMEOUT,
    )


async def end_sessions(connection: Connection, lines: Sequence[str]) -> None:
    """Log lines out everywhere: whoever knew the password before is out when there is a new one."""
    await connection.execute("DELETE FROM sessions WHERE line = ANY($1)", list(lines))


async def write_groups(connection: Connection, groups: Sequence[GroupEntry]) -> None:
    """Insert or replace what only groups have, with their members."""
    await connection.executemany(
        """INSERT INTO groups (number, hunting, supervised, advanced) VALUES ($1, $2, $3, $4)
           ON CONFLICT (number) DO UPDATE SET hunting = excluded.hunting, supervised = excluded.supervised,
             advanced = excluded.advanced""",
        [(group.number, group.hunting, group.supervised, group.advanced) for group in groups],
    )
    await connection.execute(
        "DELETE FROM group_members WHERE group_number = ANY($1)", [group.number for group in groups]
    )
    await connection.executemany(
        "INSERT INTO group_members (group_number, line, position) VALUES ($1, $2, $3)",
        [(group.number, line, n) for group in groups for n, line in enumerate(group.members, 1)],
        timeout=TIMEOUT,
    )


async def write_short_codes(connection: Connection, company: str, wanted: Mapping[str, str]) -> None:
    """Replace all short codes."""
    await connection.execute("DELETE FROM short_codes WHERE company = $1", company)
    await connection.executemany(
        "INSERT INTO short_codes (company, code, number) VALUES ($1, $2, $3)",
        [(company, code, number) for code, number in wanted.items()],
    )


async def write_pickup_groups(
    connection: Connection, company: str, wanted: Mapping[str, Sequence[str]]
) -> None:
    """Replace all pickup groups."""
    await connection.execute("DELETE FROM pickup_groups WHERE company = $1", company)
    await connection.executemany(
        "INSERT INTO pickup_groups (company, name) VALUES ($1, $2)", [(company, name) for name in wanted]
    )
    await connection.executemany(
        "INSERT INTO pickup_group_members (company, name, line, position) VALUES ($1, $2, $3, $4)",
        [(company, name, line, n) for name, lines in wanted.items() for n, line in enumerate(lines, 1)],
    )


async def write_audit(
    connection: Connection,
    by: ChangedBy,
    changes: Iterable[tuple[str, str, Fields | None, Fields | None]],
) -> None:
    """Entries for many lines and groups: (number, field, before, after)."""
    await connection.executemany(
        """INSERT INTO audit (company, line, who, from_where, field, before, after, at)
           SELECT company, number, $2, $3, $4, $5, $6, $7 FROM numbers WHERE number = $1""",
        [
            (number, by.who, by.where.value, field, before, after, by.at)
            for number, field, before, after in changes
        ],
        timeout=TIMEOUT,
    )


def names_differ(state: State, file: CompanyFile) -> bool:
    """Whether sites, short codes or pickup groups are not what the file says."""
    return (
        dict(state.sites) != sites_of(file)
        or dict(state.short_codes) != codes_of(file)
        or dict(state.pickup_groups) != pickup_of(file)
    )


def sites_of(file: CompanyFile) -> dict[str, str | None]:
    """The sites of a file with their numbers."""
    return {site.name: site.number for site in file.company.sites}


def codes_of(file: CompanyFile) -> dict[str, str]:
    """The short codes of a file with their numbers."""
    return {code.code: code.number for code in file.short_codes}


def pickup_of(file: CompanyFile) -> dict[str, tuple[str, ...]]:
    """The pickup groups of a file with their lines."""
    return {group.name: group.members for group in file.pickup_groups}
