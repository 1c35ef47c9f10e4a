"""``callcontrol provision FILE``: make a company what its file says (contract.md, "Company file").

When it ends, the running app obeys it (phones of new lines can register a moment later, when Asterisk has read them).
A file with any mistake changes nothing, and every mistake is told with its line. The same file again changes nothing.
A line or group that the file leaves out is **kept** and named, since with a line go its messages, its history and
everything else about it; ``--delete-missing`` deletes it, from Asterisk too. Sites, short codes and pickup groups
always follow the file. Portal passwords, PINs and mail addresses are first values: what a user changed since stays
until the file itself changes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.documents.tree import LARGEST_FILE
from callcontrol.errors import CallControlError, Mistake, SettingsInvalid, StoreDown
from callcontrol.provisioning.model import CompanyFile, LineEntry
from callcontrol.provisioning.parse import parse
from callcontrol.runtime import public_passwords
from callcontrol.runtime.located import needs_database
from callcontrol.runtime.public_passwords import PublicPasswords
from callcontrol.store.companies import Changes, Companies
from callcontrol.store.migrate import migrate
from callcontrol.store.notifications import known_everywhere
from callcontrol.store.pool import open_pool

NOT_OBEYED = "  The running app has not confirmed it yet: calls may go by the old state for some seconds."
GROUPS = (
    "  groups: their members are not rung yet: who calls one comes to its forward for no phone registered, else to its "
    "mailbox."
)
_LISTED = 20
"""Numbers of one kind of change that are named; the rest is counted."""


def run(
    path: Path, config: Config, out: Callable[[str], object] = print, *, delete_missing: bool = False
) -> int:
    """Apply the file at ``path`` to the database of ``config``. Returns the exit code: 0 when the company is now as
    the file says, 1 when the file cannot be right or the database does not answer."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        out(f"{path}: cannot be read ({error.strerror or error}).")
        return 1
    try:
        company = parse(raw)
        refuse_public_passwords(company, config)
        with needs_database(config):
            changes, obeyed = asyncio.run(_apply(company, config, delete_missing=delete_missing))
    except SettingsInvalid as invalid:
        for mistake in invalid.mistakes:
            out(_told(path, mistake))
        out(f"{path}: nothing was changed.")
        return 1
    except CallControlError as error:
        out(f"{path}: nothing was changed: {str(error).removesuffix('.')}.")
        return 1
    for sentence in summary(company, changes):
        out(sentence)
    if not obeyed:
        out(NOT_OBEYED)
    return 0


async def _apply(company: CompanyFile, config: Config, *, delete_missing: bool) -> tuple[Changes, bool]:
    await migrate(config.database.url)
    pool = await open_pool(config.database.url)
    try:
        by = ChangedBy("callcontrol provision", Where.PROVISION, SystemClock(config.clock).now())
        changes = await Companies(pool).apply(
            company, by, delete_missing=delete_missing, public=public_passwords.known_secrets()
        )
        return changes, await obeyed_everywhere(config)
    finally:
        await pool.close()


async def obeyed_everywhere(config: Config) -> bool:
    """Wait until every running app obeys what was just committed; False when one did not say so in time. What is
    committed stays so, whatever happens here."""
    try:
        return await known_everywhere(config.database.listen_url)
    except StoreDown:
        return False


def refuse_public_passwords(company: CompanyFile, config: Config) -> None:
    """The demo's passwords are no passwords beside a real trunk. Raises PublicPasswords."""
    trunk, public = public_passwords.trunk_outside(config), public_passwords.demo_passwords()
    known = [
        entry.number
        for entry in company.entries
        if (isinstance(entry, LineEntry) and entry.sip_password in public)
        or public_passwords.is_public(entry.portal_password)
        or public_passwords.is_public(entry.pin)
    ]
    if trunk is not None and known:
        raise PublicPasswords(
            f"lines {', '.join(known[:_LISTED])} have passwords or PINs of the demo, which are public, and trunk"
            f" {trunk.name} leads to {trunk.host}: anybody could call at your cost. Give them passwords of their own"
        )


def summary(company: CompanyFile, changes: Changes) -> list[str]:
    """What was done, in words."""
    name = company.company.name
    if changes.nothing:
        sentences = [f"{name}: nothing to change, {len(company.lines)} lines are as the file says."]
    else:
        sentences = [f"{name}: now as the file says ({len(company.lines)} lines)."]
    for word, numbers in (
        ("created", changes.created),
        ("changed", changes.changed),
        ("deleted", changes.deleted),
        ("not in the file, kept (delete with --delete-missing)", changes.kept),
    ):
        if numbers:
            more = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
            sentences.append(f"  {word}: {', '.join(numbers[:_LISTED])}{more}")
    if company.groups:
        sentences.append(GROUPS)
    if changes.sip_passwords:
        sentences.append("  SIP passwords that were made, shown this once:")
        sentences += [f"    {line}  {password}" for line, password in changes.sip_passwords.items()]
    return sentences


def _told(path: Path, mistake: Mistake) -> str:
    where = f" {mistake.where}:" if mistake.where else ""
    return f"{path}, line {mistake.line or 1}:{where} {mistake.text}"
