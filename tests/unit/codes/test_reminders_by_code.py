"""``*310`` to ``*317``, and key 9 of the voice menu: reminders by phone (spec §7, §8). It is 10:00 in Paris."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from callcontrol.changed_by import Where
from callcontrol.dialogue import say
from callcontrol.reminders.reminder import MOST, Recurrence, Reminder, Status
from tests.fakes.actors import Caller
from tests.fakes.clock import MORNING
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.reminder_calls import due
from tests.unit.ivr.caller import hears_new, opens, ready, types

pytestmark = VIRTUAL_TIME

LINE = "0222969569"
ENTER, DAYS, KEEP = "enter-reminder-time", "enter-reminder-days", "press-1-to-keep-2-to-cancel"
NONE = {True: "no-one-time-reminder", False: "no-regular-reminder"}


def kept(world: World) -> list[Reminder]:
    return [row for row in world.reminders.rows.values() if row.line == LINE]


def waiting(name: str, *, regular: bool = False, hour: int = 11) -> Reminder:
    """A reminder of today, or of every day, at an hour to come."""
    one = due(regular=regular)
    then = MORNING.replace(hour=hour - 1)
    standing = replace(one.standing, planned_at=then, due_at=then)
    return replace(one, id=name, rule=replace(one.rule, time=time(hour, 0)), standing=standing)


def put(world: World, *reminders: Reminder) -> None:
    world.reminders.rows |= {each.id: each for each in reminders}


async def typed(world: World, code: str, *keys: tuple[str, str]) -> Caller:
    """A call to ``code`` in which each prompt is waited for and answered by keys."""
    call = await opens(world, dialled=code)
    for prompt, pressed in keys:
        await hears_new(call, prompt)
        await types(call, pressed)
    return call


async def test_310_asks_for_a_time_reads_it_back_and_keeps_it(world: World) -> None:
    call = await typed(world, "*310", (ENTER, "1430"))
    await hears_new(call, "reminder-is-set")
    said = ("today", "at", *say.time_of_day(time(14, 30), "fr"))
    assert world.asterisk.media.playing(call.channel) == (
        "reminder-is-set", *said, KEEP, "press-3-to-record-announcement",
    )  # fmt: skip
    await types(call, "1")
    await hears_new(call, "reminder-kept")
    await call.ends()
    (made,) = kept(world)
    assert (made.rule.recurrence, made.rule.time, made.standing.status) == (
        Recurrence.ONCE, time(14, 30), Status.PENDING,
    )  # fmt: skip
    assert made.standing.due_at == MORNING.replace(hour=13, minute=30)
    assert [(line, what, by.where) for line, what, by in world.audited.entries] == [
        (LINE, "reminders", Where.PHONE)
    ]
    world.nothing_left()


async def test_a_hangup_at_the_read_back_keeps_it_and_2_does_not(world: World) -> None:
    call = await typed(world, "*310", (ENTER, "1430"))
    await hears_new(call, "reminder-is-set")
    await call.hangs_up()
    assert len(kept(world)) == 1
    call = await typed(world, "*310", (ENTER, "1500"), ("reminder-is-set", "2"))
    await hears_new(call, "reminder-not-kept")
    await call.ends()
    assert len(kept(world)) == 1
    world.nothing_left()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("2561", "time-wrong"), ("0960", "time-wrong"), ("93#", "time-wrong"), ("0959", "reminder-time-past"),
     ("1000", "reminder-time-past")],
)  # fmt: skip
async def test_an_impossible_or_past_time_is_refused_in_words_and_asked_for_again(
    world: World, wrong: str, words: str
) -> None:
    call = await typed(world, "*310", (ENTER, wrong), (words, ""), (ENTER, "1001"), ("reminder-is-set", "1"))
    await call.ends()
    assert [one.rule.time for one in kept(world)] == [time(10, 1)]
    world.nothing_left()


@pytest.mark.parametrize("code", ["*310", "*314"])
@pytest.mark.parametrize("keys", ["*", "", "2561" * 3])
async def test_who_gives_up_sets_nothing(world: World, code: str, keys: str) -> None:
    call = await opens(world, dialled=code)
    for begin in range(0, max(1, len(keys)), 4):
        await hears_new(call, ENTER)
        await types(call, keys[begin : begin + 4])
    await call.ends()
    assert call.prompts[-1] == "reminder-not-kept"
    assert kept(world) == []
    world.nothing_left()


@pytest.mark.parametrize(
    ("days", "spoken", "rules"),
    [
        ("8", ["every-working-day"], [(Recurrence.WORKDAYS, None)]),
        ("9", ["every-day"], [(Recurrence.DAILY, None)]),
        ("1", ["every-1"], [(Recurrence.WEEKLY, 1)]),
        ("53", ["every-3", "every-5"], [(Recurrence.WEEKLY, 3), (Recurrence.WEEKLY, 5)]),
    ],
)
async def test_314_asks_for_a_time_and_days(
    world: World, days: str, spoken: list[str], rules: list[tuple[Recurrence, int | None]]
) -> None:
    call = await typed(world, "*314", (ENTER, "0900"), (DAYS, f"{days}#"))
    await hears_new(call, "reminder-is-set")
    said = world.asterisk.media.playing(call.channel)
    assert [prompt for prompt in said if prompt.startswith("every")] == spoken
    await types(call, "1")
    await hears_new(call, "reminder-kept")
    await call.ends()
    assert [(one.rule.recurrence, one.rule.weekday) for one in kept(world)] == rules
    world.nothing_left()


@pytest.mark.parametrize("days", ["0", "18", "89", "11", "99"])
async def test_days_that_are_none_are_refused_in_words(world: World, days: str) -> None:
    call = await typed(world, "*314", (ENTER, "0900"), (DAYS, f"{days}#"), ("day-wrong", ""), (DAYS, "9#"))
    await hears_new(call, "reminder-is-set")
    await call.hangs_up()
    assert [one.rule.recurrence for one in kept(world)] == [Recurrence.DAILY]
    world.nothing_left()


@pytest.mark.parametrize("code", ["*310", "*314"])
async def test_the_21st_is_refused_in_words(world: World, code: str) -> None:
    put(world, *(replace(waiting(f"r{n:02}"), description=str(n)) for n in range(MOST)))
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == ["reminders-too-many"]
    assert len(kept(world)) == MOST
    world.nothing_left()


async def test_several_days_that_would_be_too_many_are_refused_all(world: World) -> None:
    put(world, *(waiting(f"r{n:02}") for n in range(MOST - 1)))
    call = await typed(world, "*314", (ENTER, "0900"), (DAYS, "12#"))
    await call.ends()
    assert call.prompts[-1] == "reminders-too-many"
    assert len(kept(world)) == MOST - 1
    world.nothing_left()


async def test_the_same_twice_is_told(world: World) -> None:
    put(world, waiting("r1"))
    call = await typed(world, "*310", (ENTER, "1100"))
    await call.ends()
    assert call.prompts[-1] == "reminder-exists"
    assert len(kept(world)) == 1
    world.nothing_left()


@pytest.mark.parametrize("code", ["*310", "*314"])
async def test_a_line_that_has_them_switched_off_hears_so(world: World, code: str) -> None:
    world.line("4002").sets_document("notifications", {"reminders_enabled": False})
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == ["reminders-off"]
    world.nothing_left()


@pytest.mark.parametrize(("code", "once", "words"), [("*311", True, "one-time-reminders-cancelled"),
                                                     ("*315", False, "regular-reminders-cancelled")])  # fmt: skip
async def test_all_of_one_kind_are_cancelled_and_the_others_stay(
    world: World, code: str, once: bool, words: str
) -> None:
    put(world, waiting("r1"), waiting("r2", hour=12), waiting("r3", regular=True))
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == [words]
    assert {one.id for one in kept(world)} == ({"r3"} if once else {"r1", "r2"})
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == [NONE[once]]
    world.nothing_left()


async def test_312_goes_through_them_and_1_cancels_one(world: World) -> None:
    put(world, waiting("r1"), waiting("r2", hour=12), waiting("r3", hour=13))
    call = await opens(world, dialled="*312")
    await hears_new(call, "reminder-number")
    assert world.asterisk.media.playing(call.channel)[:5] == (
        "reminder-number", "number-1", "today", "at", *say.time_of_day(time(11, 0), "fr"),
    )  # fmt: skip
    await types(call, "2")
    await hears_new(call, "number-2")
    await types(call, "1")
    await hears_new(call, "reminder-cancelled")
    await call.ends()
    assert call.prompts[-1] == "goodbye"
    assert {one.id for one in kept(world)} == {"r1", "r3"}
    world.nothing_left()


async def test_316_of_the_only_one_says_that_there_are_no_more(world: World) -> None:
    put(world, waiting("r1", regular=True))
    call = await opens(world, dialled="*316")
    await hears_new(call, "every-day")
    await types(call, "1")
    await call.ends()
    assert call.prompts[-1] == "no-more-reminders"
    assert kept(world) == []
    world.nothing_left()


@pytest.mark.parametrize(("code", "once"), [("*313", True), ("*317", False)])
async def test_they_are_said_in_the_order_of_their_times(world: World, code: str, once: bool) -> None:
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == [NONE[once]]
    put(world, waiting("r2", hour=12, regular=not once), waiting("r1", regular=not once))
    call = await opens(world, dialled=code)
    await call.ends()
    when = ("today", "at") if once else ("every-day", "at")
    assert call.prompts == [
        "reminder-number", "number-1", *when, *say.time_of_day(time(11, 0), "fr"),
        "reminder-number", "number-2", *when, *say.time_of_day(time(12, 0), "fr"),
    ]  # fmt: skip
    world.nothing_left()


async def test_3_records_an_announcement_for_it(world: World) -> None:
    call = await typed(world, "*310", (ENTER, "1430"), ("reminder-is-set", "3"))
    await call.is_recorded()
    await types(call, "#", gap=4)
    await hears_new(call, "recording-saved")
    await types(call, "1")
    await hears_new(call, "reminder-kept")
    await call.ends()
    (made,) = kept(world)
    assert made.announcement is not None
    assert made.announcement in world.own_recordings.kept
    world.nothing_left()


@pytest.mark.parametrize("ends", ["*", "hangup"])
async def test_an_announcement_that_is_given_up_leaves_the_reminder_without_one(
    world: World, ends: str
) -> None:
    call = await typed(world, "*310", (ENTER, "1430"), ("reminder-is-set", "3"))
    await call.is_recorded()
    if ends == "*":
        await types(call, "*", gap=4)
        await hears_new(call, "recording-discarded")
    await call.hangs_up(after=4)
    (made,) = kept(world)
    assert made.announcement is None
    world.nothing_left()


async def test_what_cannot_be_saved_is_said_and_sets_nothing(world: World) -> None:
    world.audited.down = True
    call = await typed(world, "*310", (ENTER, "1430"))
    await call.ends()
    assert call.prompts[-1] == "not-saved-try-later"
    assert kept(world) == []
    world.nothing_left()


async def test_key_9_of_the_voice_menu_sets_hears_and_cancels_them(world: World) -> None:
    ready(world)
    call = await opens(world)
    await hears_new(call, "press-9-for-reminders")
    await types(call, "9")
    await hears_new(call, "press-2-for-regular-reminder")
    await types(call, "2")
    await hears_new(call, ENTER)
    await types(call, "0900")
    await hears_new(call, DAYS)
    await types(call, "8#")
    await hears_new(call, "every-working-day")
    await types(call, "1")
    await hears_new(call, "press-3-to-hear-reminders")
    assert [one.rule.recurrence for one in kept(world)] == [Recurrence.WORKDAYS]
    await types(call, "3")
    await hears_new(call, "every-working-day")
    await types(call, "4")
    await hears_new(call, "no-more-reminders")
    assert kept(world) == []
    await call.hangs_up()
    world.nothing_left()
