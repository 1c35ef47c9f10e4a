"""Live screening: the owner's devices ring while a message is spoken; whoever picks up hears it, ``1`` takes the call
(spec §5)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from callcontrol.history import Direction
from callcontrol.telephony import HangupCause
from tests.fakes.actors import Caller, LineActor
from tests.fakes.channel import FakeChannel
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

DOMINIQUE = "0222969570"
EARLY = (0.0, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005)


@pytest.fixture
def owner(world: World) -> LineActor:
    """A line whose calls all go to its mailbox, at once, and that listens."""
    line = world.line("4003")
    line.sets(incoming="voicemail")
    line.sets_document("message-settings", {"live_screening": True})
    return line


async def recorded_call(world: World, **more: Any) -> Caller:
    """A caller whose message is being recorded."""
    call = world.trunk_call(to=DOMINIQUE, **more)
    await call.is_recorded()
    return call


async def rings(world: World, owner: LineActor) -> FakeChannel:
    """The leg to the only device, once it is there."""
    await world.asterisk.until(lambda: bool(owner.legs), within=1)
    (leg,) = owner.legs
    return leg


def ears(world: World) -> list[FakeChannel]:
    return [channel for channel in world.asterisk.channels.values() if channel.hears is not None]


async def somebody_listens(world: World) -> FakeChannel:
    """Until an ear is in a bridge with a device; that device."""

    def listener() -> FakeChannel | None:
        for members in world.asterisk.bridges.members.values():
            channels = [world.asterisk.channels[c] for c in members]
            if any(c.hears is not None for c in channels) and len(channels) == 2:
                return next(c for c in channels if c.hears is None)
        return None

    await world.asterisk.until(lambda: listener() is not None, within=60)
    found = listener()
    assert found is not None
    return found


async def test_whoever_picks_up_hears_the_message_and_the_caller_notices_nothing(
    world: World, owner: LineActor
) -> None:
    owner.device(rings=0.2, answers=4)
    call = await recorded_call(world)
    leg = await rings(world, owner)
    assert leg.variables["CONNECTEDLINE(name,i)"] == "Écoute : Société Dupont"
    assert await somebody_listens(world) is leg
    assert ears(world)[0].hears is call.channel
    assert call.channel.bridge is None  # nothing that is said beside it reaches it
    assert call.prompts == ["vm-greeting-system", "beep"]
    assert not call.talks_now
    await call.hangs_up(after=5)
    assert not leg.alive
    assert (owner.record.direction, owner.record.answered_at) == (Direction.MISSED, None)
    (message,) = owner.messages
    assert message.new
    world.nothing_left()


async def test_the_key_takes_the_call_and_the_part_recorded_is_kept_as_heard(
    world: World, owner: LineActor
) -> None:
    phone = owner.device(rings=0.2, answers=4, presses=((3, "1"),))
    owner.device(rings=0.2)
    call = await recorded_call(world)
    begun = asyncio.get_running_loop().time()
    await call.talks()
    assert asyncio.get_running_loop().time() - begun == pytest.approx(7, abs=0.3)
    assert ears(world) == []
    assert [leg.cause for leg in owner.legs if not leg.alive] == [HangupCause.ANSWERED_ELSEWHERE]
    await call.hangs_up(after=10)
    assert list(call.talked) == [phone]
    (message,) = owner.messages
    assert not message.new
    assert message.duration == pytest.approx(7, abs=0.3)
    assert (owner.record.direction, owner.record.message) == (Direction.RECEIVED, message.id)
    assert [leg.result for leg in owner.record.legs] == ["answered", "elsewhere"]
    world.nothing_left()


async def test_other_keys_than_the_one_take_nothing(world: World, owner: LineActor) -> None:
    owner.device(rings=0.2, answers=2, presses=tuple((n + 1, key) for n, key in enumerate("2*#0")))
    call = await recorded_call(world)
    await somebody_listens(world)
    await asyncio.sleep(8)
    assert call.channel.recordings
    await call.hangs_up()
    assert owner.messages[0].new
    assert owner.record.direction is Direction.MISSED
    world.nothing_left()


async def test_a_key_of_somebody_who_does_not_listen_takes_nothing(world: World, owner: LineActor) -> None:
    owner.device(rings=0.2, answers=2)
    owner.device(rings=0.2, answers=3, presses=((0.5, "1"),))
    call = await recorded_call(world)
    await asyncio.sleep(8)
    assert not call.talks_now
    await call.hangs_up()
    world.nothing_left()


async def test_a_second_device_hears_that_somebody_listens_and_the_first_goes_on(
    world: World, owner: LineActor
) -> None:
    owner.device(rings=0.2, answers=2)
    owner.device(rings=0.2, answers=4)
    call = await recorded_call(world)
    first = await somebody_listens(world)
    await asyncio.sleep(6)
    (second,) = [leg for leg in owner.legs if leg is not first]
    assert [heard.prompt for heard in second.heard] == ["listening-taken"]
    assert not second.alive
    assert first.bridge is not None
    await call.hangs_up()
    world.nothing_left()


async def test_two_devices_that_pick_up_in_the_same_instant(world: World, owner: LineActor) -> None:
    owner.devices(2, rings=0.2, answers=2)
    call = await recorded_call(world)
    first = await somebody_listens(world)
    await asyncio.sleep(5)
    assert first.alive
    assert [leg.alive for leg in owner.legs if leg is not first] == [False]
    await call.hangs_up()
    world.nothing_left()


async def test_after_a_listener_that_left_another_device_may_listen_and_take_the_call(
    world: World, owner: LineActor
) -> None:
    owner.device(rings=0.2, answers=2, leaves=3)
    second = owner.device(rings=0.2, answers=8, presses=((2, "1"),))
    call = await recorded_call(world)
    await call.talks()
    await call.hangs_up(after=2)
    assert list(call.talked) == [second]
    assert [message.new for message in owner.messages] == [False]
    world.nothing_left()


@pytest.mark.parametrize("leaves", EARLY)
async def test_a_listener_that_leaves_at_once_leaves_the_recording_going(
    world: World, owner: LineActor, leaves: float
) -> None:
    owner.device(rings=0.2, answers=2, leaves=leaves)
    call = await recorded_call(world)
    await asyncio.sleep(6)
    assert call.channel.recordings
    assert ears(world) == []
    await call.hangs_up()
    assert owner.messages[0].new
    world.nothing_left()


@pytest.mark.parametrize("after", [*EARLY, 1.0])
async def test_a_caller_that_hangs_up_while_somebody_begins_to_listen(
    world: World, owner: LineActor, after: float
) -> None:
    owner.device(rings=0.2, answers=3)
    call = await recorded_call(world)
    leg = await rings(world, owner)
    await world.asterisk.until(lambda: leg.answered_at is not None, within=10)
    await call.hangs_up(after=after)
    assert not leg.alive
    assert [message.new for message in owner.messages] == [True]
    assert owner.record.direction is Direction.MISSED
    world.nothing_left()


@pytest.mark.parametrize("after", [*EARLY, 0.01, 1.0])
@pytest.mark.parametrize("who", ["caller", "listener"])
async def test_whoever_hangs_up_as_the_key_is_pressed_ends_the_call(
    world: World, owner: LineActor, after: float, who: str
) -> None:
    """The part recorded is there whatever happens, once, and as heard when the key came to us before the hangup."""
    owner.device(rings=0.2, answers=3)
    call = await recorded_call(world)
    leg = await somebody_listens(world)
    await asyncio.sleep(3)
    world.asterisk.press(leg, "1")
    world.later(after, lambda: world.asterisk.far_end_leaves(call.channel if who == "caller" else leg))
    await call.ends()
    assert not leg.alive
    (message,) = owner.messages
    assert not message.new
    assert owner.record.direction is Direction.RECEIVED
    world.nothing_left()


@pytest.mark.parametrize("listening", [False, True], ids=["it rings", "somebody listens"])
@pytest.mark.parametrize("how", ["hash", "silence"])
async def test_the_end_of_the_recording_ends_the_ring_and_the_listening(
    world: World, owner: LineActor, how: str, listening: bool
) -> None:
    owner.device(rings=0.2, answers=2 if listening else None)
    call = await recorded_call(world, speaks=5 if how == "silence" else None)
    if how == "hash":
        await call.presses("#", after=6)
    await call.hears("vm-sent")
    assert [leg.alive for leg in owner.legs] == [False]
    assert ears(world) == []
    await call.ends()
    assert owner.messages[0].new
    assert owner.record.direction is Direction.MISSED
    world.nothing_left()


async def test_devices_ring_as_long_as_the_recording_lasts(world: World, owner: LineActor) -> None:
    owner.device(rings=0.2)
    call = await recorded_call(world)
    await asyncio.sleep(295)
    assert [leg.alive for leg in owner.legs] == [True]
    await call.ends()
    assert owner.messages[0].duration == pytest.approx(300, abs=1)
    world.nothing_left()


@pytest.mark.parametrize("why", ["dnd", "full", "off"])
async def test_no_device_rings_when_the_line_is_not_to_be_disturbed_or_full_or_does_not_want_it(
    world: World, owner: LineActor, why: str
) -> None:
    owner.sets()
    owner.device(rings=0.2, answers=2)
    if why == "dnd":
        owner.sets(dnd={"enabled": True})
    elif why == "full":
        world.change_line("4003", max_calls=0)
    else:
        owner.sets(incoming="voicemail")
        owner.sets_document("message-settings", {"live_screening": False})
    call = await recorded_call(world)
    await call.hangs_up(after=8)
    assert owner.legs == []
    world.nothing_left()


async def test_with_no_device_there_the_message_is_taken_as_ever(world: World, owner: LineActor) -> None:
    call = await recorded_call(world, speaks=5)
    await call.ends()
    assert call.prompts == ["vm-greeting-system", "beep", "vm-sent"]
    assert owner.messages[0].new
    world.nothing_left()


async def test_an_anonymous_caller_is_not_named_to_the_listener(world: World, owner: LineActor) -> None:
    owner.device(rings=0.2)
    call = await recorded_call(world, privacy="id")
    leg = await rings(world, owner)
    assert "Dupont" not in str(leg.variables)
    assert "145678901" not in str(leg.variables)
    assert leg.variables["CONNECTEDLINE(name,i)"] == "Écoute"
    await call.hangs_up(after=1)
    world.nothing_left()


async def test_the_devices_of_the_owner_ring_when_a_forward_inside_ends_in_its_mailbox(world: World) -> None:
    """The mailbox is the first line's, and it is that line that listens, takes, and has received the call."""
    owner, other = world.line("4003"), world.line("4004")
    owner.sets(incoming="forward", unconditional={"number": "4004"})
    owner.sets_document("message-settings", {"live_screening": True})
    other.sets(no_answer={"voicemail_after": 6})
    other.device(rings=0.2)
    phone = owner.device(rings=0.2, answers=3, presses=((2, "1"),))
    call = world.trunk_call(to=DOMINIQUE)
    await call.talks()
    await call.hangs_up(after=4)
    assert list(call.talked) == [phone]
    assert [message.new for message in owner.messages] == [False]
    assert owner.record.direction is Direction.RECEIVED
    assert owner.record.duration == pytest.approx(4, abs=0.1)
    assert other.record.direction is Direction.MISSED
    world.nothing_left()


async def test_a_listener_counts_for_its_line_once_it_has_taken_the_call(
    world: World, owner: LineActor
) -> None:
    owner.device(rings=0.2, answers=3, presses=((2, "1"),))
    call = await recorded_call(world)
    await somebody_listens(world)
    assert owner.calls == 0
    await call.talks()
    assert owner.calls == 1
    await call.hangs_up(after=1)
    world.nothing_left()


async def test_an_ear_that_came_while_the_events_were_away_is_found(world: World, owner: LineActor) -> None:
    owner.device(rings=0.2, answers=3)
    call = await recorded_call(world)
    await world.asterisk.until(lambda: bool(ears(world)), within=10)
    world.process.disconnect()
    await asyncio.sleep(1)
    await world.process.connect()
    await somebody_listens(world)
    await call.hangs_up(after=3)
    world.nothing_left()
