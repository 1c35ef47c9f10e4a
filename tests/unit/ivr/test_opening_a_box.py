"""Who may open a box: by the device, by the PIN, from outside; and when it is locked (spec §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from callcontrol.alarm import AlarmKind
from callcontrol.facts import Group
from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World
from tests.unit.ivr.caller import BOX, PIN, hears_new, opens, put, ready, types

pytestmark = VIRTUAL_TIME
ACCESS_NUMBER = "0222969510"
WRONG = "864209"
GROUP = "0222969500"


async def opened(call: Caller, within: float = 60.0) -> None:
    """Until it is in the menu of a box."""
    await hears_new(call, "you-have", within)


async def types_pin(call: Caller, pin: str = PIN) -> None:
    await hears_new(call, "enter-pin")
    await types(call, f"{pin}#")


# --- from my own phone ------------------------------------------------------------------------------------------


async def test_a_phone_with_quick_login_gives_its_pin_alone(world: World) -> None:
    ready(world, pin_disabled=False)
    call = await opens(world)
    await types_pin(call)
    await opened(call)
    assert "enter-line-number" not in call.prompts
    await call.hangs_up()
    world.nothing_left()


async def test_with_the_pin_disabled_it_is_in_at_once(world: World) -> None:
    ready(world)
    call = await opens(world)
    await opened(call)
    assert "enter-pin" not in call.prompts
    await call.hangs_up()


async def test_without_quick_login_number_and_pin_are_asked_even_if_the_pin_is_disabled(world: World) -> None:
    ready(world, quick_login=False)
    call = await opens(world)
    await hears_new(call, "enter-line-number")
    await types(call, "4002#")
    await types_pin(call)
    await opened(call)
    await call.hangs_up()


async def test_a_box_without_a_pin_opens_on_its_own_phone_alone(world: World) -> None:
    ready(world, pin_disabled=False)
    del world.access.pins[BOX]
    call = await opens(world)
    await opened(call)
    await call.hangs_up()
    stranger = world.trunk_call(to=BOX)
    await hears_new(stranger, "vm-greeting-system")
    await types(stranger, "*")
    await types_pin(stranger)
    await hears_new(stranger, "pin-wrong")
    await stranger.hangs_up()


async def test_three_wrong_pins_end_the_call(world: World) -> None:
    ready(world, pin_disabled=False)
    call = await opens(world)
    for _ in range(3):
        await types_pin(call, WRONG)
    await call.ends()
    assert call.prompts[-1] == "pin-wrong-goodbye"
    assert len(world.access.wrong) == 3
    world.nothing_left()


# --- from outside -----------------------------------------------------------------------------------------------


async def test_a_star_in_the_greeting_asks_the_owners_pin_and_leaves_no_message(world: World) -> None:
    ready(world)
    put(world, "first")
    call = world.trunk_call(to=BOX)
    await hears_new(call, "vm-greeting-system")
    await types(call, "*")
    await types_pin(call)
    await opened(call)
    await types(call, "1")
    await hears_new(call, "first", within=90)
    await types(call, "3")
    await call.hangs_up(after=1)
    assert list(world.messages.rows) == ["first"]
    assert world.messages.rows["first"].deleted_at is not None
    world.nothing_left()


@pytest.fixture
def office(tmp_path: Path, log: list[object]) -> World:
    """A company that has an access number."""
    return World(tmp_path, company=replace(COMPANY, voicemail_number="+33222969510"))


async def test_the_access_number_opens_any_box_of_the_company_by_number_and_pin(office: World) -> None:
    ready(office)
    call = office.trunk_call(to=ACCESS_NUMBER)
    await hears_new(call, "enter-line-number")
    assert office.process.occupancy.outside_calls_of("demo") == 1
    await types(call, "0222969569#")
    await types_pin(call)
    await opened(call)
    await types(call, "*")
    await call.ends()
    assert call.prompts[-1] == "goodbye"
    assert not office.history.rows
    office.nothing_left()


async def test_a_colleague_who_dials_the_access_number_is_known_by_its_phone(office: World) -> None:
    ready(office)
    call = await opens(office, dialled=ACCESS_NUMBER)
    await opened(call)
    await call.hangs_up()


async def with_message_of_a_group(office: World) -> None:
    office.directory.put_group(Group(GROUP, "demo", "Accueil", extension="4900"))
    ready(office)
    office.access.pins[GROUP] = "264813"
    office.access.tutorials.add(GROUP)
    put(office, "theirs", line=GROUP)


async def test_a_groups_box_is_opened_by_its_number_and_pin_from_anywhere(office: World) -> None:
    await with_message_of_a_group(office)
    remote = office.trunk_call(to=ACCESS_NUMBER)
    await hears_new(remote, "enter-line-number")
    await types(remote, f"{GROUP}#")
    await types_pin(remote, "264813")
    await opened(remote)
    await types(remote, "1")
    await hears_new(remote, "theirs", within=90)
    await remote.hangs_up()
    member = await opens(office)
    await types(member, "7")
    await hears_new(member, "enter-box-number")
    await types(member, "4900#")
    await types_pin(member, "264813")
    await opened(member)
    await types(member, "1")
    await hears_new(member, "theirs", within=90)
    await member.hangs_up()
    office.nothing_left()


async def test_a_groups_box_is_opened_by_a_star_in_its_greeting(office: World) -> None:
    await with_message_of_a_group(office)
    call = office.trunk_call(to=GROUP)
    await hears_new(call, "vm-greeting-system")
    await types(call, "*")
    await types_pin(call, "264813")
    await opened(call)
    await types(call, "4")
    await hears_new(call, "press-1-for-pin")
    await call.hangs_up()
    office.nothing_left()


async def test_nobody_learns_from_the_voice_whether_there_is_such_a_box(office: World) -> None:
    ready(office)
    heard = []
    for number in ("4002", "9999"):
        call = office.trunk_call(to=ACCESS_NUMBER)
        for _ in range(3):
            await hears_new(call, "enter-line-number")
            await types(call, f"{number}#")
            await types_pin(call, WRONG)
        await call.ends()
        heard.append(call.prompts)
    assert heard[0] == heard[1]
    office.nothing_left()


async def test_another_box_is_opened_in_the_same_call(world: World) -> None:
    ready(world)
    put(world, "hers", line="0222969570")
    call = await opens(world)
    await types(call, "7")
    await hears_new(call, "enter-box-number")
    await types(call, "4003#")
    await types_pin(call)
    await opened(call)
    await types(call, "1")
    await hears_new(call, "hers", within=90)
    await call.hangs_up()


# --- the lock ---------------------------------------------------------------------------------------------------


async def wrong_calls(world: World, calls: int) -> Caller:
    """Somebody tries PINs in the greeting, three in each call."""
    for _ in range(calls):
        call = world.trunk_call(to=BOX)
        await hears_new(call, "vm-greeting-system")
        await types(call, "*")
        for _ in range(3):
            await types_pin(call, WRONG)
        await call.ends()
    call = world.trunk_call(to=BOX)
    await hears_new(call, "vm-greeting-system")
    await types(call, "*")
    await types_pin(call, WRONG)
    await call.ends()
    return call


async def test_ten_wrong_pins_lock_the_box_for_an_hour_and_the_owner_is_told_once(world: World) -> None:
    ready(world, pin_disabled=False)
    call = await wrong_calls(world, 3)
    spoken = call.prompts[call.prompts.index("access-locked-until") :]
    assert spoken[1].startswith("hour-11")
    assert world.notices.told == [("locked out", BOX)]
    assert [(alarm.kind, alarm.line) for alarm in world.process.alarms.rung] == [(AlarmKind.WRONG_PINS, BOX)]
    late = world.trunk_call(to=BOX)
    await hears_new(late, "vm-greeting-system")
    await types(late, "*")
    await types_pin(late)
    await hears_new(late, "access-locked-until")
    await late.ends()
    own = await opens(world)
    await types_pin(own)
    await opened(own)
    await own.hangs_up()
    assert world.notices.told == [("locked out", BOX)]
    world.nothing_left()


async def test_after_the_hour_the_box_opens_again(world: World) -> None:
    ready(world)
    call = await wrong_calls(world, 3)
    world.access.wrong = {
        key: (line, at - timedelta(hours=1, minutes=1)) for key, (line, at) in world.access.wrong.items()
    }
    call = world.trunk_call(to=BOX)
    await hears_new(call, "vm-greeting-system")
    await types(call, "*")
    await types_pin(call)
    await opened(call)
    await call.hangs_up()


async def test_without_the_database_the_caller_hears_so(world: World) -> None:
    ready(world)
    world.database.down = True
    call = await opens(world)
    await hears_new(call, "service-unavailable")
    world.database.down = False
    await call.ends()
    world.nothing_left()


async def test_a_right_pin_leaves_nothing_counted(world: World) -> None:
    ready(world, pin_disabled=False)
    call = await opens(world)
    await types_pin(call, WRONG)
    await types_pin(call)
    await opened(call)
    await call.hangs_up()
    assert len(world.access.wrong) == 1
