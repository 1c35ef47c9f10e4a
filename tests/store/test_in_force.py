"""A change is in force when it has returned: read at once, never overtaken by an older reading, honest about the rest.

The cache of most of these tests is deaf (it listens where nothing is said): what it knows, it was asked to read.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from callcontrol.changed_by import ChangedBy
from callcontrol.changes import line_settings
from callcontrol.changes.services import ChangeServices
from callcontrol.commands import delete_company, provision
from callcontrol.config import load as configuration
from callcontrol.directory.contact_card import ContactCard
from callcontrol.errors import NotInForce, VersionConflict
from callcontrol.facts import Line
from callcontrol.settings.parse import merge
from callcontrol.store import cache
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.contacts import Contacts
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.notifications import known_everywhere
from callcontrol.store.pool import Connection, Pool, borrowed, connect
from callcontrol.store.reminders import ReminderTable
from callcontrol.store.settings import SettingsStore
from callcontrol.store.voice_recordings import VoiceRecordingTable
from tests.fakes.voices import FakeVoiceFiles
from tests.postgres import Server, eventually
from tests.store.conftest import following
from tests.store.test_store_cache import ORIGIN, apply, cut, forward, number_of, shows
from tests.store.test_store_companies import ONE, TWO, WHOLE

MANAGER = ("document", ONE, "call-manager")
EMPTY = """INSERT INTO companies (id, name, timezone, language, country, extension_length)
           VALUES ('empty', 'Empty', 'Europe/Paris', 'fr', 'FR', 4)"""
DEMO = Path(__file__).parents[2] / "demo" / "company.yaml"


@pytest.fixture
async def deaf(pool: Pool, url: str) -> AsyncIterator[DirectoryCache]:
    """A cache that hears nothing and never looks by itself."""
    await apply(pool, WHOLE)
    cache = DirectoryCache(url, DatabaseListener(url), check_seconds=3600)
    await cache.start()
    yield cache
    await cache.stop()


@pytest.fixture
async def hearing(pool: Pool, url: str) -> AsyncIterator[DirectoryCache]:
    await apply(pool, WHOLE)
    async with following(url, check_seconds=0.02) as cache:
        yield cache


def services(cache: DirectoryCache, pool: Pool, documents: SettingsStore | None = None) -> ChangeServices:
    return ChangeServices(
        documents or SettingsStore(pool), Contacts(pool), ForwardNumbers(pool), lambda: cache.directory, cache,
        VoiceRecordingTable(pool), FakeVoiceFiles(), ReminderTable(pool),
    )  # fmt: skip


async def patch(tools: ChangeServices, raw: Mapping[str, Any], document: str = "call-manager") -> None:
    line = tools.directory.line(ONE)
    assert isinstance(line, Line)
    await line_settings.change(
        tools, line, document, lambda current: merge(document, current, raw), language="fr", by=ORIGIN
    )


def unconditional(number: str) -> dict[str, Any]:
    return {"incoming": "forward", "unconditional": {"number": number}}


async def test_a_document_is_obeyed_when_its_change_has_returned(deaf: DirectoryCache, pool: Pool) -> None:
    tools = services(deaf, pool)
    for n in range(20):
        await patch(tools, unconditional(f"06123456{n:02}"))
        assert number_of(deaf.directory, ONE) == f"06123456{n:02}"


async def test_every_kind_of_key_is_read_at_once(deaf: DirectoryCache, pool: Pool) -> None:
    card = ContactCard("a", "Éa", numbers=(("home", "06 12 34 56 78"),))
    await Contacts(pool).put(ONE, [card], ORIGIN)
    await deaf.in_force([("book", ONE)])
    assert deaf.directory.contacts(ONE).name_of("+33612345678") == "Éa"
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE numbers SET name = 'Uno' WHERE number = $1", ONE)
        await connection.execute("UPDATE companies SET timezone = 'Europe/Brussels'")
        await connection.execute("DELETE FROM numbers WHERE number = $1", TWO)
    (company,) = deaf.directory.companies()
    await deaf.in_force([("line", ONE), ("line", TWO), ("company", company.id)])
    line = deaf.directory.line(ONE)
    assert line is not None
    assert (line.name, deaf.directory.line(TWO)) == ("Uno", None)
    assert deaf.directory.company(company.id).timezone == "Europe/Brussels"


async def test_changes_from_everywhere_at_once_are_each_obeyed_when_they_return(
    hearing: DirectoryCache, pool: Pool
) -> None:
    """Eight writers of one document, notifications and looks all the time: nobody ever sees an older state."""
    store = SettingsStore(pool)
    seen: list[int] = []

    async def write(writer: int) -> None:
        for n in range(15):
            version = await store.put(ONE, "call-manager", {"n": [writer, n]}, by=ORIGIN)
            await hearing.in_force([MANAGER])
            now = hearing.directory.version(ONE, "call-manager")
            assert now >= version
            assert not seen or now >= seen[-1]
            seen.append(now)

    await asyncio.gather(*(write(writer) for writer in range(8)))
    assert seen[-1] == 8 * 15


async def _somebody_waits(connection: Connection) -> bool:
    return bool(
        await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
    )


async def test_a_reading_that_began_before_the_change_never_takes_its_place(pool: Pool, url: str) -> None:
    """The whole directory is being loaded, from a moment before the change, and comes to its end after it."""
    await apply(pool, WHOLE)
    await forward(pool, ONE, "0611111111")
    async with borrowed(pool) as connection:
        await connection.execute(EMPTY)
    async with following(url, check_seconds=3600) as cache:
        holder, watcher = await connect(url), await connect(url)
        change = holder.transaction()
        await change.start()
        await holder.execute("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE")
        await watcher.execute("DELETE FROM companies WHERE id = 'empty'")  # one that goes: all is loaded anew
        await eventually(lambda: _somebody_waits(watcher))
        await holder.execute(
            """UPDATE settings SET body = '{"incoming": "forward", "unconditional": {"number": "0622222222"}}'"""
        )
        await change.commit()
        await cache.in_force([MANAGER])
        assert number_of(cache.directory, ONE) == "0622222222"
        assert [company.id for company in cache.directory.companies()] != ["empty"]
        await known_everywhere(url)  # whatever was read meanwhile is in the directory now
        assert number_of(cache.directory, ONE) == "0622222222"
        await holder.close()
        await watcher.close()


async def test_connections_that_were_cut_do_not_keep_a_change_from_being_obeyed(
    deaf: DirectoryCache, pool: Pool, url: str
) -> None:
    class Cut(SettingsStore):
        async def put_all(
            self,
            line: str,
            documents: Mapping[str, Mapping[str, Any]],
            *,
            expected_versions: Mapping[str, int],
            by: ChangedBy,
        ) -> dict[str, int]:
            written = await super().put_all(line, documents, expected_versions=expected_versions, by=by)
            await cut(url)
            return written

    await patch(services(deaf, pool, Cut(pool)), unconditional("0612345678"))
    assert number_of(deaf.directory, ONE) == "0612345678"


class Crashing(SettingsStore):
    """PostgreSQL is killed when the change is committed; ``back`` starts it again after so many seconds."""

    def __init__(self, pool: Pool, server: Server, back: float | None) -> None:
        super().__init__(pool)
        self._server, self._back = server, back
        self.restart: asyncio.TimerHandle | None = None

    async def put_all(
        self,
        line: str,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        expected_versions: Mapping[str, int],
        by: ChangedBy,
    ) -> dict[str, int]:
        written = await super().put_all(line, documents, expected_versions=expected_versions, by=by)
        self._server.stop(signal.SIGQUIT)
        if self._back is not None:
            self.restart = asyncio.get_running_loop().call_later(self._back, self._server.start)
        return written


async def test_postgresql_killed_after_the_commit_and_back_soon_is_no_reason_to_refuse(
    server: Server, deaf: DirectoryCache, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "IN_FORCE_SECONDS", 30.0)  # a busy machine starts PostgreSQL when it can
    try:
        await patch(services(deaf, pool, Crashing(pool, server, 0.3)), unconditional("0612345678"))
        assert number_of(deaf.directory, ONE) == "0612345678"
    finally:
        await server.ready()


async def test_postgresql_killed_after_the_commit_and_gone_is_said_and_obeyed_when_it_is_back(
    server: Server, hearing: DirectoryCache, pool: Pool
) -> None:
    try:
        with pytest.raises(NotInForce):
            await patch(services(hearing, pool, Crashing(pool, server, None)), unconditional("0612345678"))
        assert number_of(hearing.directory, ONE) is None
    finally:
        server.start()
        await server.ready()
    await shows(hearing, ONE, "0612345678", 30.0)
    with pytest.raises(VersionConflict):  # it was kept, once
        await SettingsStore(pool).put(ONE, "call-manager", {}, expected_version=0, by=ORIGIN)


# --- changes made by other processes that must not end before they are obeyed


async def test_a_question_is_answered_when_everybody_knows_what_was_committed_before(
    hearing: DirectoryCache, pool: Pool, url: str
) -> None:
    async with following(url) as other:
        for n in range(5):
            await forward(pool, ONE, f"061234567{n}")
            assert await known_everywhere(url)
            assert number_of(hearing.directory, ONE) == number_of(other.directory, ONE) == f"061234567{n}"


async def test_with_nobody_there_nobody_is_waited_for(pool: Pool, url: str) -> None:
    assert await known_everywhere(url)


async def test_who_does_not_answer_is_not_waited_for_without_end(
    hearing: DirectoryCache, pool: Pool, url: str
) -> None:
    holder = await connect(url)
    async with holder.transaction():
        await holder.execute("LOCK TABLE contact_groups IN ACCESS EXCLUSIVE MODE")
        await Contacts(pool).put(ONE, [ContactCard("a", "Éa")], ORIGIN)
        assert not await known_everywhere(url, within=0.1)
    assert await known_everywhere(url)
    await holder.close()


async def test_provisioning_ends_when_the_running_apps_obey_it(pool: Pool, url: str, tmp_path: Path) -> None:
    environ = {"CALLCONTROL_RUNTIME_DIR": str(tmp_path), "CALLCONTROL_DATABASE_URL": url}
    config = configuration.load(None, environ)
    said: list[str] = []
    async with following(url) as cache:
        assert await asyncio.to_thread(provision.run, DEMO, config, said.append) == 0
        assert cache.directory.line("0222969569") is not None
        assert await asyncio.to_thread(delete_company.run, "Démo", config, said.append) == 0
        assert list(cache.directory.companies()) == []
    assert provision.NOT_OBEYED not in said
