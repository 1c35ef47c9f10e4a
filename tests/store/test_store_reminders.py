"""Reminders in PostgreSQL: kept, taken by one process, settled by calls, missed with a mail, moved with the zone."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from callcontrol import ids
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.errors import InUse, NotFound, TooMany
from callcontrol.reminders.reminder import MOST, CameTo, Recurrence, Reminder, Rule, Standing, Status, Tried
from callcontrol.store.due_reminders import DueReminderTable
from callcontrol.store.pool import Pool, borrowed
from callcontrol.store.reminders import ReminderTable
from callcontrol.store.voice_recordings import VoiceRecordingTable
from callcontrol.voice_recording import RecordingKind
from tests.store.conftest import add_lines, remove_line

DUE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
BY = ChangedBy("0222969569", Where.API, DUE - timedelta(hours=1))
ZONE = "Europe/Paris"
ONCE = Rule(Recurrence.ONCE, time(9, 30), date(2026, 11, 27))
DAILY = Rule(Recurrence.DAILY, time(9, 30))
MINUTE = timedelta(minutes=1)
LATER = DUE + timedelta(hours=1)
"""Of the true time: until then a claim is kept."""


def reminder(line: str, rule: Rule = ONCE, at: datetime = DUE, **more: object) -> Reminder:
    standing = Standing(Status.PENDING, at, at, at + 15 * MINUTE)
    return replace(Reminder(ids.uuid7(), line, rule, standing, "Pain"), **more)  # type: ignore[arg-type]


async def add(pool: Pool, *reminders: Reminder) -> None:
    for each in reminders:
        await ReminderTable(pool).add(each.line, [each], ZONE, BY, most=MOST)


async def with_email(pool: Pool, line: str) -> None:
    async with borrowed(pool) as connection:
        await connection.execute("INSERT INTO credentials (line, email) VALUES ($1, 'c@example.net')", line)


async def mails(pool: Pool) -> list[dict[str, object]]:
    async with borrowed(pool) as connection:
        return [row["body"] for row in await connection.fetch("SELECT body FROM mails ORDER BY id")]


# --- as their users set them ----------------------------------------------------------------------------------------


async def test_a_reminder_comes_back_as_it_was_and_is_nobody_elses(pool: Pool, line: str) -> None:
    await add_lines(pool, "0222969570")
    table = ReminderTable(pool)
    weekly = reminder(line, Rule(Recurrence.WEEKLY, time(7, 5), weekday=1), at=DUE + timedelta(days=3))
    once = reminder(line)
    await add(pool, weekly, once)
    assert await table.all(line) == [once, weekly]
    assert await table.all("0222969570") == []
    with pytest.raises(NotFound):
        await table.get("0222969570", once.id)
    assert await table.remove("0222969570", [once.id], BY) == 0
    changed = replace(once, description="Croissants")
    await table.replace(line, changed, ZONE, BY)
    assert await table.get(line, once.id) == changed
    assert await table.remove(line, [once.id, weekly.id], BY) == 2
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit WHERE field = 'reminders'") == 5


async def test_the_21st_is_refused_and_those_that_were_missed_give_way(pool: Pool, line: str) -> None:
    table = ReminderTable(pool)
    await add(pool, *(reminder(line) for _ in range(MOST - 1)))
    await add(pool, missed := reminder(line, standing=Standing(Status.MISSED, DUE, None, None)))
    await add(pool, reminder(line))
    assert missed.id not in [each.id for each in await table.all(line)]
    with pytest.raises(TooMany):
        await add(pool, reminder(line))
    both = await asyncio.gather(
        *(table.add("0222969569", [reminder(line)], ZONE, BY, most=MOST + 1) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(isinstance(each, TooMany) for each in both) == [False, True, True, True]


async def test_a_recording_that_a_reminder_names_is_in_use(pool: Pool, line: str) -> None:
    recordings = VoiceRecordingTable(pool)
    await recordings.begin(line, "voice", RecordingKind.REMINDER, DUE, 10)
    await recordings.ready(line, "voice", 3.0, BY)
    await add(pool, one := reminder(line, announcement="voice"))
    with pytest.raises(InUse) as error:
        await recordings.remove(line, "voice", BY)
    assert error.value.documents == ("reminders",)
    await ReminderTable(pool).remove(line, [one.id], BY)
    await recordings.remove(line, "voice", BY)


async def test_a_line_that_goes_takes_its_reminders_along(pool: Pool, line: str) -> None:
    await add(pool, reminder(line))
    (taken,) = await DueReminderTable(pool).take("a", 10, DUE, LATER)
    await remove_line(pool, line)
    await DueReminderTable(pool).settle(Tried(taken.call, CameTo.NO_ANSWER, DUE + MINUTE))
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM reminders") == 0


# --- when their time has come ---------------------------------------------------------------------------------------


async def test_what_is_due_is_taken_once_and_the_longest_due_first(pool: Pool) -> None:
    numbers = [f"02229695{n:02}" for n in range(5)]
    await add_lines(pool, *numbers)
    await add(pool, *(reminder(number, at=DUE - n * MINUTE) for n, number in enumerate(numbers)))
    table = DueReminderTable(pool)
    first = await table.take("a", 3, DUE, LATER)
    second = await table.take("b", 3, DUE, LATER)
    assert [each.reminder.line for each in (*first, *second)] == numbers[::-1]
    assert await table.take("a", 3, DUE, LATER) == []
    assert sorted(await table.still_called("a")) == sorted(each.call for each in first)


async def test_what_is_not_due_yet_waits(pool: Pool, line: str) -> None:
    await add(pool, reminder(line))
    assert await DueReminderTable(pool).take("a", 3, DUE - timedelta(seconds=1), LATER) == []


async def test_two_of_one_line_are_taken_one_after_the_other(pool: Pool, line: str) -> None:
    await add(pool, reminder(line), reminder(line))
    table = DueReminderTable(pool)
    (first,) = await table.take("a", 10, DUE, LATER)
    assert await table.take("b", 10, DUE, LATER) == []
    await table.settle(Tried(first.call, CameTo.HEARD, DUE + MINUTE))
    (second,) = await table.take("b", 10, DUE, LATER)
    assert second.reminder.id != first.reminder.id


async def test_what_a_call_came_to_is_written_once_however_often_it_is_told(pool: Pool, line: str) -> None:
    await add(pool, one := reminder(line))
    table, kept = DueReminderTable(pool), ReminderTable(pool)
    (taken,) = await table.take("a", 10, DUE, LATER)
    busy = Tried(taken.call, CameTo.BUSY, DUE + MINUTE)
    for _ in range(3):
        await table.settle(busy)
    standing = (await kept.get(line, one.id)).standing
    assert (standing.tries, standing.due_at) == (1, DUE + 6 * MINUTE)
    (again,) = await table.take("a", 10, DUE + 6 * MINUTE, LATER)
    await table.settle(Tried(again.call, CameTo.HEARD, DUE + 7 * MINUTE))
    assert await kept.all(line) == []
    assert await mails(pool) == []


async def test_three_calls_without_an_answer_are_mailed_once_in_the_words_of_the_line(
    pool: Pool, line: str
) -> None:
    await with_email(pool, line)
    await add(pool, one := reminder(line))
    table, now = DueReminderTable(pool), DUE
    for _ in range(3):
        (taken,) = await table.take("a", 10, now, LATER)
        now += 6 * MINUTE
        await table.settle(Tried(taken.call, CameTo.NO_ANSWER, now - 5 * MINUTE))
        await table.settle(Tried(taken.call, CameTo.NO_ANSWER, now - 5 * MINUTE))
    (mail,) = await mails(pool)
    assert (mail["kind"], mail["why"], mail["description"]) == ("reminder_missed", "no_answer", "Pain")
    standing = (await ReminderTable(pool).get(line, one.id)).standing
    assert (standing.status, standing.due_at) == (Status.MISSED, None)
    assert await table.take("a", 10, now + timedelta(days=1), LATER) == []


@pytest.mark.parametrize("down", [10, 20])
async def test_after_the_app_was_down_it_is_given_up_to_15_minutes_late_else_mailed(
    pool: Pool, line: str, down: int
) -> None:
    await with_email(pool, line)
    await add(pool, reminder(line), daily := reminder(line, DAILY))
    table, now = DueReminderTable(pool), DUE + down * MINUTE
    taken = await table.take("a", 10, now, LATER)
    told = [mail["why"] for mail in await mails(pool)]
    if down == 10:
        assert (len(taken), told) == (1, [])  # the other one is next
    else:
        assert (taken, told) == ([], ["too_late"])
        await table.take("a", 10, now, LATER)
        assert len(await mails(pool)) == 2
        standing = (await ReminderTable(pool).get(line, daily.id)).standing
        assert (standing.due_at, standing.last) == (DUE + timedelta(days=1), Status.MISSED)


async def test_a_line_that_switched_them_off_or_has_no_phone_is_passed_over_in_silence(
    pool: Pool, line: str
) -> None:
    await add_lines(pool, "0222969570")
    await with_email(pool, line)
    async with borrowed(pool) as connection:
        await connection.execute(
            """INSERT INTO settings (line, document, body, updated_at)
               VALUES ($1, 'notifications', '{"reminders_enabled": false}', $2)""",
            line,
            DUE,
        )
        await connection.execute("UPDATE lines SET licence = 'fax' WHERE number = '0222969570'")
    await add(pool, reminder(line), reminder("0222969570"))
    assert await DueReminderTable(pool).take("a", 10, DUE, LATER) == []
    assert await mails(pool) == []


async def test_whatever_a_user_changes_takes_it_out_of_the_call_that_gives_it(pool: Pool, line: str) -> None:
    await add(pool, one := reminder(line))
    table, kept = DueReminderTable(pool), ReminderTable(pool)
    (taken,) = await table.take("a", 10, DUE, LATER)
    tomorrow = reminder(line, replace(ONCE, date=date(2026, 11, 28)), DUE + timedelta(days=1), id=one.id)
    await kept.replace(line, tomorrow, ZONE, BY)
    await table.settle(Tried(taken.call, CameTo.HEARD, DUE + MINUTE))
    assert await kept.all(line) == [tomorrow]


async def test_what_a_lost_process_had_taken_is_missed_and_mailed_and_never_given_twice(
    pool: Pool, line: str
) -> None:
    await with_email(pool, line)
    await add(pool, reminder(line))
    table, present = DueReminderTable(pool), datetime.now(UTC)
    (taken,) = await table.take("a", 10, DUE, present + 15 * MINUTE)
    assert await table.give_up_lost("b", DUE + 14 * MINUTE, present + 14 * MINUTE) == 0
    await table.renew([taken.call], present + 30 * MINUTE)
    assert await table.give_up_lost("b", DUE + 16 * MINUTE, present + 16 * MINUTE) == 0
    assert (
        await table.give_up_lost("a", DUE + 31 * MINUTE, present + 31 * MINUTE) == 0
    )  # it knows by its journals
    assert await table.give_up_lost("b", DUE + 31 * MINUTE, present + 31 * MINUTE) == 1
    assert [mail["why"] for mail in await mails(pool)] == ["too_late"]
    assert await table.take("b", 10, DUE + 31 * MINUTE, LATER) == []


async def test_a_call_that_never_came_to_be_gives_its_reminder_back(pool: Pool, line: str) -> None:
    await add(pool, one := reminder(line))
    table = DueReminderTable(pool)
    (taken,) = await table.take("a", 10, DUE, LATER)
    await table.release([taken.call])
    (again,) = await table.take("b", 10, DUE + MINUTE, LATER)
    assert (again.reminder.id, again.call != taken.call) == (one.id, True)


async def test_in_another_time_zone_they_come_at_the_same_local_time(pool: Pool, line: str) -> None:
    await add(pool, one := reminder(line), daily := reminder(line, DAILY))
    table, kept = DueReminderTable(pool), ReminderTable(pool)
    assert await table.move(DUE - 10 * MINUTE) == 0
    async with borrowed(pool) as connection:
        await connection.execute("UPDATE companies SET timezone = 'America/Martinique'")
    assert await table.move(DUE - 10 * MINUTE) == 2
    assert await table.move(DUE - 10 * MINUTE) == 0
    for each in (one, daily):
        assert (await kept.get(line, each.id)).standing.due_at == DUE + timedelta(hours=5)


PROCESS = """
import asyncio, json, sys
from datetime import datetime, timedelta
from callcontrol.reminders.reminder import CameTo, Tried
from callcontrol.store.due_reminders import DueReminderTable
from callcontrol.store.pool import open_pool

