"""Live screening on real phones: what the listener hears, what the caller never hears, how fast ``1`` joins them, and
the app killed in it (spec §5)."""

from __future__ import annotations

import asyncio
from itertools import groupby

import pytest

from callcontrol.history import Direction
from rig import Phone, Trunk, both_hear, tones
from rig.call import Call
from rig.g711 import RATE
from rig.incoming import IncomingCall
from rig.outgoing import OutgoingCall
from tests.e2e.office import Desk, Office
from tests.e2e.people import MESSAGE_SECONDS, outside_call, register, take

OUTSIDE = "+33145720002"
JOINED_SECONDS = 0.3
KEY_SECONDS = 0.1
NOTHING = 20.0
"""Root mean square of what is no sound at all: A-law's own noise is below it."""


async def listens(office: Office, desk: Desk) -> None:
    """The desk's calls go to its mailbox, and it wants to listen."""
    await office.set_all({
        desk: {"call-manager": {"incoming": "voicemail"}, "message-settings": {"live_screening": True}}
    })  # fmt: skip


async def speaking(world: Trunk, desk: Desk) -> OutgoingCall:
    """Somebody outside speaks a message."""
    call = await outside_call(world, desk.number, OUTSIDE, display="Société Dupont")
    await call.answered()
    await call.hears_speech()
    await call.send_dtmf("#")
    await call.hears(1000)
    await call.hears_silence(within=3)
    return call


async def picked_up(phone: Phone, call: OutgoingCall) -> IncomingCall:
    """A device of the owner rings, says what for, and hears the caller."""
    ring = await take(phone)
    assert ring.caller.display == "Écoute : Société Dupont"
    await ring.answer()
    await ring.hears(call.tone)
    return ring


def loudest(call: Call, since: int) -> float:
    """The level of the loudest tenth of a second since a position."""
    sound = call.media.ear.sound(since)
    step = RATE // 10
    return max((tones.level(sound[n : n + step]) for n in range(0, len(sound), step)), default=0.0)


def longest_gap(call: Call, since: int) -> float:
    """Seconds of the longest silence since a position."""
    quiet = (
        sum(1 for _ in run)
        for loud, run in groupby(abs(s) > 300 for s in call.media.ear.sound(since))
        if not loud
    )
    return max(quiet, default=0) / RATE


async def hears_anything(call: Call, after: float) -> float:
    """When sound came after a moment, in seconds since that moment."""
    await call.media.ear.bell.until(lambda: call.media.ear.last_loud > after, 5)
    return call.media.ear.last_loud - after


async def presses_1(call: OutgoingCall, listener: IncomingCall, since: int) -> None:
    """The key joins both, soon and for good; until then the caller has heard nothing."""
    before, heard_from = loudest(call, since), listener.media.ear.position
    begun = asyncio.get_running_loop().time()
    heard, _ = await asyncio.gather(hears_anything(call, begun), listener.send_dtmf("1", seconds=KEY_SECONDS))
    joined = heard - KEY_SECONDS
    await both_hear(call, listener)
    gap = longest_gap(listener, heard_from)
    measured = (
        f"level at the caller before {before:.0f}; joined {joined * 1000:.0f} ms after the key's release, "
    )
    measured += f"longest gap at the listener {gap * 1000:.0f} ms"
    print(measured)
    assert before < NOTHING, measured
    assert joined < JOINED_SECONDS, measured
    assert gap < JOINED_SECONDS, measured


async def test_the_owner_hears_a_message_as_it_is_spoken_and_the_key_joins_both(trio: Office) -> None:
    (desk,) = trio.desks(1)
    await listens(trio, desk)
    async with trio.trunk() as world, trio.phone(desk) as first, trio.phone(desk) as second:
        await register(first, second)
        call = await speaking(world, desk)
        since = call.media.ear.position
        listener = await picked_up(first, call)
        for key in "2*#":
            await listener.send_dtmf(key)
        await call.media.ear.does_not_hear(listener.tone, for_=2.0, since=since)
        assert call.keys == ""
        other = await take(second)
        await other.answer()
        await other.hears_speech()  # that somebody listens already
        await other.ended(within=10)
        await listener.hears(call.tone)
        await presses_1(call, listener, since)
        await call.hang_up()
        await listener.ended(within=2)
    (record,), (message,) = await trio.records(desk), await trio.messages(desk)
    assert (record.direction, record.message, message.new) == (Direction.RECEIVED, message.id, False)
    assert message.duration is not None
    assert message.duration > 4
    await trio.nothing_left()


async def test_a_listener_who_hangs_up_leaves_the_recording_going(trio: Office) -> None:
    (desk,) = trio.desks(1)
    await listens(trio, desk)
    async with trio.trunk() as world, trio.phone(desk) as phone:
        await phone.register()
        call = await speaking(world, desk)
        since = call.media.ear.position
        listener = await picked_up(phone, call)
        await listener.hang_up()
        await asyncio.sleep(MESSAGE_SECONDS)
        assert loudest(call, since) < NOTHING
        await call.send_dtmf("#")
        await call.hears_speech()  # that it is sent
        await call.hang_up()
    (record,), (message,) = await trio.records(desk), await trio.messages(desk)
    assert (record.direction, message.new) == (Direction.MISSED, True)
    await trio.nothing_left()


@pytest.mark.parametrize("moment", ["while it rings", "while somebody listens", "while they talk"])
async def test_the_app_is_killed_and_the_screening_goes_on(trio: Office, moment: str) -> None:
    (desk,) = trio.desks(1)
    await listens(trio, desk)
    stack = trio.stack

    async with trio.trunk() as world, trio.phone(desk) as phone:
        await phone.register()
        call = await speaking(world, desk)
        since = call.media.ear.position
        if moment == "while it rings":
            listener = await take(phone)
            await stack.kill_app()
            await stack.start_app()
            await listener.answer()
            await listener.hears(call.tone)
            await asyncio.sleep(MESSAGE_SECONDS)
        else:
            listener = await picked_up(phone, call)
            await asyncio.sleep(MESSAGE_SECONDS)
        if moment == "while somebody listens":
            await stack.kill_app()
            await listener.hears(call.tone)  # nothing of the app is needed for that
            await stack.start_app()
            await listener.hears(call.tone)
        await presses_1(call, listener, since)
        if moment == "while they talk":
            await stack.kill_app()
            await both_hear(call, listener)
            await stack.start_app()
            await both_hear(call, listener)
        await listener.hang_up()
        await call.ended(within=2)
    (record,), (message,) = await trio.records(desk), await trio.messages(desk)
    assert (record.direction, record.message, message.new) == (Direction.RECEIVED, message.id, False)
    await trio.nothing_left()
