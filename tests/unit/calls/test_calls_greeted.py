"""Which greeting a caller hears, and what the keys do meanwhile (spec §5): every kind, by real calls on the fakes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

MESSAGE = ["beep", "vm-after-record-menu", "vm-sent"]
OUTSIDE, COLLEAGUE = "outside", "colleague"


async def heard(
    world: World, greetings: dict[str, Any], caller: str = OUTSIDE, *, files: str = "abcdefn"
) -> list[str]:
    """What a caller of 4003 hears before the beep, whose owner recorded ``files`` (a letter each)."""
    world.line("4003").sets_document("greetings", greetings)
    world.own_recordings.kept = {f"rec-{letter}": 3.0 for letter in files}
    colleague = caller == COLLEAGUE
    call = world.line("4002").dials("4003") if colleague else world.trunk_call(to="0222969570")
    await world.asterisk.until(lambda: bool(call.channel.recordings) or not call.channel.alive, within=60)
    if call.channel.alive:
        await call.hangs_up()
    await call.ends()
    world.nothing_left()
    return call.prompts


def kinds(name: str, **fields: Any) -> dict[str, Any]:
    return {"kind": name, "kinds": {name: fields}}


def on(letter: str | None) -> dict[str, Any]:
    return {"enabled": True, "recording": letter and f"rec-{letter}"}


NUMBER_OF_4003 = [
    "vm-greeting-prefix-number",
    "pair-02",
    "number-22",
    "number-96",
    "number-95",
    "number-70-end",
]
PERSONAL = kinds("personal", recording="rec-a", internal=on("b"), outside_hours=on("c"))


@pytest.mark.parametrize(
    ("greetings", "caller", "said"),
    [
        pytest.param({}, OUTSIDE, ["vm-greeting-system"], id="system"),
        pytest.param(PERSONAL, OUTSIDE, ["rec-a"], id="personal"),
        pytest.param(PERSONAL, COLLEAGUE, ["rec-b"], id="a colleague hears its own"),
        pytest.param(kinds("personal"), OUTSIDE, ["vm-greeting-system"], id="personal, not recorded"),
        pytest.param(kinds("number"), OUTSIDE, [*NUMBER_OF_4003, "vm-greeting-suffix"], id="the number read out"),
        pytest.param(
            {"kind": "name", "recorded_name": "rec-n"}, OUTSIDE,
            ["vm-greeting-prefix-name", "rec-n", "vm-greeting-suffix"], id="the recorded name",
        ),
        pytest.param({"kind": "name"}, OUTSIDE, ["vm-greeting-system"], id="a name that was not recorded"),
        pytest.param(kinds("system", internal=on("b")), COLLEAGUE, ["rec-b"], id="a variant of the system's"),
        pytest.param(
            {"kind": "absence", "absence": {"recording": "rec-d"}}, OUTSIDE, ["rec-d"], id="absence, messages taken"
        ),
        pytest.param(
            {"kind": "absence", "absence": {"recording": "rec-d", "internal_different": True,
                                            "internal_recording": "rec-e"}},
            COLLEAGUE, ["rec-e"], id="absence, another one for colleagues",
        ),
    ],
)  # fmt: skip
async def test_the_greeting_that_applies_is_heard_with_its_beep(
    world: World, greetings: dict[str, Any], caller: str, said: list[str]
) -> None:
    assert await heard(world, greetings, caller) == [*said, "beep"]


@pytest.mark.parametrize(
    ("absence", "said"),
    [
        ({"accept_messages": False}, ["vm-no-message-accepted", "goodbye"]),
        ({"accept_messages": False, "recording": "rec-d"}, ["rec-d", "goodbye"]),
    ],
)
async def test_an_absence_without_deposit_ends_politely(
    world: World, absence: dict[str, Any], said: list[str]
) -> None:
    world.line("4003").sets_document("message-settings", {"live_screening": True})
    assert await heard(world, {"kind": "absence", "absence": absence}) == said
    assert world.line("4003").messages == []
    assert world.line("4003").legs == [], "nobody is offered to listen"


@pytest.mark.parametrize(
    ("greetings", "caller", "files", "said"),
    [
        (PERSONAL, COLLEAGUE, "a", ["rec-a", "beep"]),
        (PERSONAL, COLLEAGUE, "", ["vm-greeting-system", "beep"]),
        ({"kind": "name", "recorded_name": "rec-n"}, OUTSIDE, "", ["vm-greeting-system", "beep"]),
        ({"kind": "absence", "absence": {"recording": "rec-d", "accept_messages": False}}, OUTSIDE, "",
         ["vm-no-message-accepted", "goodbye"]),
        ({"kind": "absence", "absence": {"recording": "rec-d", "internal_different": True,
                                         "internal_recording": "rec-e"}}, COLLEAGUE, "d", ["rec-d", "beep"]),
    ],
)  # fmt: skip
async def test_a_greeting_whose_file_is_missing_falls_to_the_next(
    world: World, greetings: dict[str, Any], caller: str, files: str, said: list[str]
) -> None:
    assert await heard(world, greetings, caller, files=files) == said


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        pytest.param(datetime(2026, 1, 14, 7, 58, tzinfo=UTC), "rec-c", id="08:59 in winter"),
        pytest.param(datetime(2026, 1, 14, 8, 0, tzinfo=UTC), "rec-a", id="09:00 in winter"),
        pytest.param(datetime(2026, 7, 15, 6, 58, tzinfo=UTC), "rec-c", id="08:59 in summer"),
        pytest.param(datetime(2026, 7, 15, 7, 0, tzinfo=UTC), "rec-a", id="09:00 in summer"),
        pytest.param(datetime(2026, 7, 14, 9, 0, tzinfo=UTC), "rec-c", id="the 14th of July"),
        pytest.param(datetime(2026, 7, 18, 9, 0, tzinfo=UTC), "rec-c", id="a Saturday"),
    ],
)
async def test_business_hours_are_those_of_the_lines_own_clock(
    tmp_path: Path, instant: datetime, said: str
) -> None:
    world = World(tmp_path, begin=instant)
    assert await heard(world, PERSONAL) == [said, "beep"]
    await world.process.over()


async def test_a_full_line_has_its_own_greeting(world: World) -> None:
    world.change_line("4003", max_calls=1)
    world.line("4003").sets_document("greetings", kinds("personal", recording="rec-a", busy=on("f")))
    world.own_recordings.kept = {"rec-a": 3.0, "rec-f": 3.0}
    world.line("4003").device(answers=1)
    first = world.trunk_call(to="0222969570")
    await first.talks()
    second = world.trunk_call(to="0222969570")
    await second.is_recorded()
    assert second.prompts == ["rec-f", "beep"]
    await second.hangs_up()
    await first.hangs_up()
    world.nothing_left()


async def test_keys_that_mean_nothing_do_not_stop_a_greeting(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.hears("vm-greeting-system")
    for key in "1590":
        await call.presses(key, after=0.2)
    await call.is_recorded()
    assert [(each.prompt, each.whole) for each in call.channel.heard] == [
        ("vm-greeting-system", True),
        ("beep", True),
    ]
    await call.hangs_up()
    world.nothing_left()


@pytest.mark.parametrize("accepts", [True, False])
async def test_star_says_that_the_caller_is_the_owner(world: World, accepts: bool) -> None:
    absence = {"kind": "absence", "absence": {"accept_messages": accepts}}
    world.line("4003").sets_document("greetings", absence)
    call = world.trunk_call(to="0222969570")
    await call.hears("vm-greeting-system" if accepts else "vm-no-message-accepted")
    await call.presses("*", after=0.5)
    await call.ends()
    assert call.prompts[1:] == ["enter-pin", "enter-pin", "enter-pin", "no-choice-goodbye"]
    assert world.line("4003").messages == []
    world.nothing_left()


@pytest.mark.parametrize(("sounds_after", "begins"), [(0.04, 0.06), (0.2, 0.22), (None, 0.32), (5.0, 0.32)])
async def test_the_greeting_begins_when_the_callers_phone_is_heard_and_after_a_third_of_a_second_at_most(
    world: World, sounds_after: float | None, begins: float
) -> None:
    call = world.trunk_call(to="0222969570")
    call.channel.sounds_after = sounds_after
    await call.hears("vm-greeting-system")
    playback, answered = call.channel.plays[0], call.channel.answered_at
    assert playback.started_at is not None
    assert answered is not None
    assert (sounds_after or 0.0) * (begins < 0.3) <= playback.started_at - answered <= begins
    await call.hangs_up()
    world.nothing_left()
