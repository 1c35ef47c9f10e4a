"""The directory in memory follows the database: within a second, from any process, through every loss."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup
from callcontrol.directory.directory import Directory
from callcontrol.errors import StoreDown
from callcontrol.facts import Barring, Group, Licence, Line
from callcontrol.provisioning.parse import parse
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.companies import Companies
from callcontrol.store.contacts import Contacts
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.pool import Pool, borrowed, connect
from callcontrol.store.settings import SettingsStore
from tests.postgres import Server, eventually
from tests.store.conftest import following, remove_line
from tests.store.test_store_companies import COMPANY, GROUP, LINE_TWO, ONE, TWO, WHOLE

ORIGIN = ChangedBy(ONE, Where.PORTAL, datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
VISIBLE = 1.0
"""Seconds after a commit within which every process must know (contract: the next call obeys)."""


async def apply(pool: Pool, text: str) -> str:
    return (await Companies(pool).apply(parse(text), ORIGIN, delete_missing=True)).company


async def forward(pool: Pool, line: str, number: str) -> None:
    raw = {"incoming": "forward", "unconditional": {"number": number}}
    await SettingsStore(pool).put(line, "call-manager", raw, by=ORIGIN)


@dataclass
class Told:
    """What the cache told."""

    files: int = 0
    lines: list[str] = field(default_factory=list)

    def lines_changed(self) -> None:
        self.files += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def cache(pool: Pool, url: str, told: Told) -> AsyncIterator[DirectoryCache]:
    await apply(pool, WHOLE)
    async with following(
        url, on_lines_changed=told.lines_changed, on_line_changed=told.lines.append, check_seconds=0.5
    ) as cache:
        yield cache


def number_of(directory: Directory, line: str) -> str | None:
    return directory.settings(line).call_manager.unconditional.number


async def shows(cache: DirectoryCache, line: str, number: str | None, deadline: float = VISIBLE) -> None:
    async def check() -> bool:
        return number_of(cache.directory, line) == number

    await eventually(check, deadline)


async def test_everything_is_there_after_the_start(pool: Pool, cache: DirectoryCache, told: Told) -> None:
    directory = cache.directory
    (company,) = directory.companies()
    assert (company.name, company.barring) == ("Demo", frozenset({Barring.PREMIUM}))
    assert directory.line("+33222969569") == Line(
        number=ONE,
        company=company.id,
        name="One",
        extension="4002",
        licence=Licence.FULL,
        language="en",
        site="Main",
        site_number="+33222969500",
        fax_number="+33970717800",
        pickup_groups=("Office",),
    )
    assert directory.group(GROUP) == Group(
        GROUP, company.id, "Desk", "4900", (TWO, ONE), "circular", supervised=False, advanced=False
    )
    assert directory.short_codes(company.id) == {"550": "+33970711058"}
    assert directory.extension(company.id, "4003") == TWO
    fax = directory.line_of_fax("0970717800")
    assert fax is not None
    assert fax.number == ONE
    assert told.files == 1


async def test_settings_and_contacts_stored_before_are_there_after_the_start(pool: Pool, url: str) -> None:
    await apply(pool, WHOLE)
    await forward(pool, ONE, "0612345678")
    await Contacts(pool).put(TWO, [ContactCard("a", "Éa", numbers=(("home", "06 12 34 56 78"),))], ORIGIN)
    cache = DirectoryCache(url, DatabaseListener(url))
    await cache.start()
    assert number_of(cache.directory, ONE) == "0612345678"
    assert cache.directory.version(ONE, "call-manager") == 1
    assert cache.directory.contacts(TWO).name_of("+33612345678") == "Éa"
    await cache.stop()


async def test_a_setting_written_by_another_process_is_obeyed_within_a_second(
    pool: Pool, cache: DirectoryCache, told: Told
) -> None:
    await forward(pool, ONE, "0612345678")

    async def obeyed_and_told() -> bool:  # told last: when the directory shows it already
        return number_of(cache.directory, ONE) == "0612345678" and ONE in told.lines

    await eventually(obeyed_and_told, VISIBLE)
    assert set(told.lines) == {ONE}
    assert told.files == 1  # Asterisk's configuration has no part of it
    barring = {"barring": {"international": True}}
    await SettingsStore(pool).put(ONE, "call-settings", barring, by=ORIGIN)

    async def barred_and_told() -> bool:
        return cache.directory.settings(ONE).call_settings.barring.international and told.files > 1

    await eventually(barred_and_told, VISIBLE)
    assert set(told.lines) == {ONE}


async def test_contacts_and_groups_are_known_within_a_second(pool: Pool, cache: DirectoryCache) -> None:
    contacts = Contacts(pool)
    await contacts.put(ONE, [ContactCard("a", "Éa", numbers=(("home", "06 12 34 56 78"),))], ORIGIN)
    await contacts.put_group(ONE, ContactGroup("g", "G", frozenset({"a"})), ORIGIN)

    async def known() -> bool:
        return cache.directory.contacts(ONE).group_numbers("g") == {"+33612345678"}

    await eventually(known, VISIBLE)
    await contacts.remove(ONE, ["a"], ORIGIN)

    async def gone() -> bool:
        return not cache.directory.contacts(ONE).contacts

    await eventually(gone, VISIBLE)


async def test_lines_come_change_and_go_within_a_second(
    pool: Pool, cache: DirectoryCache, told: Told
) -> None:
    more = WHOLE.replace(
        "short_codes:", "  - {number: '0222969571', name: Three, sip_password: secret-of-three-3}\n#"
    )
    await apply(pool, more)

    async def came() -> bool:
        return cache.directory.line("0222969571") is not None and not any(
            cache.directory.short_codes(company.id) for company in cache.directory.companies()
        )

    await eventually(came, VISIBLE)
    await apply(
        pool,
        WHOLE.replace("name: One", "name: Uno").replace('number: "0222969500"}]', 'number: "0222969501"}]'),
    )

    async def changed() -> bool:
        line = cache.directory.line(ONE)
        assert line is not None
        return (line.name, line.site_number) == ("Uno", "+33222969501") and not cache.directory.line(
            "0222969571"
        )

    await eventually(changed, VISIBLE)
    await apply(pool, f"{COMPANY}\nlines:{LINE_TWO}")

    async def gone() -> bool:
        directory = cache.directory
        return directory.line(ONE) is None and directory.group(GROUP) is None

    await eventually(gone, VISIBLE)
    assert {ONE, TWO, GROUP, "0222969571"} <= set(told.lines)
    assert told.files >= 4


async def test_a_company_that_is_deleted_is_forgotten(pool: Pool, cache: DirectoryCache) -> None:
    (company,) = cache.directory.companies()
    await Companies(pool).delete(company.id)

    async def gone() -> bool:
        return not list(cache.directory.companies()) and not list(cache.directory.lines())

    await eventually(gone, VISIBLE)


async def cut(url: str) -> None:
    """End every other connection to this database, as a failing network would."""
    admin = await connect(url)
    await admin.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    )
    await admin.close()


async def test_what_changed_while_the_listener_was_away_is_found(
    pool: Pool, url: str, cache: DirectoryCache
) -> None:
    await forward(pool, ONE, "0612345678")
    await forward(pool, TWO, "0612345678")
    await shows(cache, TWO, "0612345678")
    await cut(url)
    await pool.expire_connections()  # only the cache is to meet the loss
    await forward(pool, ONE, "0699999999")
    await remove_line(pool, TWO)
    await apply(pool, WHOLE)  # line two again, with nothing set
    await shows(cache, ONE, "0699999999", 10.0)
    await shows(cache, TWO, None, 10.0)
    await forward(pool, ONE, "0611111111")
    await shows(cache, ONE, "0611111111")


async def test_postgresql_away_changes_nothing_for_readers_and_is_followed_when_back(
    server: Server, pool: Pool, cache: DirectoryCache
) -> None:
    await forward(pool, ONE, "0612345678")
    await shows(cache, ONE, "0612345678")
    server.stop(signal.SIGQUIT)
    try:
        with pytest.raises(StoreDown):
            await forward(pool, ONE, "0699999999")
        for _ in range(20):
            assert number_of(cache.directory, ONE) == "0612345678"
            assert cache.directory.line(TWO) is not None
            await asyncio.sleep(0.05)
    finally:
        server.start()
        await server.ready()
    await forward(pool, ONE, "0699999999")
    await shows(cache, ONE, "0699999999", 10.0)


async def test_a_change_that_was_never_notified_is_found_by_looking(pool: Pool, url: str) -> None:
    await apply(pool, WHOLE)
    deaf = DirectoryCache(url, DatabaseListener(url), check_seconds=0.1)
    await deaf.start()
    await forward(pool, ONE, "0612345678")
    await shows(deaf, ONE, "0612345678", 10.0)
    await remove_line(pool, TWO)

    async def gone() -> bool:
        return deaf.directory.line(TWO) is None

    await eventually(gone, 10.0)
    await deaf.stop()


async def test_a_change_that_was_still_open_at_the_look_is_found_by_the_next(pool: Pool, url: str) -> None:
    await apply(pool, WHOLE)
    await forward(pool, ONE, "0612345678")
    slow = await connect(url)
    open_change = slow.transaction()
    await open_change.start()
    await slow.execute("""UPDATE settings SET body = '{"unconditional": {"number": "0698765432"}}'""")
    deaf = DirectoryCache(url, DatabaseListener(url), check_seconds=0.05)
    await deaf.start()
    await SettingsStore(pool).put(TWO, "call-settings", {"hide_number": True}, by=ORIGIN)

    async def hidden() -> bool:
        return deaf.directory.settings(TWO).call_settings.hide_number

    await eventually(hidden, 10.0)  # a younger transaction was seen
    assert number_of(deaf.directory, ONE) == "0612345678"
    await open_change.commit()
    await slow.close()
    await shows(deaf, ONE, "0698765432", 10.0)
    await deaf.stop()


async def test_a_stored_document_that_cannot_be_right_is_its_default(
    pool: Pool, cache: DirectoryCache
) -> None:
    await forward(pool, ONE, "0612345678")
    await shows(cache, ONE, "0612345678")
    async with borrowed(pool) as connection:
        await connection.execute("""UPDATE settings SET body = '{"incoming": "nonsense"}'""")
    await shows(cache, ONE, None)


async def test_a_cache_that_cannot_start_says_so_and_starts_when_the_database_is_there(
    server: Server, pool: Pool, url: str
) -> None:
    await apply(pool, WHOLE)
    cache = DirectoryCache(url, DatabaseListener(url))
    server.stop(signal.SIGQUIT)
    try:
        with pytest.raises(StoreDown):
            await cache.start()
    finally:
        server.start()
        await server.ready()
    await cache.start()
    assert cache.directory.line(ONE) is not None
    await cache.stop()
