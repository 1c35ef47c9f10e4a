"""A company as the database holds it, in the terms of a company file, to be compared with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callcontrol.provisioning.model import CompanyEntry, CompanyFile, GroupEntry, LineEntry
from callcontrol.store.pool import Connection

Fields = Mapping[str, Any]
"""What a file can say about a line or group, secrets left out: plain values by field name."""

LINE_FIELDS = (
    "name",
    "extension",
    "site",
    "licence",
    "language",
    "max_calls",
    "fax_number",
    "administrator",
    "dtls",
)
GROUP_FIELDS = ("name", "extension", "site", "hunting", "supervised", "advanced")
COMPANY_FIELDS = (
    "name",
    "timezone",
    "language",
    "country",
    "max_calls",
    "extension_length",
    "main_caller_id",
    "barring",
    "support_email",
    "voicemail_number",
    "max_messages",
    "drop_silent_messages",
    "max_costly_calls",
    "max_costly_minutes",
)


@dataclass(frozen=True, slots=True)
class LineCredentials:
    """The row of ``credentials`` of one line."""

    sip_password: str | None = field(default=None, repr=False)
    portal_password_hash: str | None = field(default=None, repr=False)
    pin_hash: str | None = field(default=None, repr=False)
    email: str | None = None
    file_password_hash: str | None = field(default=None, repr=False)
    file_pin_hash: str | None = field(default=None, repr=False)
    file_email: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Everything of one company that a file can say. All empty for a company that does not exist yet."""

    id: str | None = None
    company: Fields = field(default_factory=dict)
    sites: Mapping[str, str | None] = field(default_factory=dict)
    lines: Mapping[str, Fields] = field(default_factory=dict)
    credentials: Mapping[str, LineCredentials] = field(default_factory=dict)
    groups: Mapping[str, Fields] = field(default_factory=dict)
    short_codes: Mapping[str, str] = field(default_factory=dict)
    pickup_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def company_fields(company: CompanyEntry) -> Fields:
    """The company's own fields of a file, as ``State.company`` holds them."""
    values = {name: getattr(company, name) for name in COMPANY_FIELDS}
    return values | {"barring": sorted(barring.value for barring in company.barring)}


def line_fields(line: LineEntry) -> Fields:
    """A line of a file, as ``State.lines`` holds it."""
    return {name: getattr(line, name) for name in LINE_FIELDS} | {"licence": line.licence.value}


def group_fields(group: GroupEntry) -> Fields:
    """A group of a file, as ``State.groups`` holds it."""
    return {name: getattr(group, name) for name in GROUP_FIELDS} | {"members": list(group.members)}


async def find_company(connection: Connection, file: CompanyFile) -> str | None:
    """The id of the company that a file speaks of: the one with its name; else, when all the numbers of the file
    that exist belong to one company, that one under a new name."""
    found = await connection.fetchval("SELECT id FROM companies WHERE name = $1", file.company.name)
    if found is not None:
        return str(found)
    numbers = [entry.number for entry in file.entries]
    owners = await connection.fetch("SELECT DISTINCT company FROM numbers WHERE number = ANY($1)", numbers)
    return str(owners[0]["company"]) if len(owners) == 1 else None


async def read_state(connection: Connection, company: str | None) -> State:
    """The company with this id; an empty state for None."""
    if company is None:
        return State()
    row = await connection.fetchrow(
        f"SELECT {', '.join(COMPANY_FIELDS)} FROM companies WHERE id = $1",  # noqa: S608 - constants
        company,
    )
    sites = await connection.fetch("SELECT name, number FROM sites WHERE company = $1", company)
    lines = await connection.fetch(
        f"""SELECT number, {", ".join(LINE_FIELDS)} FROM numbers JOIN lines USING (number)
            WHERE company = $1""",  # noqa: S608 - constants
        company,
        timeout=60,
    )
    codes = await connection.fetch("SELECT code, number FROM short_codes WHERE company = $1", company)
    return State(
        company,
        dict(row) | {"barring": sorted(row["barring"])},
        {site["name"]: site["number"] for site in sites},
        {line["number"]: {name: line[name] for name in LINE_FIELDS} for line in lines},
        await _credentials(connection, company),
        await _groups(connection, company),
        {code["code"]: code["number"] for code in codes},
        await _pickup_groups(connection, company),
    )


async def _credentials(connection: Connection, company: str) -> dict[str, LineCredentials]:
    rows = await connection.fetch(
        """SELECT line, sip_password, portal_password_hash, pin_hash, email,
             file_password_hash, file_pin_hash, file_email
           FROM credentials JOIN numbers ON number = line WHERE company = $1""",
        company,
        timeout=60,
    )
    return {line: LineCredentials(*values) for line, *values in rows}


async def _groups(connection: Connection, company: str) -> dict[str, Fields]:
    rows = await connection.fetch(
        """SELECT number, name, extension, site, hunting, supervised, advanced,
             ARRAY(SELECT line FROM group_members WHERE group_number = number ORDER BY position) AS members
           FROM numbers JOIN groups USING (number) WHERE company = $1""",
        company,
        timeout=60,
    )
    return {row["number"]: {name: row[name] for name in (*GROUP_FIELDS, "members")} for row in rows}


async def _pickup_groups(connection: Connection, company: str) -> dict[str, tuple[str, ...]]:
    rows = await connection.fetch(
        """SELECT name, ARRAY(SELECT line FROM pickup_group_members m
             WHERE m.company = p.company AND m.name = p.name ORDER BY position) AS members
           FROM pickup_groups p WHERE company = $1""",
        company,
    )
    return {row["name"]: tuple(row["members"]) for row in rows}
