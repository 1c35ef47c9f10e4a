"""A call comes in: it rings, is answered, talks, and somebody hangs up; at every moment nothing is left behind."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Direction
from callcontrol.telephony import HangupCause
from tests.fakes.behaviour import Behaviour
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME


async def test_a_call_rings_is_answered_talks_and_the_caller_hangs_up(world: World) -> None:
    phone = world.line("4003").device(rings=1, answers=5)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    assert world.line("4003").calls == 1
    await call.hangs_up(after=10)
    assert call.talked == {phone: pytest.approx(10, abs=0.01)}
    record = world.line("4003").record
    assert record.direction is Direction.RECEIVED
    assert record.duration == pytest.approx(10, abs=0.01)
    world.nothing_left()


async def test_the_phone_shows_the_number_and_name_of_the_caller(world: World) -> None:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="+33222969570", caller="+33145678901")
    await call.talks()
    (leg,) = world.line("4003").legs
    assert leg.variables["CONNECTEDLINE(num,i)"] == "0145678901"
    assert leg.variables["CONNECTEDLINE(name,i)"] == "Société Dupont"
    await call.hangs_up()
    assert world.line("4003").record.peer.number == "+33145678901"
    world.nothing_left()


async def test_when_the_phone_hangs_up_the_caller_is_let_go(world: World) -> None:
    phone = world.line("4003").device(answers=2, leaves=7)
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert call.talked == {phone: pytest.approx(7, abs=0.01)}
    assert call.sip_status == 200
    assert call.channel.ended_by_app
    world.nothing_left()


async def test_the_caller_hears_ringing_when_a_phone_rings(world: World) -> None:
    world.line("4003").device(rings=0.6)
    call = world.trunk_call(to="0222969570")
    await world.asterisk.until(lambda: bool(world.line("4003").legs), within=1)
    assert not call.channel.rung
    await call.hears_ringing()
    assert world.asterisk.time == pytest.approx(0.6, abs=0.05)
    await call.hangs_up()
    world.nothing_left()


async def test_all_phones_ring_and_the_losers_show_no_missed_call(world: World) -> None:
    world.line("4003").devices(3, rings=0.2)
    winner = world.line("4003").device(rings=0.2, answers=4)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    losers = [leg for leg in world.line("4003").legs if not leg.alive]
    assert [leg.cause for leg in losers] == [HangupCause.ANSWERED_ELSEWHERE] * 3
    await call.hangs_up(after=1)
    assert list(call.talked) == [winner]
    assert sorted(leg.result for leg in world.line("4003").record.legs) == ["answered"] + ["elsewhere"] * 3
    world.nothing_left()


async def test_two_phones_that_answer_at_the_same_instant_do_not_both_get_the_call(world: World) -> None:
    world.line("4003").devices(2, answers=2)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    await call.hangs_up(after=3)
    assert len(call.talked) == 1
    world.nothing_left()


@pytest.mark.parametrize("after", [0, 0.0001, 0.0006, 0.0012, 0.002, 0.003, 0.0045, 0.01, 0.5, 1, 30])
async def test_a_caller_that_leaves_before_the_answer_leaves_nothing(world: World, after: float) -> None:
    world.line("4003").devices(2, rings=0.005)
    call = world.trunk_call(to="0222969570")
    await call.hangs_up(after=after)
    assert world.line("4003").record.direction is Direction.MISSED
    assert world.line("4003").messages == []
    world.nothing_left()


@pytest.mark.parametrize("after", [0.0, 0.0003, 0.0006, 0.001, 0.0015, 0.002, 0.003])
async def test_caller_and_phone_may_leave_at_the_moment_of_the_answer(world: World, after: float) -> None:
    world.line("4003").device(rings=0.1, answers=1.0, leaves=after)
    first, second = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969570")
    first.will_hang_up(1.0 + after)
    await first.ends()
    await second.ends()
    assert len(world.line("4003").records) == 2
    assert world.line("4003").records[1].direction is Direction.RECEIVED
    world.nothing_left()


async def test_a_colleague_calls_by_extension(world: World) -> None:
    phone = world.line("4003").device(answers=2)
    call = world.line("4002").dials("4003")
    await call.talks()
    assert (world.line("4002").calls, world.line("4003").calls) == (1, 1)
    await call.hangs_up(after=5)
    assert call.talked == {phone: pytest.approx(5, abs=0.01)}
    called, calling = world.line("4003").record, world.line("4002").record
    assert (called.direction, calling.direction) == (Direction.RECEIVED, Direction.OUTGOING)
    assert called.peer.number == "+33222969569"
    assert called.call == calling.call
    world.nothing_left()


async def test_a_line_that_calls_itself_rings_its_other_phones_only(world: World) -> None:
    first = world.line("4002").device(answers=1)
    second = world.line("4002").device(answers=2)
    call = world.line("4002").dials("4002", phone=0)
    await call.talks()
    assert [leg.endpoint for leg in world.line("4002").legs] == [f"PJSIP/0222969569/{second}"]
    await call.hangs_up()
    assert first not in call.talked
    world.nothing_left()


async def test_only_the_phone_in_the_callers_hand_is_left_out_not_one_with_a_longer_port(
    world: World,
) -> None:
    line = world.line("4002")
    contacts = world.asterisk.contacts.setdefault(line.number, {})
    contacts["sip:4002@192.0.2.10:50600"] = Behaviour(answers=1)
    contacts["sip:4002@192.0.2.10:5060;transport=tcp"] = Behaviour(answers=1)
    call = line.dials("4002", phone=0)
    await call.talks()
    assert [leg.endpoint for leg in line.legs] == [f"PJSIP/{line.number}/sip:4002@192.0.2.10:50600"]
    await call.hangs_up()
    world.nothing_left()


async def test_an_anonymous_caller_is_shown_as_such_and_not_kept(world: World) -> None:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570", privacy="id", pai="<sip:+33145678901@operator.invalid>")
    await call.talks()
    (leg,) = world.line("4003").legs
    assert "45678901" not in str(leg.variables)
    await call.hangs_up()
    record = world.line("4003").record
    assert (record.peer.presentation, record.peer.number) == (Presentation.ANONYMOUS, None)
    world.nothing_left()


async def test_an_unknown_number_is_announced(world: World) -> None:
    call = world.trunk_call(to="0222969599")
    await call.ends()
    assert (call.prompts, call.sip_status) == (["number-unknown"], 404)
    world.nothing_left()


async def test_a_caller_that_leaves_during_an_announcement_leaves_nothing(world: World) -> None:
    call = world.trunk_call(to="0222969599")
    await call.hears("number-unknown")
    await call.hangs_up(after=0.5)
    assert not call.channel.heard[0].whole
    assert world.process.phones.commands == ["play"]  # nobody hangs up on who has gone
    world.nothing_left()


@pytest.mark.parametrize("args", [(), ("line ",), ("", "line"), ("probe", "trunk")])
async def test_a_channel_that_takes_no_route_of_ours_is_left_to_whoever_made_it(
    world: World, args: tuple[str, ...]
) -> None:
    world.line("4003").device(answers=1)
    channel = world.stranger(*args)
    await asyncio.sleep(400)  # longer than any call of ours would need to do something with it
    assert (channel.alive, world.process.phones.commands) == (True, [])
    assert (world.entries(), world.line("4003").legs) == ([], [])
    world.asterisk.far_end_leaves(channel)
    await world.settles()
    world.nothing_left()


async def test_a_phone_whose_line_was_deleted_a_moment_ago_is_rejected(world: World) -> None:
    line = world.line("4002")
    world.directory.remove_line(line.number)
    call = line.dials("4003")
    await call.ends()
    await asyncio.sleep(0.01)  # the answer to the hangup
    assert (call.prompts, call.sip_status) == ([], 403)
    assert (world.entries(), world.history.rows) == ([], {})
    world.nothing_left()


async def test_a_caller_that_leaves_in_the_instant_it_enters_has_its_record_on_both_sides(
    world: World,
) -> None:
    world.line("4003").device(rings=0.2)
    outside = world.trunk_call(to="0222969570")
    inside = world.line("4002").dials("4003")
    for call in (outside, inside):
        world.asterisk.far_end_leaves(call.channel)
    await asyncio.sleep(0.01)  # until both were told
    for call in (outside, inside):
        await call.ends()
    assert [record.direction.value for record in world.line("4003").records] == ["missed", "missed"]
    assert world.line("4002").record.direction.value == "outgoing"
    assert world.line("4003").legs == []
    world.nothing_left()
