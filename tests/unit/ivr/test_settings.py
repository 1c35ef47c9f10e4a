"""Settings by phone: greetings and recordings, PIN, business hours, options, and the tutorial."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.changed_by import Where
from callcontrol.ivr.options import time_of
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import BOX, hears_new, opens, ready, types

pytestmark = VIRTUAL_TIME


def kept(world: World, document: str) -> Any:
    return getattr(world.directory.settings(BOX), document)


@pytest.mark.parametrize(
    ("keys", "kind"), [("311", "absence"), ("321", "personal"), ("331", "name"), ("341", "number")]
)
async def test_a_greeting_is_chosen(world: World, keys: str, kind: str) -> None:
    ready(world)
    call = await opens(world)
    await types(call, keys)
    await hears_new(call, f"greeting-in-use-{kind}")
    await call.hangs_up()
    assert kept(world, "greetings").kind == kind
    line, document, by = world.audited.entries[-1]
    assert (line, document, by.where) == (BOX, "greetings", Where.PHONE)


async def test_a_greeting_is_recorded_heard_and_kept(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "323")
    await hears_new(call, "press-1-to-listen")
    await types(call, "1")
    await hears_new(call, "greeting-not-recorded")
    await types(call, "2")
    await call.is_recorded()
    await types(call, "#", gap=6)
    await hears_new(call, "press-1-to-listen")
    assert kept(world, "greetings").kinds.personal.recording is None
    await types(call, "3")
    await hears_new(call, "recording-saved")
    recording = kept(world, "greetings").kinds.personal.recording
    assert world.own_recordings.kept[recording] > 5
    await types(call, "2")
    await hears_new(call, recording)
    await types(call, "34")
    await hears_new(call, "recording-deleted")
    assert kept(world, "greetings").kinds.personal.recording is None
    await call.hangs_up()
    world.nothing_left()


async def test_a_hangup_half_way_keeps_the_old_greeting(world: World) -> None:
    ready(world)
    world.line("4002").sets_document("greetings", {"kinds": {"personal": {"recording": "before"}}})
    call = await opens(world)
    await types(call, "3232")
    await call.is_recorded()
    await call.hangs_up(after=6)
    assert kept(world, "greetings").kinds.personal.recording == "before"
    world.nothing_left()


@pytest.mark.parametrize(
    ("keys", "kind", "variant"),
    [("324", "personal", "busy"), ("335", "name", "outside_hours"), ("346", "number", "internal")],
)
async def test_a_variant_is_switched_on_and_recorded(
    world: World, keys: str, kind: str, variant: str
) -> None:
    ready(world)
    call = await opens(world)
    await types(call, f"{keys}1")
    await hears_new(call, "greeting-on")
    await types(call, "32")
    await call.is_recorded()
    await types(call, "#", gap=6)
    await hears_new(call, "press-1-to-listen")
    await types(call, "3")
    await hears_new(call, "recording-saved")
    await call.hangs_up()
    changed = getattr(getattr(kept(world, "greetings").kinds, kind), variant)
    assert changed.enabled
    assert changed.recording in world.own_recordings.kept


async def test_the_absence_greeting_has_its_own_switches(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "314")
    await hears_new(call, "absence-refuses-messages")
    await types(call, "61")
    await hears_new(call, "greeting-on")
    await call.hangs_up()
    absence = kept(world, "greetings").absence
    assert (absence.accept_messages, absence.internal_different) == (False, True)


async def test_the_name_is_recorded_in_the_settings(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "422")
    await call.is_recorded()
    await types(call, "#", gap=3)
    await hears_new(call, "press-1-to-listen")
    await types(call, "3")
    await hears_new(call, "recording-saved")
    await call.hangs_up()
    assert kept(world, "greetings").recorded_name in world.own_recordings.kept


async def test_a_new_pin_is_typed_twice_and_must_obey_the_rules(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "41")
    await hears_new(call, "enter-new-pin")
    await types(call, "123456#123456#")
    await hears_new(call, "pin-sequence")
    await types(call, "864209#864208#")
    await hears_new(call, "pins-differ")
    await types(call, "864209#864209#")
    await hears_new(call, "pin-changed")
    await call.hangs_up()
    assert world.access.pins[BOX] == "864209"
    assert world.notices.told == [("pin changed", BOX)]


async def test_business_hours_are_set_for_a_day_and_for_all_working_days(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "432")
    await hears_new(call, "enter-weekday")
    await types(call, "8083012301400")
    await hears_new(call, "enter-closing-time")
    await types(call, "1300")
    await hears_new(call, "closing-before-opening")
    await types(call, "1800")
    await hears_new(call, "saved")
    await types(call, "26#")
    await hears_new(call, "closed-that-day")
    await types(call, "3")
    await hears_new(call, "open-on-holidays")
    await call.hangs_up()
    hours = kept(world, "business_hours")
    assert hours.mon == hours.fri == (("08:30", "12:30"), ("14:00", "18:00"))
    assert (hours.sat, hours.closed_holidays) == ((), False)


@pytest.mark.parametrize(
    ("typed", "time"),
    [("0830", "08:30"), ("0000", "00:00"), ("2359", "23:59"), ("2400", "24:00"), ("2401", None),
     ("1260", None), ("830", None), ("", None)],
)  # fmt: skip
async def test_a_time_of_day_has_four_digits(typed: str, time: str | None) -> None:
    assert time_of(typed) == time


@pytest.mark.parametrize(
    ("keys", "field", "value"),
    [
        ("441", "pin_disabled", False),
        ("442", "quick_login", False),
        ("443", "autoplay_voice", True),
        ("444", "autoplay_fax", True),
        ("4452", "playback", "message"),
        ("4453", "playback", "details"),
    ],
)
async def test_an_option_is_changed(world: World, keys: str, field: str, value: object) -> None:
    ready(world)
    call = await opens(world)
    await types(call, keys)
    await hears_new(call, "press-1-for-pin-option")
    await call.hangs_up(after=1)
    assert getattr(kept(world, "inbox_access"), field) == value


async def test_what_cannot_be_kept_is_told_and_changes_nothing(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "32")
    await hears_new(call, "press-1-to-use-greeting")
    world.audited.down = True
    await types(call, "1")
    await hears_new(call, "not-saved-try-later")
    world.audited.down = False
    await hears_new(call, "press-1-for-messages")
    await call.hangs_up()
    assert kept(world, "greetings").kind == "system"


async def test_a_box_never_set_up_is_offered_the_tutorial_once(world: World) -> None:
    ready(world)
    world.access.tutorials.clear()
    del world.access.pins[BOX]
    call = await opens(world)
    await hears_new(call, "tutorial-pin")
    await types(call, "864209#864209#")
    await hears_new(call, "tutorial-name")
    await call.is_recorded()
    await types(call, "#", gap=3)
    await hears_new(call, "recording-menu")
    await types(call, "2", gap=0.5)
    await hears_new(call, "recording-menu", within=30)
    await types(call, "1", gap=0.5)
    await hears_new(call, "tutorial-greeting")
    await call.is_recorded()
    await types(call, "#", gap=6)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "tutorial-done")
    await hears_new(call, "you-have")
    await call.hangs_up()
    greetings = kept(world, "greetings")
    assert world.access.pins[BOX] == "864209"
    assert greetings.kind == "personal"
    assert {greetings.recorded_name, greetings.kinds.personal.recording} == set(world.own_recordings.kept)
    again = await opens(world)
    await hears_new(again, "you-have")
    await again.hangs_up()
    assert "tutorial-intro" not in again.prompts
    world.nothing_left()


async def test_each_step_of_the_tutorial_is_skipped_by_a_star(world: World) -> None:
    ready(world)
    world.access.tutorials.clear()
    call = await opens(world)
    for step in ("tutorial-pin", "tutorial-name", "tutorial-greeting"):
        await hears_new(call, step)
        await types(call, "*", gap=0.5)
    await hears_new(call, "tutorial-done")
    await call.hangs_up()
    assert kept(world, "greetings").kind == "system"
    assert world.own_recordings.kept == {}
    world.nothing_left()
