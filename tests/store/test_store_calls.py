"""The history in PostgreSQL: what goes in comes out, once, in order, by pages."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.because import Because
from callcontrol.errors import NotFound, StoreDown
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.ids import uuid7
from callcontrol.store.calls import CallHistory
from callcontrol.store.page import BadCursor
from callcontrol.store.pool import Pool, borrowed
from tests.postgres import Server
from tests.store.conftest import add_lines, remove_line

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def record(line: str, minute: int = 0, **changes: object) -> CallRecord:
    started = START + timedelta(minutes=minute)
    base = CallRecord(
        call=uuid7(),
        line=line,
        direction=Direction.RECEIVED,
        peer=Peer(Presentation.SHOWN, "+33970711058", "Élodie Ŵ"),
        started_at=started,
        answered_at=started + timedelta(seconds=4),
        ended_at=started + timedelta(seconds=64),
        rule=Because("forward.unconditional", (("target", "+33222969570"), ("line", line))),
        message="m-1",
        legs=(
            LegRecord(
                "sip:a@127.0.0.1:5070", started, None, started + timedelta(seconds=4), "elsewhere", 487
            ),
            LegRecord("sip:b@127.0.0.1:5071", started, started + timedelta(seconds=4), None, "answered", 200),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


async def test_a_record_comes_back_as_it_was(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    written = record(line)
    await history.write([written])
    assert await history.get(line, written.call) == written
    assert (await history.page(line)).items == (written,)


async def test_a_record_written_again_replaces_itself(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    first = record(line, answered_at=None, direction=Direction.MISSED)
    second = replace(first, answered_at=first.started_at, direction=Direction.RECEIVED, message=None)
    await history.write([first])
    await history.write([first, second])
    assert (await history.page(line)).items == (second,)


async def test_one_call_has_one_record_for_each_line(pool: Pool) -> None:
    await add_lines(pool, "0222969569", "0222969570")
    history = CallHistory(pool)
    out = record("0222969569", direction=Direction.OUTGOING)
    await history.write([out, replace(out, line="0222969570", direction=Direction.MISSED)])
    assert (await history.get("0222969569", out.call)).direction is Direction.OUTGOING
    assert (await history.get("0222969570", out.call)).direction is Direction.MISSED
    with pytest.raises(NotFound):
        await history.get("0222969571", out.call)


async def test_pages_follow_each_other_newest_first_also_when_calls_come_in_between(
    pool: Pool, line: str
) -> None:
    history = CallHistory(pool)
    records = [record(line, minute=n // 3) for n in range(25)]  # several in the same instant
    await history.write(records)
    seen: list[CallRecord] = []
    cursor: str | None = None
    while True:
        page = await history.page(line, cursor, 7)
        seen.extend(page.items)
        await history.write([record(line, minute=1000 + len(seen))])
        if (cursor := page.next) is None:
            break
    assert seen == sorted(records, key=lambda r: (r.started_at, r.call), reverse=True)


async def test_a_page_of_one_direction_and_the_last_call(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    ways = [Direction.MISSED, Direction.OUTGOING, Direction.REJECTED] * 3
    records = [record(line, minute=n, direction=way) for n, way in enumerate(ways)]
    await history.write(records)
    page = await history.page(line, limit=2, direction=Direction.MISSED)
    assert page.items == (records[6], records[3])
    rest = await history.page(line, page.next, 2, Direction.MISSED)
    assert rest.items == (records[0],)
    assert rest.next is None


async def test_the_last_caller_and_the_last_number_dialled(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    assert (await history.last_caller(line), await history.last_dialled(line)) == (None, None)
    ways = [Direction.MISSED, Direction.OUTGOING, Direction.REJECTED]
    records = [record(line, minute=n, direction=way) for n, way in enumerate(ways)]
    code = replace(
        records[1], call="code", peer=Peer(Presentation.SHOWN, "*69"), started_at=records[2].started_at
    )
    await history.write([*records, code])
    assert await history.last_caller(line) == records[2]
    assert await history.last_dialled(line) == records[1]


@pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "bm90IGEgdGltZQp4", "MjAyNi0xMS0yMgp4", "A" * 5000])
async def test_a_cursor_that_was_never_given_is_refused(pool: Pool, line: str, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await CallHistory(pool).page(line, cursor)


async def test_a_withheld_number_is_never_stored(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    await history.write([record(line, peer=Peer(Presentation.ANONYMOUS, "+33612345678", None))])
    assert (await history.page(line)).items[0].peer == Peer(Presentation.ANONYMOUS)


async def test_a_name_that_no_database_can_keep_does_not_lose_the_record(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    await history.write(
        [record(line, peer=Peer(Presentation.SHOWN, "+33612345678", "a\0b\udcff" + "x" * 999))]
    )
    (kept,) = (await history.page(line)).items
    assert kept.peer.name is not None
    assert kept.peer.name.startswith("ab?x")
    assert len(kept.peer.name) == 200


async def test_the_records_of_a_deleted_line_go_and_late_ones_are_dropped(pool: Pool, line: str) -> None:
    await add_lines(pool, "0222969570")
    history = CallHistory(pool)
    await history.write([record(line)])
    await remove_line(pool, line)
    kept = record("0222969570")
    await history.write([record(line), kept])
    assert (await history.page(line)).items == ()
    assert (await history.page("0222969570")).items == (kept,)


async def test_purge_erases_what_began_before_and_nothing_else(pool: Pool, line: str) -> None:
    history = CallHistory(pool)
    records = [record(line, minute=n) for n in range(10)]
    await history.write(records)
    assert await history.purge(records[7].started_at, batch=3) == 7
    assert (await history.page(line)).items == tuple(reversed(records[7:]))


async def test_a_database_that_is_away_is_store_down_and_the_same_write_works_later(
    server: Server, pool: Pool, line: str
) -> None:
    history = CallHistory(pool)
    written = record(line)
    await history.write([written])
    server.stop(signal.SIGQUIT)
    try:
        with pytest.raises(StoreDown):
            await history.write([written])
        with pytest.raises(StoreDown):
            await history.page(line)
    finally:
        server.start()
        await server.ready()
    await history.write([written])
    assert (await history.page(line)).items == (written,)


async def test_a_page_far_back_and_the_purge_use_their_indexes(pool: Pool, line: str) -> None:
    async with borrowed(pool) as connection:
        await connection.execute("SET enable_seqscan = off")
        plan = await connection.fetch(
            """EXPLAIN SELECT call FROM calls WHERE line = 'x' AND (started_at, call) < ('2026-01-01', 'y')
               ORDER BY started_at DESC, call DESC LIMIT 50"""
        )
        text = "\n".join(row[0] for row in plan)
        assert "calls_by_line" in text
        assert "Sort" not in text


async def test_calls_outside_are_found_again_for_the_daily_limits(pool: Pool, line: str) -> None:
    """Those of any record that has legs outside: calls and forwards, answered or not; no device, no rescuer."""
    history = CallHistory(pool)

    def outside(target: str, minute: int, *, answered: bool = True) -> CallRecord:
        at = START + timedelta(minutes=minute)
        leg = LegRecord(target, at, at if answered else None, at + timedelta(seconds=30), "answered", 200)
        return record(line, minute, legs=(leg,), direction=Direction.OUTGOING)

    early, abroad = outside("+441632960000", 0), outside("+441632960000", 5)
    premium, mobile = outside("+33899123456", 6, answered=False), outside("+33612345678", 7)
    short, rescuers = outside("3631", 8), outside("112", 9)
    await history.write([early, abroad, premium, mobile, short, rescuers, record(line, 10)])
    found = await history.outside_since(START + timedelta(minutes=1))
    assert {row[0]: row[3] for row in found} == {
        abroad.call: "+441632960000", premium.call: "+33899123456", mobile.call: "+33612345678", short.call: "3631",
    }  # fmt: skip
    row = next(row for row in found if row[0] == abroad.call)
    assert row[1:3] == (line, "c")
    assert row[6] == abroad.started_at + timedelta(seconds=30)
    assert [each[5] for each in found if each[0] == premium.call] == [None]
    assert await history.has_called("c", "+44", START, but=early.call)
    assert not await history.has_called("c", "+44", START + timedelta(minutes=1), but=abroad.call)
    assert not await history.has_called("c", "+49", START - timedelta(days=1), but="")
