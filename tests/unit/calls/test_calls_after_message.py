"""After ``#``: 1 send, 2 listen, 3 again, 4 urgent; silence, three wrong keys and a hangup send it (spec §5). And the
box that is full."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME

MENU = "vm-after-record-menu"


async def spoken(world: World, seconds: float = 8) -> Caller:
    """Somebody has spoken and pressed ``#``, and hears the menu."""
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=seconds)
    await call.hears(MENU)
    return call


def after_the_beep(call: Caller) -> list[str]:
    return call.prompts[call.prompts.index("beep") + 1 :]


async def test_one_sends(world: World) -> None:
    call = await spoken(world)
    assert world.line("4003").messages == []
    await call.presses("1", after=0.5)
    await call.hears("vm-sent")
    assert len(world.line("4003").messages) == 1
    await call.ends()
    assert after_the_beep(call) == [MENU, "vm-sent"]
    world.nothing_left()


async def test_two_lets_it_be_heard_and_asks_again(world: World) -> None:
    call = await spoken(world)
    path = next(iter(world.recordings.kept))
    await call.presses("2", after=0.5)
    await call.ends()
    name = path.rpartition("/")[2].removesuffix(".wav16")
    assert after_the_beep(call) == [MENU, name, MENU, "vm-sent"]
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


async def test_a_key_stops_what_is_listened_to_and_is_obeyed(world: World) -> None:
    world.asterisk.media.lasts = {}
    call = await spoken(world)
    await call.presses("2", after=0.5)
    await world.asterisk.until(lambda: len(call.channel.plays) == 1 and MENU not in
                               world.asterisk.media.playing(call.channel), within=5)  # fmt: skip
    await call.presses("1", after=0.5)
    await call.hears("vm-sent")
    await call.ends()
    world.nothing_left()


async def test_three_throws_it_away_and_records_another(world: World) -> None:
    call = await spoken(world, 8)
    await call.presses("3")
    await call.is_recorded()
    assert world.recordings.kept == {}
    await call.presses("#", after=5)
    await call.hears(MENU)
    await call.presses("1")
    await call.ends()
    assert after_the_beep(call) == [MENU, "vm-again", "beep", MENU, "vm-sent"]
    assert [message.duration for message in world.line("4003").messages] == [pytest.approx(5, abs=0.01)]
    world.nothing_left()


async def test_four_marks_urgent_and_four_again_takes_it_back(world: World) -> None:
    for presses, urgent in ((1, True), (2, False), (3, True)):
        call = await spoken(world)
        for number in range(presses):
            await call.presses("4")
            await call.hears("vm-urgent-cleared" if number % 2 else "vm-urgent-set")
        await call.presses("1")
        await call.ends()
        assert world.line("4003").messages[-1].urgent is urgent
    world.nothing_left()


async def test_five_seconds_of_silence_send_it(world: World) -> None:
    call = await spoken(world)
    begun = world.asterisk.time
    await call.hears("vm-sent")
    assert world.asterisk.time - begun == pytest.approx(2 + 5, abs=0.05)
    await call.ends()
    world.nothing_left()


async def test_three_wrong_keys_send_it(world: World) -> None:
    call = await spoken(world)
    for _ in range(2):
        await call.presses("7", after=0.2)
        await call.hears("invalid-choice")
    await call.presses("#", after=0.2)
    await call.hears("vm-sent")
    await call.ends()
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


@pytest.mark.parametrize("keys", ["", "2", "4", "77"])
async def test_a_hangup_sends_it(world: World, keys: str) -> None:
    call = await spoken(world)
    for key in keys:
        await call.presses(key, after=0.3)
    await call.hangs_up(after=0.5)
    (message,) = world.line("4003").messages
    assert message.urgent is ("4" in keys)
    world.nothing_left()


async def test_an_urgent_message_whose_app_dies_is_urgent_and_there_once(world: World) -> None:
    call = await spoken(world)
    await call.presses("4")
    await call.hears("vm-urgent-set")
    world.process.die()
    await call.presses("7")  # nobody hears it
    await world.returns(away=2)
    await call.hears(MENU)
    await call.hangs_up(after=1)
    (message,) = world.line("4003").messages
    assert message.urgent
    world.nothing_left()


async def test_at_the_maximum_the_caller_hears_so_and_chooses(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.hears("maximum-duration-reached")
    await call.presses("1", after=3)
    await call.ends()
    assert after_the_beep(call) == ["maximum-duration-reached", MENU, "vm-sent"]
    world.nothing_left()


async def test_silence_ends_a_message_without_a_menu(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=6)
    await call.ends()
    assert after_the_beep(call) == ["vm-sent"]
    world.nothing_left()


# --- the full box -------------------------------------------------------------------------------------------------


async def test_a_full_box_is_announced_and_the_call_ends(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_messages=2))
    for _ in range(2):
        call = world.trunk_call(to="0222969570", speaks=5)
        await call.ends()
    refused = world.trunk_call(to="0222969570")
    await refused.ends()
    assert refused.prompts == ["vm-box-full", "goodbye"]
    assert len(world.line("4003").messages) == 2
    assert world.line("4003").records[-1].message is None
    world.nothing_left()


async def test_messages_that_are_being_left_count(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_messages=1))
    first = world.trunk_call(to="0222969570")
    await first.is_recorded()
    second = world.trunk_call(to="0222969570")
    await second.ends()
    assert second.prompts == ["vm-box-full", "goodbye"]
    await first.hangs_up(after=5)
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


async def test_deleted_messages_do_not_count(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_messages=1))
    await world.trunk_call(to="0222969570", speaks=5).ends()
    rows = world.messages.rows
    rows.update({name: replace(row, deleted_at=row.received_at) for name, row in rows.items()})
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.ends()
    assert "vm-sent" in call.prompts
    world.nothing_left()


async def test_while_the_database_is_away_messages_are_taken(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_messages=1))
    await world.trunk_call(to="0222969570", speaks=5).ends()
    world.database.down = True
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears("vm-sent")
    world.database.down = False
    await asyncio.sleep(30)
    await call.ends()
    assert len(world.line("4003").messages) == 2
    world.nothing_left()


async def test_the_owner_of_a_full_box_can_still_say_so(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_messages=1))
    await world.trunk_call(to="0222969570", speaks=5).ends()
    call = world.trunk_call(to="0222969570")
    await call.hears("vm-box-full")
    await call.presses("*", after=0.2)
    await call.ends()
    assert call.prompts[:2] == ["vm-box-full", "enter-pin"]
    world.nothing_left()
