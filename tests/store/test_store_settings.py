"""Settings documents: versions, conflicts, audit trail, notifications."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.errors import NotFound, VersionConflict
from callcontrol.store.audit import AuditEntry, AuditTrail
from callcontrol.store.pool import Pool, connect
from callcontrol.store.settings import SettingsStore
from tests.store.conftest import add_lines, remove_line

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PORTAL = ChangedBy("0222969569", Where.PORTAL, NOW)


async def test_a_document_never_written_is_empty_at_version_0(pool: Pool, line: str) -> None:
    assert await SettingsStore(pool).get(line, "call-manager") == ({}, 0)


async def test_each_change_counts_and_the_same_body_again_does_not(pool: Pool, line: str) -> None:
    store = SettingsStore(pool)
    assert await store.put(line, "call-manager", {"incoming": "voicemail"}, by=PORTAL) == 1
    assert await store.put(line, "call-manager", {"incoming": "ring"}, by=PORTAL) == 2
    assert await store.put(line, "call-manager", {"incoming": "ring"}, by=PORTAL) == 2
    assert await store.put(line, "call-settings", {"x": "é"}, by=PORTAL) == 1
    assert await store.get(line, "call-manager") == ({"incoming": "ring"}, 2)
    assert await store.some(line, ["call-manager", "call-settings", "greetings"]) == {
        "call-manager": ({"incoming": "ring"}, 2),
        "call-settings": ({"x": "é"}, 1),
    }


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(pool: Pool, line: str) -> None:
    store = SettingsStore(pool)
    await store.put(line, "d", {"n": 1}, expected_version=0, by=PORTAL)
    with pytest.raises(VersionConflict) as refused:
        await store.put(line, "d", {"n": 2}, expected_version=0, by=PORTAL)
    assert refused.value.found == 1
    assert await store.get(line, "d") == ({"n": 1}, 1)


async def test_of_many_writers_at_once_with_the_same_version_one_wins(pool: Pool, line: str) -> None:
    store = SettingsStore(pool)
    results = await asyncio.gather(
        *(store.put(line, "d", {"n": n}, expected_version=0, by=PORTAL) for n in range(12)),
        return_exceptions=True,
    )
    assert results.count(1) == 1
    assert sum(isinstance(result, VersionConflict) for result in results) == 11


async def test_a_line_that_does_not_exist_has_no_settings(pool: Pool) -> None:
    with pytest.raises(NotFound):
        await SettingsStore(pool).put("0222969569", "d", {}, by=PORTAL)


async def test_the_audit_trail_tells_who_when_from_where_before_and_after(pool: Pool, line: str) -> None:
    store, trail = SettingsStore(pool), AuditTrail(pool)
    await store.put(line, "d", {"n": 1}, by=PORTAL)
    phone = ChangedBy(line, Where.PHONE, NOW + timedelta(minutes=1))
    await store.put(line, "d", {"n": 2}, by=phone)
    await store.put(line, "d", {"n": 2}, by=phone)
    newest = AuditEntry(phone, "d", {"n": 1}, {"n": 2})
    oldest = AuditEntry(PORTAL, "d", None, {"n": 1})
    assert (await trail.of_line(line)).items == (newest, oldest)
    first = await trail.of_company("c", limit=1)
    assert first.items == (newest,)
    assert (await trail.of_company("c", first.next, limit=1)).items == (oldest,)
    assert await trail.purge(NOW + timedelta(seconds=1)) == 1
    assert (await trail.of_line(line)).items == (newest,)


async def test_a_deleted_line_takes_its_settings_and_audit_with_it(pool: Pool, line: str) -> None:
    store = SettingsStore(pool)
    await store.put(line, "d", {"n": 1}, by=PORTAL)
    await remove_line(pool, line)
    await add_lines(pool, line)
    assert await store.some(line, ["d"]) == {}
    assert (await AuditTrail(pool).of_line(line)).items == ()


async def test_each_change_is_notified_with_line_document_and_version(
    pool: Pool, url: str, line: str
) -> None:
    listener = await connect(url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("settings", lambda *event: heard.put_nowait(event[-1]))
    store = SettingsStore(pool)
    await store.put(line, "call-manager", {"n": 1}, by=PORTAL)
    await store.put(line, "call-manager", {"n": 2}, by=PORTAL)
    await remove_line(pool, line)
    async with asyncio.timeout(2):
        assert await heard.get() == f"{line} call-manager 1"
        assert await heard.get() == f"{line} call-manager 2"
        assert await heard.get() == f"{line} call-manager 0"
    await listener.close()
