"""The app is killed after every single journal entry, and the call still goes the same way: the same decisions at the
same lines, none taken twice and none left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.facts import Group
from callcontrol.journal.entries import Decided, Reached
from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.test_calls_readopted import AWAY, SCENARIOS, TRUNKS, Script, everybody_left

pytestmark = VIRTUAL_TIME


def to(number: str) -> dict[str, object]:
    """Forward after a ring of six seconds."""
    return {"no_answer": {"forward_enabled": True, "number": number, "forward_after": 6}}


async def a_circle_of_unanswered_rings(world: World) -> Caller:
    for line, target in (("4003", "4004"), ("4004", "4005"), ("4005", "4003")):
        world.line(line).sets(**to(target))
        world.line(line).device(rings=0.2)
    call = world.trunk_call(to="0222969570", speaks=5)
    call.will_hang_up(60)
    return call


async def a_forward_to_a_group(world: World) -> Caller:
    world.directory.put_group(Group("0222969500", "demo", "Accueil", extension="4900"))
    world.line("4003").sets(**to("4900"))
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570", speaks=5)
    call.will_hang_up(40)
    return call


async def an_unanswered_ring_and_an_outside_number_that_is_busy(world: World) -> Caller:
    world.line("4003").sets(**to("0612345678"))
    world.line("4003").device(rings=0.2)
    world.outside("0612345678", rejects=486, after=2)
    call = world.trunk_call(to="0222969570", speaks=5)
    call.will_hang_up(40)
    return call


WAYS: dict[Script, list[str]] = {
    a_circle_of_unanswered_rings: [
        "0222969570 ring.default", "0222969570 forward.no_answer",
        "0222969571 ring.default", "0222969571 forward.no_answer",
        "0222969572 ring.default", "0222969572 voicemail.forward_loop",
    ],
    a_forward_to_a_group: [
        "0222969570 ring.default", "0222969570 forward.no_answer", "0222969500 voicemail.unavailable",
    ],
    an_unanswered_ring_and_an_outside_number_that_is_busy: [
        "0222969570 ring.default", "0222969570 forward.no_answer", "0222969570 voicemail.forward_busy",
    ],
}  # fmt: skip


def way(world: World) -> list[str]:
    """The decisions of the one call, each with its line."""
    steps, line = [], ""
    for entry in world.entries():
        if isinstance(entry, Reached):
            line = entry.line
        elif isinstance(entry, Decided):
            steps.append(f"{line} {entry.step.because.rule}")
    return steps


@pytest.mark.parametrize("script", [*WAYS, *SCENARIOS], ids=lambda script: script.__name__.replace("_", " "))
async def test_a_call_goes_the_same_way_wherever_the_app_dies(
    script: Script, tmp_path: Path, log: list[EventDict]
) -> None:
    world = World(tmp_path / "undisturbed", trunks=TRUNKS)
    await script(world)
    await everybody_left(world)
    world.nothing_left()
    await world.process.over()
    meant = way(world)
    assert meant == WAYS.get(script, meant)
    wrong = []
    for number in range(1, len(world.process.entries) + 1):
        again = World(tmp_path / str(number), trunks=TRUNKS)
        again.die_after = number
        await script(again)
        await again.dies()
        await again.returns(away=AWAY)
        await everybody_left(again)
        await again.process.over()
        if way(again) != meant:
            wrong.append(f"after {type(world.process.entries[number - 1]).__name__} ({number}): {way(again)}")
    assert wrong == [], "\n".join([f"meant: {meant}", *wrong])
