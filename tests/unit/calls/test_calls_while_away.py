"""What happens to calls while no app looks after them, and how the next app makes it good (design.md M9)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.history import Direction
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"


async def test_the_caller_hung_up_while_it_rang(world: World) -> None:
    world.line("4003").devices(2)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    call.will_hang_up(0.3)
    await world.crashes(away=1)
    await world.settles()
    assert world.line("4003").record.direction is Direction.MISSED
    assert world.line("4003").messages == []
    world.nothing_left()


async def test_the_caller_hung_up_while_they_talked(world: World) -> None:
    phone = world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    call.will_hang_up(5)
    await world.crashes(away=8)
    await world.settles()
    assert call.talked == {phone: pytest.approx(5, abs=0.01)}
    assert world.line("4003").legs[0].ended_by_app
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_the_phone_hung_up_while_they_talked(world: World) -> None:
    world.line("4003").device(answers=1, leaves=3)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    await world.crashes(away=5)
    await call.ends()
    assert call.channel.ended_by_app
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_a_phone_answered_while_it_rang(world: World) -> None:
    world.line("4003").device()
    phone = world.line("4003").device(answers=2)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    await world.crashes(away=4)
    await call.talks()
    assert sum(leg.alive for leg in world.line("4003").legs) == 1
    await call.hangs_up(after=5)
    assert list(call.talked) == [phone]
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_two_phones_answered_while_it_rang(world: World) -> None:
    world.line("4003").devices(2, answers=2)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    await world.crashes(away=4)
    await call.talks()
    await call.hangs_up(after=5)
    assert len(call.talked) == 1
    world.nothing_left()


async def test_the_number_outside_answered_and_left_while_it_rang(world: World) -> None:
    world.outside(MOBILE, rings=1, answers=3, leaves=2)
    call = world.line("4002").dials(MOBILE)
    await call.hears_ringing()
    await world.crashes(away=10)
    await call.ends()
    assert call.leads_somewhere
    assert world.line("4002").record.direction is Direction.OUTGOING
    world.nothing_left()


async def test_every_phone_refused_while_it_rang(world: World) -> None:
    world.line("4003").devices(2, rejects=486, after=3)
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears_ringing()
    await world.crashes(away=5)
    await call.ends()
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


async def test_the_time_to_ring_ran_out(world: World) -> None:
    world.line("4003").sets(no_answer={"voicemail_after": 10})
    world.line("4003").device()
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears_ringing()
    await world.crashes(away=30)
    await call.hears("vm-greeting-system")
    assert world.asterisk.time == pytest.approx(30, abs=0.5)
    await call.ends()
    assert world.line("4003").record.rule.rule == "voicemail.no_answer"
    world.nothing_left()


@pytest.mark.parametrize("away", [3.0, 60.0], ids=["still recorded on the return", "ended while away"])
async def test_the_message_that_was_being_recorded_is_delivered_once(world: World, away: float) -> None:
    call = world.trunk_call(to="0222969570", speaks=20)
    await call.is_recorded()
    await world.crashes(away=away)
    await call.ends()
    (message,) = world.line("4003").messages
    assert message.duration == pytest.approx(30, abs=0.01)
    assert call.prompts[-1] == "vm-sent"
    assert world.line("4003").record.message == message.id
    world.nothing_left()


async def test_a_journal_that_tells_nothing_is_put_aside_for_a_person(
    world: World, log: list[EventDict]
) -> None:
    call = world.trunk_call(to="0222969599")
    await call.hears("number-unknown")
    (world.folder / "0.jsonl").write_text("rubbish\n", encoding="utf-8")
    await world.crashes()
    await call.ends()
    assert [path.name for path in world.folder.iterdir()] == ["0.rejected"]
    (meant,) = [entry for entry in log if entry["event"] == "journal.line.unreadable"]
    log.remove(meant)
    (world.folder / "0.rejected").unlink()
    world.nothing_left()


async def test_the_caller_hung_up_while_it_was_recorded(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    call.will_hang_up(9)
    await world.crashes(away=15)
    await world.settles()
    assert world.line("4003").messages[0].duration == pytest.approx(9, abs=0.01)
    world.nothing_left()


async def test_the_announcement_ended_while_away_and_is_said_again(world: World) -> None:
    call = world.trunk_call(to="0222969599")
    await call.hears("number-unknown")
    await world.crashes(away=5)
    await call.ends()
    assert call.prompts == ["number-unknown", "number-unknown"]
    world.nothing_left()


async def test_asterisk_died_too(world: World) -> None:
    world.line("4003").device(answers=1)
    world.line("4004").device()
    talking, ringing = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969571")
    recorded = world.trunk_call(to="0222969572")
    await talking.talks()
    await ringing.hears_ringing()
    await recorded.is_recorded()
    world.later(4, world.asterisk.die)
    await world.crashes(away=10)
    await world.settles()
    assert world.line("4003").record.direction is Direction.RECEIVED
    assert world.line("4004").record.direction is Direction.MISSED
    assert world.line("4005").messages[0].duration == pytest.approx(4, abs=0.01)
    world.nothing_left()


async def test_a_call_that_was_not_written_down_yet_enters_again(world: World) -> None:
    world.line("4003").device(answers=1, leaves=3)
    call = world.trunk_call(to="0222969570")
    world.process.die()  # before it learnt of the call
    await world.returns(away=0.2)
    await call.ends()
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_five_deaths_in_one_call_change_nothing(world: World) -> None:
    phone = world.line("4003").device(rings=0.2, answers=3)
    call = world.trunk_call(to="0222969570")
    for _ in range(5):
        await world.crashes(away=0.9)
    await call.talks()
    await call.hangs_up(after=4)
    assert list(call.talked) == [phone]
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_fifty_calls_in_every_state_survive_a_death(world: World) -> None:
    world.line("4003").device(answers=0.5)
    world.line("4004").device(rings=0.1)
    world.outside(MOBILE, rings=0.1, answers=20)
    world.directory.put_company(replace(COMPANY, max_calls=100))
    for name in ("4003", "4004", "4005"):
        world.change_line(name, max_calls=100)
    calls = [world.trunk_call(to=to) for _ in range(15) for to in ("0222969570", "0222969571", "0222969572")]
    calls += [world.line("4005").dials(MOBILE) for _ in range(5)]
    await calls[2].is_recorded()
    counted = [world.line(name).calls for name in ("4003", "4004", "4005")]
    await world.crashes()
    assert [world.line(name).calls for name in ("4003", "4004", "4005")] == counted == [15, 15, 5]
    for call in calls:
        call.will_hang_up(3)
    for call in calls:
        await call.ends()
    assert len(world.line("4003").records) == len(world.line("4004").records) == 15
    assert len(world.line("4005").messages) == 15
    assert len(world.line("4005").records) == 20
    world.nothing_left()


async def test_a_process_that_steps_down_touches_nothing(world: World) -> None:
    world.line("4003").device(answers=1)
    world.line("4004").device()
    calls = [world.trunk_call(to=f"02229695{n}") for n in (70, 71, 72, 99)]
    await calls[0].talks()
    await calls[3].hears("number-unknown")
    commands = list(world.process.phones.commands)
    old = world.process
    await old.over()
    assert old.phones.commands == commands
    await world.returns()
    for call in calls:
        call.will_hang_up(8)
    for call in calls:
        await call.ends()
    world.nothing_left()


@pytest.mark.parametrize("kind", ["inside", "outside"])
async def test_death_at_any_moment_of_the_first_milliseconds(
    kind: str, tmp_path: Path, log: list[EventDict]
) -> None:
    """Between a command and its answer too: nothing is dialled twice, and somebody is always reached."""
    for step in range(60):
        world = World(tmp_path / str(step))
        if kind == "inside":
            world.line("4003").devices(2, rings=0.05, answers=3, leaves=2)
            call = world.trunk_call(to="0222969570")
        else:
            world.outside(MOBILE, rings=0.05, answers=3, leaves=2)
            call = world.line("4002").dials(MOBILE)
        world.later(step * 0.00025 + 0.0001, world.process.die)
        await world.dies()
        await world.returns(away=0.5)
        await call.ends()
        assert len(call.talked) == 1, f"death after {step * 0.25} ms"
        world.nothing_left()
        await world.process.over()
