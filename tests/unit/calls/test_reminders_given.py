"""Calls that give a reminder (spec §8), on virtual time: rung, spoken, snoozed, tried again, missed, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Direction
from callcontrol.reminders.reminder import CameTo, Status, WhyMissed
from callcontrol.telephony import HangupCause
from tests.fakes.actors import LineActor
from tests.fakes.clock import MORNING
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.reminder_calls import due

pytestmark = VIRTUAL_TIME

INTRO, AGAIN, TOLD, SNOOZED, BYE = (
    "reminder-intro", "reminder-again", "reminder-is-due", "reminder-snoozed", "goodbye",
)  # fmt: skip


@pytest.fixture
def camille(world: World) -> LineActor:
    return world.line("4002")


@asynccontextmanager
async def given(world: World) -> AsyncIterator[None]:
    """The process calls what is due, by itself."""
    task = asyncio.create_task(world.process.reminder_calls.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_all_phones_ring_and_whichever_answers_hears_it_without_a_key(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2)
    camille.device(rings=0.2, answers=3)
    call = world.reminder_call(camille, due())
    await call.ends()
    assert call.prompts == [INTRO, TOLD, AGAIN, BYE]
    assert {leg.variables["CONNECTEDLINE(name,i)"] for leg in camille.legs} == {"Rappel : Pain"}
    lost = next(leg for leg in camille.legs if leg.answered_at is None)
    assert lost.cause == HangupCause.ANSWERED_ELSEWHERE
    record = camille.record
    assert (record.direction, record.rule.rule) == (Direction.RECEIVED, "reminder.due")
    assert (record.peer.presentation, record.peer.name) == (Presentation.UNAVAILABLE, "Pain")
    assert world.reminders.rows == {}
    world.nothing_left()


@pytest.mark.parametrize(
    ("presses", "heard"),
    [
        pytest.param(((1, "1"),), [INTRO, TOLD, AGAIN, BYE], id="1 plays it at once"),
        pytest.param(((1, "1"), (5, "1")), [INTRO, TOLD, AGAIN, TOLD, AGAIN, BYE], id="1 again repeats it"),
        pytest.param(
            ((1, "7"), (4, "1")), [INTRO, "invalid-choice", INTRO, TOLD, AGAIN, BYE], id="a wrong key"
        ),
        pytest.param(((1, "2"),), [INTRO, SNOOZED], id="2 is again in ten minutes"),
        pytest.param(((1, "1"), (5, "2")), [INTRO, TOLD, AGAIN, SNOOZED], id="2 after it was heard"),
    ],
)
async def test_the_keys(
    world: World, camille: LineActor, presses: tuple[tuple[float, str], ...], heard: list[str]
) -> None:
    camille.device(rings=0.2, answers=2, presses=presses)
    call = world.reminder_call(camille, due())
    await call.ends()
    assert call.prompts == heard
    (kept,) = world.reminders.rows.values() if heard[-1] == SNOOZED else (None,)
    assert kept is None or kept.standing.status is Status.SNOOZED
    world.nothing_left()


async def test_the_own_announcement_is_played(world: World, camille: LineActor) -> None:
    world.own_recordings.kept["mine"] = 5.0
    camille.device(rings=0.2, answers=2)
    call = world.reminder_call(camille, due(announcement="mine"))
    await call.ends()
    assert call.prompts == [INTRO, "mine", AGAIN, BYE]
    world.nothing_left()


async def test_a_phone_that_is_left_off_its_hook_with_a_key_that_sticks_ends(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2, presses=tuple((float(n), "1") for n in range(1, 200)))
    call = world.reminder_call(camille, due())
    await call.ends()
    assert call.prompts[-1] == BYE
    assert call.prompts.count(TOLD) <= 10
    world.nothing_left()


@pytest.mark.parametrize(
    "document",
    [
        {"dnd": {"enabled": True}},
        {"incoming": "forward", "unconditional": {"number": "4003"}},
        {"incoming": "voicemail"},
    ],
)
async def test_neither_do_not_disturb_nor_a_forward_nor_voicemail_stops_it(
    world: World, camille: LineActor, document: dict[str, Any]
) -> None:
    camille.sets(**document)
    camille.device(rings=0.2, answers=2)
    other = world.line("4003").device(rings=0.2, answers=1)
    call = world.reminder_call(camille, due())
    await call.ends()
    assert call.prompts[:2] == [INTRO, TOLD]
    assert world.line("4003").legs == [], other
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "came_to"),
    [
        pytest.param({"rings": 0.2}, CameTo.NO_ANSWER, id="nobody answers"),
        pytest.param({"rings": 0.2, "rejects": 486}, CameTo.BUSY, id="busy"),
        pytest.param({"rings": 0.2, "rejects": 603}, CameTo.BUSY, id="refused"),
        pytest.param({"rings": 0.2, "redirects": "4003"}, CameTo.NO_ANSWER, id="sends it elsewhere"),
        pytest.param({"gone": True}, CameTo.NO_ANSWER, id="gone"),
        pytest.param(None, CameTo.NO_ANSWER, id="no phone is there"),
    ],
)
async def test_a_call_that_nobody_takes_is_missed_in_the_history_and_goes_nowhere_else(
    world: World, camille: LineActor, does: dict[str, Any] | None, came_to: CameTo
) -> None:
    if does is not None:
        camille.device(**does)
    world.line("4003").device(rings=0.2, answers=1)
    call = world.reminder_call(camille, due())
    await call.ends()
    assert [each.came_to for each in world.reminders.settled] == [came_to]
    assert world.line("4003").legs == []
    assert camille.messages == []
    assert camille.record.direction is Direction.MISSED
    world.nothing_left()


async def test_a_line_that_holds_all_the_calls_it_may_is_busy(world: World, camille: LineActor) -> None:
    world.change_line("4002", max_calls=0)
    camille.device(rings=0.2, answers=1)
    call = world.reminder_call(camille, due())
    await call.ends()
    assert camille.legs == []
    assert [each.came_to for each in world.reminders.settled] == [CameTo.BUSY]
    assert camille.record.rule.rule == "reminder.line_full"
    world.nothing_left()


async def test_it_counts_as_a_call_of_its_line(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2)
    call = world.reminder_call(camille, due())
    await call.first_answers()
    assert camille.calls == 1
    await call.ends()
    assert camille.calls == 0
    world.nothing_left()


async def test_69_does_not_take_a_reminder_for_a_caller(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=1)
    await world.reminder_call(camille, due()).ends()
    call = camille.dials("*69")
    await call.ends()
    assert call.prompts == ["no-caller-to-call-back"]
    world.nothing_left()


# --- by itself ------------------------------------------------------------------------------------------------------


def at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


async def test_nobody_answers_three_times_five_minutes_apart_then_it_is_mailed(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2)
    world.reminders.rows["r1"] = due()
    async with given(world):
        await asyncio.sleep(60 * 20)
    begun = sorted(record.started_at for record in camille.records)
    assert [round((each - MORNING).total_seconds() / 60) for each in begun] == [0, 6, 11]
    assert world.reminders.mailed == [("r1", WhyMissed.NO_ANSWER)]
    assert world.reminders.rows["r1"].standing.status is Status.MISSED
    world.nothing_left()


async def test_a_snoozed_one_rings_again_after_ten_minutes(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, presses=((1, "2"),))
    world.reminders.rows["r1"] = due()
    async with given(world):
        await asyncio.sleep(60 * 12)
    begun = sorted(record.started_at for record in camille.records)
    assert len(begun) == 2
    assert 600 <= (begun[1] - begun[0]).total_seconds() <= 606
    world.nothing_left()


async def test_a_regular_one_waits_for_tomorrow(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=3)
    world.reminders.rows["r1"] = due(regular=True)
    async with given(world):
        await asyncio.sleep(60)
    standing = world.reminders.rows["r1"].standing
    assert (standing.status, standing.last) == (Status.PENDING, Status.DONE)
    assert standing.due_at is not None
    assert standing.due_at > at(60)
    world.nothing_left()


async def test_two_of_a_line_at_the_same_time_are_given_one_after_the_other(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2, leaves=3)
    for name in ("r1", "r2"):
        world.reminders.rows[name] = replace(due(), id=name)
    async with given(world):
        await asyncio.sleep(5)
        assert len(camille.legs) == 1
        await asyncio.sleep(20)
    assert len(camille.records) == 2
    assert world.reminders.rows == {}
    world.nothing_left()


async def test_100_at_once_are_begun_at_the_pace_that_is_set(world: World, camille: LineActor) -> None:
    for n in range(100):
        line = replace(camille.line, number=f"02229696{n:02}", extension=f"60{n:02}")
        world.directory.put_line(line)
        world.reminders.rows[line.number] = replace(due(line.number), id=line.number)
    async with given(world):
        await asyncio.sleep(2)
        assert 35 <= len(world.reminders.settled) + len(world.process.live_calls.calls) <= 55
        await asyncio.sleep(30)
    assert len(world.reminders.settled) == 100
    world.nothing_left()


async def test_one_that_was_taken_and_never_called_is_taken_back(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=3)
    world.reminders.rows["r1"] = due()
    world.reminders.calls["a call of a process that died"] = "r1"
    async with given(world):
        await asyncio.sleep(30)
    assert [each.came_to for each in world.reminders.settled] == [CameTo.HEARD]
    world.nothing_left()


async def test_what_a_call_came_to_waits_for_the_database(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=3)
    world.reminders.rows["r1"] = due()
    async with given(world):
        await asyncio.sleep(2)
        world.reminders.down = True
        await asyncio.sleep(60)
        assert world.reminders.settled == []
        world.reminders.down = False
        await asyncio.sleep(30)
    assert [each.came_to for each in world.reminders.settled] == [CameTo.HEARD]
    assert len(camille.records) == 1
    world.nothing_left()