async def main(url, node, now):
    pool = await open_pool(url)
    table, given = DueReminderTable(pool), []
    empty = 0
    while empty < 5:
        taken = await table.take(node, 7, now, now + timedelta(days=1))
        empty = 0 if taken else empty + 1
        given += [each.reminder.id for each in taken]
        await asyncio.gather(*(table.settle(Tried(each.call, CameTo.HEARD, now)) for each in taken))
        await asyncio.sleep(0.01)
    print(json.dumps(given))
    await pool.close()

asyncio.run(main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])))
"""


async def test_two_processes_at_once_give_each_of_a_thousand_once(pool: Pool, url: str) -> None:
    numbers = [f"02228{n:05}" for n in range(200)]
    await add_lines(pool, *numbers)
    wanted = [reminder(number) for number in numbers for _ in range(5)]
    for number in numbers:
        await ReminderTable(pool).add(
            number, [each for each in wanted if each.line == number], ZONE, BY, most=MOST
        )
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROCESS, url, node, DUE.isoformat()),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for node in "ab"
    ]
    given = [json.loads((await process.communicate())[0]) for process in processes]
    times = Counter(each for some in given for each in some)
    assert set(times.values()) == {1}
    assert set(times) == {each.id for each in wanted}
    assert min(map(len, given)) > 0, "both had their share"
