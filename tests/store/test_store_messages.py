"""Mailboxes in PostgreSQL: delivered once, counted, deleted, restored, purged; no file forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from callcontrol.errors import NotFound
from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.ids import uuid7
from callcontrol.lamp import Held
from callcontrol.message import Message, MessageKind
from callcontrol.store.media_trash import MediaTrash
from callcontrol.store.messages import MailboxCount, Mailboxes
from callcontrol.store.pool import Pool, borrowed
from tests.store.conftest import add_lines, remove_line

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def message(line: str, minute: int = 0, **changes: object) -> Message:
    identity = uuid7()
    base = Message(
        id=identity,
        line=line,
        kind=MessageKind.VOICE,
        sender=Peer(Presentation.SHOWN, "+33970711058", "Élodie"),
        received_at=START + timedelta(minutes=minute),
        path=f"{line}/{identity}.wav",
        duration=12.5,
        call=uuid7(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


async def test_a_message_comes_back_as_it_was(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    written = message(line, urgent=True)
    fax = message(line, 1, kind=MessageKind.FAX, duration=None, pages=3)
    await boxes.deliver(written)
    await boxes.deliver(fax)
    assert await boxes.get(line, written.id) == written
    assert (await boxes.page(line, None)).items == (fax, written)
    assert (await boxes.page(line, MessageKind.FAX)).items == (fax,)


async def test_a_delivery_repeated_after_a_crash_changes_nothing(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    written = message(line)
    await boxes.deliver(written)
    await boxes.mark(line, written.id, new=False)
    await boxes.deliver(written)
    assert (await boxes.page(line, None)).items == (replace(written, new=False),)


async def test_of_many_that_come_at_once_one_that_is_refused_keeps_no_other_back(
    pool: Pool, line: str
) -> None:
    boxes = Mailboxes(pool)
    good = [message(line, minute) for minute in range(60)]
    refused, of_nobody = message(line, path=None), message("0222960000")
    came = await asyncio.gather(
        *(boxes.deliver(each) for each in [*good[:30], refused, of_nobody, *good[30:], good[0]]),
        return_exceptions=True,
    )
    assert [type(each) for each in came if each is not None] == [asyncpg.NotNullViolationError]
    assert (await boxes.page(line, None, limit=100)).items == tuple(reversed(good))
    assert await MediaTrash(pool).paths() == [of_nobody.path]


async def test_what_the_journal_delivers_again_is_written_only_where_it_is_missing(
    pool: Pool, line: str
) -> None:
    boxes = Mailboxes(pool)
    there, missing = message(line), message(line, 1)
    await boxes.deliver(there)
    await boxes.mark(line, there.id, new=False)
    await boxes.deliver_left([there, missing])
    await boxes.deliver_left([])
    assert (await boxes.page(line, None)).items == (missing, replace(there, new=False))


async def test_another_line_sees_and_touches_nothing(pool: Pool, line: str) -> None:
    await add_lines(pool, "0222969570")
    boxes = Mailboxes(pool)
    written = message(line)
    await boxes.deliver(written)
    for attempt in (
        boxes.get("0222969570", written.id),
        boxes.mark("0222969570", written.id, new=False),
        boxes.delete("0222969570", written.id, START),
        boxes.restore("0222969570", written.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await boxes.purge("0222969570", written.id) == []
    assert await boxes.get(line, written.id) == written


async def test_counts_follow_every_change(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    one, two = message(line, urgent=True), message(line)
    for each in (one, two, message(line, kind=MessageKind.FAX)):
        await boxes.deliver(each)
    assert await boxes.count(line) == MailboxCount(voice_new=2, voice_urgent_new=1, fax_new=1)
    await boxes.mark(line, one.id, new=False)
    assert await boxes.count(line) == MailboxCount(voice_new=1, voice_old=1, fax_new=1)
    await boxes.delete(line, two.id, START)
    assert await boxes.counts() == {line: MailboxCount(voice_old=1, fax_new=1)}
    await boxes.restore(line, two.id)
    assert await boxes.mark_all_read(line) == 2
    assert await boxes.counts([line, "0"]) == {line: MailboxCount(voice_old=2, fax_old=1)}
    assert await boxes.count("0222969570") == MailboxCount()


async def test_lamps_look_at_what_is_in_the_box_now(pool: Pool, line: str) -> None:
    """A message that is to leave the box by mail is known by the moment at which its mail has failed for too long."""
    await add_lines(pool, "0222969570")
    boxes = Mailboxes(pool)
    gone, leaving = message(line), message(line, urgent=True)
    for each in (
        gone,
        leaving,
        *(message(line) for _ in range(3)),
        message(line, kind=MessageKind.FAX, new=False),
    ):
        await boxes.deliver(each)
    await boxes.delete(line, gone.id, START)
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE messages SET lamp_after = $1 WHERE id = $2", START, leaving.id)
    found = await boxes.for_lamps([line, "0222969570"])
    assert found.keys() == {line}
    assert set(found[line]) == {
        Held(MessageKind.VOICE, new=True, count=3),
        Held(MessageKind.VOICE, new=True, urgent=True, lit_from=START),
        Held(MessageKind.FAX, new=False),
    }
    assert await boxes.for_lamps([]) == {}


async def test_deleted_messages_are_listed_apart_restored_and_purged(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    one, two, three = (message(line, minute) for minute in range(3))
    for each in (one, two, three):
        await boxes.deliver(each)
    await boxes.delete(line, one.id, START)
    await boxes.delete(line, one.id, START + timedelta(days=9))
    assert (await boxes.get(line, one.id)).deleted_at == START
    assert (await boxes.page(line, None)).items == (three, two)
    assert await boxes.delete_all(line, MessageKind.VOICE, START + timedelta(days=1)) == 2
    assert [m.id for m in (await boxes.page(line, None, deleted=True)).items] == [three.id, two.id, one.id]
    assert await boxes.purge(line, "another") == []
    assert await boxes.purge_deleted_before(START + timedelta(hours=1)) == 1
    await boxes.restore(line, two.id)
    assert await boxes.purge(line) == [three.path]
    assert (await boxes.page(line, None)).items == (two,)
    assert sorted(await MediaTrash(pool).paths()) == sorted([one.path, three.path])
    await MediaTrash(pool).erased([one.path])
    assert await MediaTrash(pool).paths() == [three.path]


async def test_a_deleted_line_leaves_its_files_in_the_trash_and_late_messages_join_them(
    pool: Pool, line: str
) -> None:
    boxes = Mailboxes(pool)
    early, late = message(line), message(line)
    await boxes.deliver(early)
    await remove_line(pool, line)
    await boxes.deliver(late)
    assert sorted(await MediaTrash(pool).paths()) == sorted([early.path, late.path])


async def test_pages_follow_each_other(pool: Pool, line: str) -> None:
    boxes = Mailboxes(pool)
    written = [message(line, n // 2) for n in range(9)]
    for each in written:
        await boxes.deliver(each)
    first = await boxes.page(line, None, limit=4)
    second = await boxes.page(line, None, first.next, limit=4)
    third = await boxes.page(line, None, second.next, limit=4)
    expected = sorted(written, key=lambda m: (m.received_at, m.id), reverse=True)
    assert [*first.items, *second.items, *third.items] == expected
    assert third.next is None
