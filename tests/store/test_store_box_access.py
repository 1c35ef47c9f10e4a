"""PINs and wrong attempts in PostgreSQL: all counted, one after the other; and what boxes hold for the menu."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.errors import NotFound
from callcontrol.message import MessageKind
from callcontrol.store.audit import AuditTrail
from callcontrol.store.box_access import AuditedNotices, StoredBoxAccess
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool
from tests.store.conftest import remove_line
from tests.store.test_store_messages import message

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def by(line: str) -> ChangedBy:
    return ChangedBy(line, Where.PHONE, NOW)


async def test_a_pin_is_kept_as_a_hash_and_its_change_in_the_audit_trail(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool)
    assert not await access.has_pin(line)
    assert not await access.is_pin(line, "731946")
    await access.set_pin(line, "731946", by(line))
    assert await access.has_pin(line)
    assert await access.is_pin(line, "731946")
    assert not await access.is_pin(line, "731947")
    assert not await access.is_pin(None, "731946")
    (entry,) = (await AuditTrail(pool).of_line(line)).items
    assert (entry.field, entry.by.where) == ("pin", Where.PHONE)
    assert "731946" not in str(entry)


async def test_a_pin_that_everybody_knows_opens_no_box(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool, refused=frozenset({"731946"}))
    await access.set_pin(line, "731946", by(line))
    assert not await access.is_pin(line, "731946")
    await access.set_pin(line, "572938", by(line))
    assert await access.is_pin(line, "572938")


async def test_attempts_at_once_are_all_counted_each_seeing_those_before(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool)
    seen = await asyncio.gather(*(access.attempt(line, f"try-{n}", NOW) for n in range(20)))
    assert sorted(len(before) for before in seen) == list(range(20))


async def test_a_right_attempt_does_not_count_and_old_ones_go(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool)
    await access.attempt(line, "right", NOW)
    await access.forgive("right")
    await access.attempt(line, "wrong", NOW)
    assert await access.attempt(line, "later", NOW + timedelta(minutes=1)) == [NOW]
    assert await access.attempt(line, "much later", NOW + timedelta(hours=5)) == []


async def test_a_line_that_is_gone_has_no_attempts(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool)
    await access.attempt(line, "one", NOW)
    await access.introduced(line, NOW)
    await remove_line(pool, line)
    with pytest.raises(NotFound):
        await access.attempt(line, "two", NOW)
    with pytest.raises(NotFound):
        await access.has_pin(line)


async def test_a_user_is_told_once(pool: Pool, line: str) -> None:
    access = StoredBoxAccess(pool)
    assert [await access.introduced(line, NOW) for _ in range(3)] == [False, True, True]


async def test_a_lock_is_in_the_audit_trail(pool: Pool, line: str) -> None:
    await AuditedNotices(pool).locked_out(line, NOW + timedelta(hours=1), by(line))
    (entry,) = (await AuditTrail(pool).of_line(line)).items
    assert entry.field == "inbox-access.locked"
    assert entry.after == {"until": "2026-11-22T10:00:00+00:00"}


async def test_the_menu_gets_all_messages_of_a_box_oldest_first(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    kept = [message(line, minute) for minute in (3, 1, 2)]
    fax = message(line, 4, kind=MessageKind.FAX, duration=None, pages=3)
    for each in (*kept, fax):
        await boxes.deliver(each)
    await boxes.delete(line, kept[0].id, NOW)
    assert [m.id for m in await boxes.all(line, MessageKind.VOICE)] == [kept[1].id, kept[2].id]
    assert [m.id for m in await boxes.all(line, None)] == [kept[1].id, kept[2].id, fax.id]
    assert [m.id for m in await boxes.all(line, None, deleted=True)] == [kept[0].id]
