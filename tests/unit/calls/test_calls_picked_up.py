"""A phone picks up a call that rings at another one: ``*8`` in its group, ``**`` at an extension (spec §2.6)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.facts import Line
from callcontrol.history import Direction
from callcontrol.telephony import HangupCause
from tests.fakes.actors import Caller
from tests.fakes.behaviour import Behaviour
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME

DOMINIQUE, SACHA = "0222969570", "0222969572"
MOBILE = "0612345678"


@pytest.fixture
def bureau(world: World) -> World:
    """4003 and 4005 share a pickup group; 4002 and 4004 do not."""
    for name in ("4003", "4005"):
        world.change_line(name, pickup_groups=("Bureau",))
    return world


def contacts_of(world: World, name: str) -> set[str]:
    return set(world.asterisk.contacts.get(world.line(name).number, {}))


async def ringing(world: World, call: Caller) -> None:
    """Until a phone rings for it."""
    await call.hears_ringing()


@pytest.mark.parametrize("code", ["*8", "**4003"])
async def test_the_picker_talks_with_the_caller_and_everybodys_history_says_so(
    bureau: World, code: str
) -> None:
    world = bureau
    world.line("4003").devices(2, rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    picker = world.line("4005").dials(code)
    await picker.talks()
    assert call.talks_now
    assert picker.channel.answered_at is not None
    assert [leg.cause for leg in world.line("4003").legs] == [HangupCause.ANSWERED_ELSEWHERE] * 2
    await call.hangs_up(after=20)
    assert (picker.channel.displays, call.channel.displays) == (["Société Dupont"], [])
    assert not picker.channel.alive
    missed, got = world.line("4003").record, world.line("4005").record
    assert (missed.direction, missed.answered_at) == (Direction.MISSED, None)
    assert [leg.result for leg in missed.legs] == ["elsewhere", "elsewhere", "answered"]
    assert (got.direction, got.peer.number) == (Direction.RECEIVED, "+33145678901")
    assert (got.rule.rule, dict(got.rule.params)) == ("call.picked_up", {"line": DOMINIQUE})
    assert got.duration == pytest.approx(20, abs=0.1)
    assert {record.call for record in world.history.rows.values()} == {got.call}
    world.nothing_left()


async def test_a_colleagues_call_is_picked_up_and_all_three_have_a_record(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.line("4002").dials("4003")
    await ringing(world, call)
    picker = world.line("4005").dials("*8")
    await picker.talks()
    await picker.hangs_up(after=5)
    await call.ends()
    kinds = {name: world.line(name).record.direction for name in ("4002", "4003", "4005")}
    assert kinds == {
        "4002": Direction.OUTGOING, "4003": Direction.MISSED, "4005": Direction.RECEIVED,
    }  # fmt: skip
    assert world.line("4002").record.duration == pytest.approx(5, abs=0.1)
    world.nothing_left()


async def test_a_forwarded_call_is_picked_up_where_it_rings_now(bureau: World) -> None:
    world = bureau
    world.line("4002").sets(incoming="forward", unconditional={"number": "4003"})
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969569")
    await ringing(world, call)
    too_early = world.line("4005").dials("**4002")
    await too_early.ends()
    assert too_early.prompts == ["nothing-to-pick-up"]
    picker = world.line("4005").dials("**4003")
    await picker.talks()
    await call.hangs_up(after=3)
    got = world.line("4005").records[-1]
    assert dict(got.rule.params) == {"line": DOMINIQUE}
    world.nothing_left()


async def test_the_counts_are_those_of_who_holds_the_call(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    assert (world.line("4003").calls, world.line("4005").calls) == (1, 0)
    picker = world.line("4005").dials("*8")
    await picker.talks()
    assert (world.line("4003").calls, world.line("4005").calls) == (0, 1)
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await picker.hangs_up(after=2)
    await call.ends()
    assert world.process.occupancy.empty
    world.nothing_left()


async def test_two_phones_pick_up_in_the_same_instant_and_one_of_them_gets_it(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    pickers = [world.line("4005").dials("*8"), world.line("4002").dials("**4003")]
    await call.talks()
    first = next(picker for picker in pickers if picker.talks_now)
    other = next(picker for picker in pickers if picker is not first)
    await other.ends()
    assert (other.prompts, other.sip_status) == (["nothing-to-pick-up"], 404)
    await call.hangs_up(after=1)
    assert (first.prompts, first.sip_status) == ([], 200)
    assert [r.direction for r in world.line("4005").records + world.line("4002").records] == [
        Direction.RECEIVED, Direction.OUTGOING,
    ]  # fmt: skip
    world.nothing_left()


@pytest.mark.parametrize("after", [0.0, 0.0002, 0.0005, 0.0007, 0.001, 0.0012, 0.0015])
async def test_a_picker_that_hangs_up_before_it_is_answered_leaves_the_call_ringing(
    bureau: World, after: float
) -> None:
    """It has received nothing, and the next one picks it up; or it was answered, and its hangup ends the call."""
    world = bureau
    phone = world.line("4003").device(rings=0.2, answers=9)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    picker = world.line("4005").dials("*8")
    picker.will_hang_up(after)
    await asyncio.sleep(1)
    if picker.channel.answered_at is None:
        assert world.line("4003").calls == 1
        assert world.line("4005").calls == 0
        await call.talks()
        assert list(call.talked) == [phone]
        await call.hangs_up()
        assert world.line("4005").records == []
        assert world.line("4003").record.direction is Direction.RECEIVED
    else:
        await call.ends()
        assert world.line("4005").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_after_a_picker_that_left_at_once_another_one_gets_it(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    world.line("4005").dials("*8").will_hang_up(0)
    await asyncio.sleep(0.5)
    second = world.line("4002").dials("**4003")
    await second.talks()
    await second.hangs_up(after=2)
    await call.ends()
    assert world.line("4002").record.rule.rule == "call.picked_up"
    world.nothing_left()


@pytest.mark.parametrize("sooner", [-0.002, -0.001, -0.0005, 0.0, 0.0005, 0.001, 0.0015, 0.002, 0.003])
async def test_a_device_that_answers_in_the_instant_of_the_pickup(bureau: World, sooner: float) -> None:
    """One of the two has the call, the other one does not, and the records know which."""
    world = bureau
    phone = world.line("4003").device(rings=0.2, answers=4)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    (leg,) = world.line("4003").legs
    loop = asyncio.get_running_loop()
    answers_at = loop.time() - 0.2 + 4
    await asyncio.sleep(answers_at - sooner - loop.time())
    picker = world.line("4005").dials("*8")
    await call.talks()
    await call.hangs_up(after=3)
    assert len(call.talked) == 1
    by_device = list(call.talked) == [phone]
    assert world.line("4003").record.direction is (Direction.RECEIVED if by_device else Direction.MISSED)
    if by_device:
        assert picker.prompts == ["nothing-to-pick-up"]
        assert world.line("4005").record.direction is Direction.OUTGOING
    else:
        assert leg.cause == HangupCause.ANSWERED_ELSEWHERE
        assert world.line("4005").record.direction is Direction.RECEIVED
        assert [r.result for r in world.line("4003").record.legs] == ["elsewhere", "answered"]
    world.nothing_left()


@pytest.mark.parametrize(
    "offset", [-0.004, -0.002, -0.001, -0.0005, 0.0, 0.0002, 0.0005, 0.001, 0.002, 0.004]
)
async def test_a_pickup_in_the_instant_in_which_the_ring_ends_leaves_nobody_in_silence(
    bureau: World, offset: float
) -> None:
    world = bureau
    world.line("4003").sets(no_answer={"voicemail_after": 6})
    world.line("4003").devices(2, rings=0.2)
    begun = asyncio.get_running_loop().time()
    call = world.trunk_call(to=DOMINIQUE, speaks=3)
    await ringing(world, call)
    await asyncio.sleep(begun + 6 - asyncio.get_running_loop().time() + 0.003 + offset)
    picker = world.line("4005").dials("*8")
    picker.will_hang_up(8)
    await picker.ends()
    assert bool(picker.talked) != (picker.prompts == ["nothing-to-pick-up"])
    await call.ends()
    assert bool(call.talked) == bool(picker.talked)
    world.nothing_left()


async def test_a_pickup_while_every_phone_refuses_leaves_nobody_in_silence(
    bureau: World, tmp_path: Path
) -> None:
    """The verdict is there, but what is left of the ring is still being ended."""
    world = bureau
    world.line("4003").device(rings=0.2, rejects=603, after=2)
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE, speaks=3)
    await ringing(world, call)
    await asyncio.sleep(2 - 0.0003)
    picker = world.line("4005").dials("*8")
    picker.will_hang_up(8)
    await picker.ends()
    assert bool(picker.talked) != (picker.prompts == ["nothing-to-pick-up"])
    await call.ends()
    world.nothing_left()


async def test_nothing_to_pick_up_when_nothing_rings_or_somebody_has_answered(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2, answers=2)
    alone = world.line("4005").dials("*8")
    await alone.ends()
    assert (alone.prompts, alone.sip_status) == (["nothing-to-pick-up"], 404)
    call = world.trunk_call(to=DOMINIQUE)
    await call.talks()
    late = world.line("4005").dials("**4003")
    await late.ends()
    assert late.prompts == ["nothing-to-pick-up"]
    await call.hangs_up()
    assert [r.direction for r in world.line("4005").records] == [Direction.OUTGOING] * 2
    world.nothing_left()


async def test_a_phone_does_not_pick_up_at_its_own_line(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    for code in ("*8", "**4003"):
        own = world.line("4003").dials(code)
        await own.ends()
        assert own.prompts == ["nothing-to-pick-up"]
    await call.hangs_up()
    world.nothing_left()


async def test_a_group_is_needed_for_the_short_code_and_none_for_an_extension(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    stranger = world.line("4002").dials("*8")
    await stranger.ends()
    assert stranger.prompts == ["nothing-to-pick-up"]
    colleague = world.line("4002").dials("**4003")
    await colleague.talks()
    await colleague.hangs_up()
    await call.ends()
    world.nothing_left()


async def test_another_companys_call_is_out_of_reach(bureau: World) -> None:
    world = bureau
    world.directory.put_company(replace(COMPANY, id="other", name="Autre"))
    for number, name in (("0333333301", "Ici"), ("0333333302", "Là")):
        world.directory.put_line(
            Line(number, "other", name, extension=f"41{number[-2:]}", pickup_groups=("Bureau",))
        )
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    for code in ("*8", "**4003"):
        theirs = world.line("0333333301").dials(code)
        await theirs.ends()
        assert "nothing-to-pick-up" in theirs.prompts
    await call.hangs_up()
    world.nothing_left()


async def test_the_call_that_has_rung_longest_is_picked_up_first(bureau: World) -> None:
    world = bureau
    world.line("4003").device(rings=0.2)
    first = world.trunk_call(to=DOMINIQUE)
    await asyncio.sleep(1)
    second = world.trunk_call(to=DOMINIQUE, caller="+33145678902")
    await asyncio.sleep(1)
    one = world.line("4005").dials("*8")
    await one.talks()
    assert (first.talks_now, second.talks_now) == (True, False)
    two = world.line("4005").dials("*8", phone=1)
    await two.talks()
    assert second.talks_now
    await first.hangs_up()
    await second.hangs_up()
    world.nothing_left()


async def test_the_caller_that_hangs_up_as_it_is_picked_up_takes_everybody_along(bureau: World) -> None:
    world = bureau
    for after in (0.0, 0.0005, 0.001, 0.002, 0.003, 0.005):
        world.line("4003").device(rings=0.2)
        call = world.trunk_call(to=DOMINIQUE)
        await ringing(world, call)
        picker = world.line("4005").dials("*8")
        call.will_hang_up(after)
        await call.ends()
        await picker.ends()
        world.nothing_left()


async def test_the_picker_answers_although_the_app_died_between_the_two_entries_of_the_hand_over(
    tmp_path: Path, log: list[EventDict]
) -> None:
    world = World(tmp_path)
    world.change_line("4003", pickup_groups=("Bureau",))
    world.change_line("4005", pickup_groups=("Bureau",))
    world.line("4003").device(Behaviour(rings=0.2))
    call = world.trunk_call(to=DOMINIQUE)
    await ringing(world, call)
    world.process._die_after = len(world.process.entries) + 3  # Entered, OutgoingDecided, LegTaken
    picker = world.line("4005").dials("*8")
    await world.dies()
    await world.returns(away=0.5)
    await picker.talks()
    assert call.talks_now
    await call.hangs_up(after=4)
    assert world.line("4005").record.direction is Direction.RECEIVED
    world.nothing_left()
