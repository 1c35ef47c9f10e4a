"""``*66`` at a busy line of ours: it is watched for half an hour and rung back; ``*86`` ends that (spec §7)."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Direction, Peer
from tests.fakes.actors import Caller
from tests.fakes.channel import FakeChannel
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.codes.test_settings_by_code import called
from tests.unit.ivr.caller import opens

pytestmark = VIRTUAL_TIME

COLLEAGUE = "0222969570"


async def busy(world: World) -> Caller:
    """4003 may hold one call, and does; 4002 dialled it last."""
    world.change_line("4003", max_calls=1)
    world.line("4003").device(answers=1)
    called(world, Peer(Presentation.SHOWN, "+33222969570"), way=Direction.OUTGOING)
    call = world.trunk_call(COLLEAGUE)
    await call.talks()
    return call


async def watched(world: World) -> None:
    call = await opens(world, dialled="*66")
    await call.ends()
    assert call.prompts == ["busy-line-is-watched"]


@pytest.mark.parametrize("dtls", [False, True])
@pytest.mark.parametrize("crash", [False, True])
async def test_a_busy_line_is_rung_back_when_it_is_free(world: World, crash: bool, dtls: bool) -> None:
    other = await busy(world)
    world.line("4002").device(answers=2, dtls=dtls)
    await watched(world)
    await asyncio.sleep(600)
    assert world.line("4002").legs == [], "nobody is rung while the line is busy"
    assert world.process.occupancy.calls_of("0222969569") == 0, "who waits holds no call"
    if crash:
        await world.crashes()
    await other.hangs_up()
    (leg,) = await rung(world)
    await world.asterisk.until(lambda: "watched-line-is-free" in world.asterisk.media.playing(leg), within=60)
    world.asterisk.press(leg, "1")
    await world.asterisk.until(lambda: talks_now(world, leg), within=30)
    world.asterisk.far_end_leaves(leg)
    await world.settles()
    ours = [row for row in world.history.rows.values() if row.line == "0222969569" and row.legs == ()]
    assert max(ours, key=lambda row: row.started_at).peer.number == COLLEAGUE
    world.nothing_left()


async def rung(world: World) -> list[FakeChannel]:
    await world.asterisk.until(lambda: bool(world.line("4002").legs), within=60)
    return world.line("4002").legs


def talks_now(world: World, leg: FakeChannel) -> bool:
    return any(
        talk.until is None and leg.id in talk.channels for talk in world.asterisk.bridges.conversations
    )


async def test_86_ends_the_wait(world: World) -> None:
    other = await busy(world)
    world.line("4002").device(answers=2)
    await watched(world)
    for prompt in ("watching-stopped", "no-line-is-watched"):
        call = await opens(world, dialled="*86")
        await call.ends()
        assert call.prompts == [prompt]
    await other.hangs_up()
    await asyncio.sleep(60)
    assert world.line("4002").legs == []
    world.nothing_left()


async def test_after_half_an_hour_nobody_waits_any_more(world: World) -> None:
    other = await busy(world)
    world.line("4002").device(answers=2)
    await watched(world)
    await asyncio.sleep(29 * 60)
    assert len(world.process.live_calls.calls) == 2
    await asyncio.sleep(2 * 60)
    assert len(world.process.live_calls.calls) == 1
    await other.hangs_up()
    await asyncio.sleep(60)
    assert world.line("4002").legs == []
    world.nothing_left()


async def test_the_second_66_takes_the_place_of_the_first(world: World) -> None:
    other = await busy(world)
    world.line("4002").device(answers=2)
    await watched(world)
    await watched(world)
    assert len(world.process.live_calls.calls) == 2
    call = await opens(world, dialled="*86")
    await call.ends()
    await other.hangs_up()
    world.nothing_left()
