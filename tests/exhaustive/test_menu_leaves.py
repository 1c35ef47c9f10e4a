"""Every key of the menu table is pressed once: none leads into silence, and nothing is left of any call."""

from __future__ import annotations

from pathlib import Path

from structlog.typing import EventDict

from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import types
from tests.unit.ivr.test_every_leaf import LEAVES, at_node, furnished

pytestmark = VIRTUAL_TIME


async def leads_somewhere(world: World, call: Caller, pressed: str) -> None:
    """After a key something is said, recorded or talked, or the call is over."""
    before = world.asterisk.time + 0.1
    await types(call, pressed)

    def something() -> bool:
        plays, recordings = call.channel.plays, call.channel.recordings
        playing = bool(plays) and (plays[0].started_at or 0) >= before - 1e-6
        return playing or bool(recordings) or call.talks_now or not call.channel.alive

    await world.asterisk.until(something, 8)


async def test_every_key_of_the_table_leads_somewhere(tmp_path: Path, log: list[EventDict]) -> None:
    dead_ends = []
    for number, (node, key) in enumerate(LEAVES):
        world = furnished(tmp_path / str(number))
        try:
            call = await at_node(world, node)
            await leads_somewhere(world, call, key.key)
            if call.channel.alive:
                await call.hangs_up(after=1)
            await everybody(world)
        except (AssertionError, TimeoutError) as error:
            dead_ends.append(f"{node.value} {key.key} ({key.does.name}): {type(error).__name__} {error}")
        await world.process.over()
    print(f"{len(LEAVES)} leaves of the voice menu were visited")
    assert dead_ends == []


async def everybody(world: World) -> None:
    """Until everybody's call is over, and nothing is left of it."""
    for caller in world.callers:
        if caller.channel.alive:
            await caller.ends()
    await world.settles()
    world.nothing_left()
