"""The app is killed while messages are left: each is there afterwards, once, as its caller left it (spec §5)."""

from __future__ import annotations

import asyncio

import pytest

from rig.outgoing import OutgoingCall
from tests.e2e.office import Office, eventually
from tests.e2e.people import outside_call

CALLER = "0145710{:03d}"


async def speaks(call: OutgoingCall, tone: int = 650) -> None:
    """Be greeted, skip the greeting, and begin to speak."""
    await call.answered(within=15)
    await call.hears_speech(within=10)
    await call.send_dtmf("#")
    await call.hears(1000, within=10)
    call.play_tone(tone)


async def test_an_urgent_message_whose_app_is_killed_in_the_menu_is_urgent_and_there_once(
    trio: Office,
) -> None:
    (bob,) = trio.desks(1)
    async with trio.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(1))
        await speaks(call)
        await asyncio.sleep(3)
        await call.send_dtmf("#")
        await call.hears_speech(within=5)
        await call.send_dtmf("4")
        await asyncio.sleep(1)
        await trio.stack.kill_app()
        await call.hang_up()
        await trio.stack.start_app()
        (message,) = await trio.messages(bob)
    assert message.urgent
    assert message.duration == pytest.approx(3, abs=0.8)
    await trio.nothing_left()


async def test_a_caller_in_the_menu_goes_on_with_the_next_app(trio: Office) -> None:
    (bob,) = trio.desks(1)
    async with trio.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(2))
        await speaks(call)
        await asyncio.sleep(3)
        await call.send_dtmf("#")
        await call.hears_speech(within=5)
        await trio.stack.kill_app()
        await trio.stack.start_app()
        since = call.media.ear.position
        await call.hears_speech(within=10, since=since)
        await call.send_dtmf("1")
        await call.ended(within=10)
    (message,) = await trio.messages(bob)
    assert message.duration == pytest.approx(3, abs=0.8)
    await trio.nothing_left()


async def test_twenty_messages_in_the_making_survive_the_app_whether_their_callers_stay_or_leave(
    trio: Office,
) -> None:
    (bob,) = trio.desks(1)
    async with trio.trunk(beside=True) as world:
        calls = [await outside_call(world, bob.number, CALLER.format(100 + n)) for n in range(20)]
        await asyncio.gather(*(speaks(call, 400 + 40 * n) for n, call in enumerate(calls)))
        await asyncio.sleep(2.5)
        await trio.stack.kill_app()
        await asyncio.gather(*(call.hang_up() for call in calls[:10]))
        await trio.stack.start_app()
        await asyncio.gather(*(call.hang_up() for call in calls[10:]))

        async def all_there() -> bool | None:
            return (await trio.mailboxes.count(bob.number)).voice_new == 20 or None

        await eventually(all_there, "twenty messages", within=20)
        await trio.nothing_left()
    page = await trio.mailboxes.page(bob.number, None, limit=100)
    assert len({message.sender.number for message in page.items}) == len(page.items) == 20
    assert len({record.message for record in (await trio.history.page(bob.number)).items}) == 20


async def test_app_and_asterisk_are_killed_while_a_message_is_spoken_and_it_is_there_once(
    trio: Office,
) -> None:
    (bob,) = trio.desks(1)
    async with trio.trunk(beside=True) as world:
        call = await outside_call(world, bob.number, CALLER.format(3))
        await speaks(call)
        await asyncio.sleep(7)
        await trio.stack.kill_app()
        await trio.stack.kill_asterisk()
        await trio.stack.start_asterisk()
        await trio.stack.start_app()
        (message,) = await trio.messages(bob)
    assert message.duration is not None
    assert 4 < message.duration < 8  # Asterisk writes two seconds late
    await trio.nothing_left()
    assert len((await trio.mailboxes.page(bob.number, None)).items) == 1
