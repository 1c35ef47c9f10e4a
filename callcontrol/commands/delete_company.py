"""``callcontrol provision --delete-company NAME``: a company goes, with its lines and everything about them (spec §13).

Asks nothing, and says what was deleted. Messages' files go with the next housekeeping of the app, which also takes the
phones out of Asterisk. Never touches another company: one that is not there by exactly this name is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from callcontrol.commands.provision import NOT_OBEYED, obeyed_everywhere
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.runtime.located import needs_database
from callcontrol.store.companies import Companies
from callcontrol.store.migrate import migrate
from callcontrol.store.pool import Pool, borrowed, open_pool

_COUNTED = """
    SELECT c.id,
      (SELECT count(*) FROM numbers WHERE company = c.id AND kind = 'line') AS lines,
      (SELECT count(*) FROM numbers WHERE company = c.id AND kind = 'group') AS groups,
      (SELECT count(*) FROM messages m JOIN numbers n ON n.number = m.line WHERE n.company = c.id) AS messages
    FROM companies c WHERE c.name = $1
"""


class UnknownCompany(CallControlError):
    """There is no company of that name."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What there was of a company."""

    lines: int
    groups: int
    messages: int


def run(name: str, config: Config, out: Callable[[str], object] = print) -> int:
    """Delete the company called ``name``. Returns the exit code, 0. Raises UnknownCompany and StoreDown, with nothing
    changed."""
    with needs_database(config):
        gone, obeyed = asyncio.run(_delete(name, config))
    out(f"{name}: deleted (lines: {gone.lines}, groups: {gone.groups}, messages: {gone.messages}).")
    if not obeyed:
        out(NOT_OBEYED)
    return 0


async def _delete(name: str, config: Config) -> tuple[Deleted, bool]:
    await migrate(config.database.url)
    pool = await open_pool(config.database.url)
    try:
        company, found = await _find(pool, name)
        await Companies(pool).delete(company)
    finally:
        await pool.close()
    return found, await obeyed_everywhere(config)


async def _find(pool: Pool, name: str) -> tuple[str, Deleted]:
    async with borrowed(pool) as connection:
        row = await connection.fetchrow(_COUNTED, name)
        if row is None:
            names = [
                each["name"] for each in await connection.fetch("SELECT name FROM companies ORDER BY name")
            ]
            known = f"companies are: {', '.join(names[:20])}" if names else "there are none"
            raise UnknownCompany(f"there is no company named {name}; {known}.")
    return row["id"], Deleted(row["lines"], row["groups"], row["messages"])
