"""Every code, and whatever else begins with a star: words, nothing changed by accident, nothing left behind."""

from __future__ import annotations

from random import Random

import pytest

from callcontrol.dialled import StarCode, UnknownCode, resolve
from callcontrol.facts import Group
from callcontrol.star_codes import STAR_CODES, TABLE
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import opens, ready

pytestmark = VIRTUAL_TIME

LINE = "0222969569"


@pytest.mark.parametrize("code", [each.code for each in TABLE])
async def test_every_code_is_answered_in_words(world: World, code: str) -> None:
    ready(world)
    argument = "4003" if STAR_CODES[code].argument == "required" else ""
    call = await opens(world, dialled=code + argument)
    await call.ends()
    assert call.prompts
    world.nothing_left()


@pytest.mark.parametrize("code", ["*45", "*46"])
@pytest.mark.parametrize(("members", "prompt"), [((LINE,), "service-unavailable"), ((), "in-no-group")])
async def test_the_codes_of_groups_pretend_nothing(
    world: World, code: str, members: tuple[str, ...], prompt: str
) -> None:
    world.directory.put_group(Group("0222969500", "demo", "Accueil", extension="4900", members=members))
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == [prompt]
    world.nothing_left()


@pytest.mark.parametrize("code", [each.code for each in TABLE if each.argument != "required"])
async def test_a_hangup_at_any_moment_of_a_code_leaves_nothing(world: World, code: str) -> None:
    ready(world)
    for moment in (0.005, 0.05, 0.5, 3.0):
        call = await opens(world, dialled=code)
        call.will_hang_up(moment)
        await call.ends()
    world.nothing_left()


@pytest.mark.parametrize("code", ["*720612345678", "*72", "*78", "*60", "*69"])
@pytest.mark.parametrize("entry", range(1, 4))
async def test_after_a_crash_the_dialogue_begins_again(world: World, code: str, entry: int) -> None:
    world.die_after = entry
    call = await opens(world, dialled=code)
    await world.dies()
    await world.returns()
    await call.ends()
    assert call.prompts
    if code == "*78":
        assert world.directory.settings(LINE).call_manager.dnd.enabled
    world.nothing_left()


async def test_200_random_strings_are_answered_in_words_and_are_never_a_number(world: World) -> None:
    ready(world)
    random = Random(7)
    for length in range(200):
        typed = "*" + "".join(random.choices("0123456789*#", k=length % 41))
        target = resolve(typed, world.directory.company("demo"), world.directory)
        assert isinstance(target, (StarCode, UnknownCode)), typed
        call = await opens(world, dialled=typed)
        await call.ends()
        assert call.prompts, typed
    world.nothing_left()


@pytest.mark.parametrize(
    "typed", ["*", "**", "*7", "*7#", "*999", "*318*", "*720*", "*" * 40, "*67", "*6", "#", "*0"]
)
async def test_half_a_code_is_announced_and_changes_nothing(world: World, typed: str) -> None:
    before = world.directory.settings(LINE)
    call = await opens(world, dialled=typed)
    await call.ends()
    assert call.prompts
    assert world.directory.settings(LINE) == before
    world.nothing_left()
