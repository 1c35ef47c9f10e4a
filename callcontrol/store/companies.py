"""Make a company what its file says, in one transaction: all of it or nothing. Applied twice, it changes nothing.

Lines and groups that a file leaves out are kept, and said, unless they are to be deleted: with a line goes everything
that is about it (spec §13), which a forgotten paragraph of a file must not cause. Sites, short codes and pickup
groups hold nothing of anybody: they follow the file exactly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from callcontrol.changed_by import ChangedBy
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Licence
from callcontrol.ids import uuid7
from callcontrol.passwords import hashed, new_sip_password, verified
from callcontrol.provisioning.model import CompanyFile, GroupEntry, LineEntry
from callcontrol.store import company_write as write
from callcontrol.store.audit import REDACTED, write_company_entry
from callcontrol.store.company_check import find_conflicts
from callcontrol.store.company_state import (
    Fields,
    LineCredentials,
    State,
    company_fields,
    find_company,
    group_fields,
    line_fields,
    read_state,
)
from callcontrol.store.notices import secret_changed
from callcontrol.store.pool import Connection, Pool, transaction

_LOCK = 0x70726F76
"""One company is applied at a time: the letters "prov"."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What applying a file changed, by number. ``kept`` are lines and groups that the file leaves out."""

    company: str
    """Its id."""
    company_changed: bool
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    sip_passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """SIP passwords that were made for lines, which the file gives none: told this once."""

    @property
    def nothing(self) -> bool:
        """Whether everything was as the file says already."""
        return not (self.company_changed or self.created or self.changed or self.deleted)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What has to be written."""

    created: tuple[LineEntry | GroupEntry, ...]
    changed: tuple[LineEntry | GroupEntry, ...]
    credentials: dict[str, LineCredentials]
    missing: tuple[str, ...]

    @property
    def written(self) -> tuple[LineEntry | GroupEntry, ...]:
        return self.created + self.changed

    @property
    def secrets_only(self) -> tuple[str, ...]:
        """Lines and groups of which only secrets changed."""
        written = {entry.number for entry in self.written}
        return tuple(line for line in self.credentials if line not in written)


class Companies:
    """The tables of companies and everything provisioned in them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def apply(
        self,
        file: CompanyFile,
        by: ChangedBy,
        *,
        delete_missing: bool = False,
        public: Container[str] = frozenset(),
    ) -> Changes:
        """Make the company what ``file`` says; of portal passwords and PINs in ``public`` the hashes show it. Raises
        SettingsInvalid, with nothing changed, when somebody else has a number, extension or fax number of it;
        StoreDown."""
        async with transaction(self._pool) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK, timeout=write.TIMEOUT)
            state = await read_state(connection, await find_company(connection, file))
            conflicts = await find_conflicts(connection, file, state, delete_missing=delete_missing)
            if conflicts:
                raise SettingsInvalid(sorted(conflicts, key=lambda each: each.line or 0))
            plan = await _plan(file, state, public)
            company = state.id or uuid7()
            company_changed = company_fields(file.company) != state.company or write.names_differ(state, file)
            deleted = plan.missing if delete_missing else ()
            if company_changed:
                await write.write_company(connection, company, file)
                await write.write_sites(connection, company, write.sites_of(file))
            await _delete(connection, company, deleted, state, by)
            await _write_entries(connection, company, plan)
            await _tell_owners(connection, plan, state, by)
            await write.end_sessions(connection, _new_passwords(plan, state))
            if company_changed:
                await write.write_short_codes(connection, company, write.codes_of(file))
                await write.write_pickup_groups(connection, company, write.pickup_of(file))
                await write.remove_sites(connection, company, write.sites_of(file))
            await _write_audit(connection, company, file, plan, state, by)
        return Changes(
            company,
            company_changed,
            tuple(entry.number for entry in plan.created),
            tuple(entry.number for entry in plan.changed) + plan.secrets_only,
            deleted,
            () if delete_missing else plan.missing,
            _made(file, plan, state),
        )

    async def delete(self, company: str) -> None:
        """Delete a company with all its lines and everything about them. No error when there is none."""
        async with transaction(self._pool) as connection:
            await connection.execute("DELETE FROM companies WHERE id = $1", company, timeout=write.TIMEOUT)


async def _plan(file: CompanyFile, state: State, public: Container[str]) -> _Plan:
    known = {**state.lines, **state.groups}
    credentials = await asyncio.gather(
        *(
            _credentials(entry, state.credentials.get(entry.number, LineCredentials()), public)
            for entry in file.entries
        )
    )
    told = {entry.number for entry in file.entries}
    return _Plan(
        tuple(entry for entry in file.entries if entry.number not in known),
        tuple(
            entry
            for entry in file.entries
            if entry.number in known and known[entry.number] != _fields_of(entry)
        ),
        {
            entry.number: row
            for entry, row in zip(file.entries, credentials, strict=True)
            if row != state.credentials.get(entry.number, LineCredentials())
        },
        tuple(number for number in known if number not in told),
    )


def _fields_of(entry: LineEntry | GroupEntry) -> Fields:
    return line_fields(entry) if isinstance(entry, LineEntry) else group_fields(entry)


def _with_sip_password(line: LineEntry, row: LineCredentials) -> LineCredentials:
    """The one of the file; where it gives none, the one that there is, else a new one."""
    if line.sip_password is not None:
        return row if line.sip_password == row.sip_password else replace(row, sip_password=line.sip_password)
    if row.sip_password is not None or line.licence is Licence.FAX:
        return row
    own = [each for each in (line.number, line.extension, line.fax_number) if each]
    return replace(row, sip_password=new_sip_password(own))


async def _credentials(
    line: LineEntry | GroupEntry, row: LineCredentials, public: Container[str]
) -> LineCredentials:
    """The secrets as they should be. The SIP password of a line follows the file. Password, PIN and mail address
    follow it only when the file changed: what the user set since is not undone by applying the same file again."""
    if isinstance(line, LineEntry):
        row = _with_sip_password(line, row)
    if line.portal_password is not None and not await _same(row.file_password_hash, line.portal_password):
        digest = await hashed(line.portal_password, public=line.portal_password in public)
        row = replace(row, portal_password_hash=digest, file_password_hash=digest)
    if line.pin is not None and not await _same(row.file_pin_hash, line.pin):
        digest = await hashed(line.pin, public=line.pin in public)
        row = replace(row, pin_hash=digest, file_pin_hash=digest)
    if line.email is not None and line.email != row.file_email:
        row = replace(row, email=line.email, file_email=line.email)
    return row


def _made(file: CompanyFile, plan: _Plan, state: State) -> dict[str, str]:
    """SIP passwords that neither the file nor an earlier one gave."""
    return {
        line.number: row.sip_password
        for line in file.lines
        if (row := plan.credentials.get(line.number)) is not None and row.sip_password is not None
        if row.sip_password
        not in (line.sip_password, state.credentials.get(line.number, LineCredentials()).sip_password)
    }


async def _same(stored: str | None, secret: str) -> bool:
    return stored is not None and await verified(stored, secret)


async def _delete(
    connection: Connection, company: str, numbers: tuple[str, ...], state: State, by: ChangedBy
) -> None:
    for number in numbers:
        before = {**state.lines, **state.groups}[number]
        await write_company_entry(connection, by, f"line.{number}", {"name": before["name"]}, None, company)
    if numbers:
        await connection.execute(
            "DELETE FROM numbers WHERE number = ANY($1)", list(numbers), timeout=write.TIMEOUT
        )


async def _write_entries(connection: Connection, company: str, plan: _Plan) -> None:
    await write.write_numbers(connection, company, plan.written)
    await write.write_lines(connection, [entry for entry in plan.written if isinstance(entry, LineEntry)])
    await write.write_credentials(connection, plan.credentials)
    await write.write_groups(connection, [entry for entry in plan.written if isinstance(entry, GroupEntry)])
    await write.touch_numbers(connection, plan.secrets_only)


async def _tell_owners(connection: Connection, plan: _Plan, state: State, by: ChangedBy) -> None:
    """Mail whose secrets the file replaces; a first one is nobody's news."""
    for line, row in plan.credentials.items():
        old = state.credentials.get(line, LineCredentials())
        for name in ("portal_password_hash", "pin_hash", "email"):
            if getattr(old, name) not in (None, getattr(row, name)):
                field = name.removesuffix("_hash")
                await secret_changed(connection, line, field, by.at, emails=(old.email, row.email))


def _new_passwords(plan: _Plan, state: State) -> list[str]:
    """Lines whose portal password becomes another one."""
    return [
        line
        for line, row in plan.credentials.items()
        if row.portal_password_hash != state.credentials.get(line, LineCredentials()).portal_password_hash
    ]


async def _write_audit(
    connection: Connection, company: str, file: CompanyFile, plan: _Plan, state: State, by: ChangedBy
) -> None:
    await write.write_audit(connection, by, _audit(plan, state))
    after = company_fields(file.company)
    if after != state.company:
        await write_company_entry(connection, by, "company", state.company or None, after, company)


def _audit(plan: _Plan, state: State) -> Iterator[tuple[str, str, Fields | None, Fields | None]]:
    """(number, field, before, after) of each change; of secrets only that they changed."""
    known = {**state.lines, **state.groups}
    for entry in plan.created:
        yield entry.number, "line", None, _fields_of(entry)
    for entry in plan.changed:
        before, after = known[entry.number], _fields_of(entry)
        names = [name for name in after if after[name] != before[name]]
        yield entry.number, "line", {n: before[n] for n in names}, {n: after[n] for n in names}
    for line, row in plan.credentials.items():
        old = state.credentials.get(line, LineCredentials())
        for name in ("sip_password", "portal_password_hash", "pin_hash", "email"):
            if getattr(row, name) != getattr(old, name):
                secret = name.removesuffix("_hash")
                had = {secret: REDACTED} if getattr(old, name) else None
                yield line, secret, had, {secret: REDACTED}
