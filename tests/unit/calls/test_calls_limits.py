"""Five calls of a line and the company's outside calls: the count is right at every instant (spec §3)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"


async def five_calls(world: World, incoming: int) -> list[Caller]:
    """So many incoming calls that talk, and outgoing ones up to five."""
    line = world.line("4003")
    line.device(answers=1)
    world.outside(MOBILE, answers=1)
    calls = [world.trunk_call(to="0222969570") for _ in range(incoming)]
    calls += [line.dials(MOBILE) for _ in range(5 - incoming)]
    for call in calls:
        await call.talks()
    assert line.calls == 5
    return calls


@pytest.mark.parametrize("incoming", range(6))
async def test_the_sixth_call_is_busy_however_the_five_came(world: World, incoming: int) -> None:
    world.line("4003").sets(busy={"voicemail_enabled": False})
    await five_calls(world, incoming)
    sixth_in, sixth_out = world.trunk_call(to="0222969570"), world.line("4003").dials(MOBILE)
    await sixth_in.ends()
    await sixth_out.ends()
    assert (sixth_in.prompts, sixth_in.sip_status) == (["line-busy"], 486)
    assert (sixth_out.prompts, sixth_out.sip_status) == (["line-limit-reached"], 486)
    for call in world.callers:
        await call.hangs_up()
    world.nothing_left()


async def test_of_two_calls_at_the_same_instant_only_one_gets_the_last_place(world: World) -> None:
    calls = await five_calls(world, 5)
    await calls[0].hangs_up()
    assert world.line("4003").calls == 4
    one, other = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969570")
    await world.asterisk.until(lambda: one.talks_now or other.talks_now, within=5)
    await world.asterisk.until(lambda: bool(one.channel.plays or other.channel.plays), within=5)
    assert {one.talks_now, other.talks_now} == {True, False}
    for call in world.callers:
        await call.hangs_up()
    world.nothing_left()


async def test_an_incoming_and_an_outgoing_call_at_the_same_instant_share_one_place(world: World) -> None:
    calls = await five_calls(world, 5)
    await calls[0].hangs_up()
    incoming, outgoing = world.trunk_call(to="0222969570"), world.line("4003").dials(MOBILE)
    await world.asterisk.until(lambda: incoming.talks_now or outgoing.talks_now, within=5)
    await world.asterisk.until(lambda: bool(incoming.channel.plays or outgoing.channel.plays), within=5)
    assert {incoming.talks_now, outgoing.talks_now} == {True, False}
    for call in world.callers:
        await call.hangs_up()
    world.nothing_left()


async def test_the_place_is_free_again_after_every_kind_of_end(world: World) -> None:
    world.change_line("4003", max_calls=1)
    world.line("4003").sets(no_answer={"voicemail_after": 6})
    world.line("4003").device(rings=1)
    for _ in range(3):
        hung_up = world.trunk_call(to="0222969570")
        await hung_up.hangs_up(after=2)
        assert world.line("4003").calls == 0
        recorded = world.trunk_call(to="0222969570", speaks=5)
        await recorded.is_recorded()
        assert world.line("4003").calls == 0  # the mailbox does not count
        await recorded.ends()
        refused = world.line("4003").dials("4999")
        await refused.ends()
    assert {r.rule.rule for r in world.line("4003").records} >= {"voicemail.no_answer"}
    assert not any(r.rule.rule == "voicemail.busy" for r in world.line("4003").records)
    world.nothing_left()


async def test_a_line_is_free_at_the_hangup_though_asterisk_answers_late(
    tmp_path: Path, log: list[EventDict]
) -> None:
    world = World(
        tmp_path, delay=lambda: 0.4
    )  # the flow waits for its commands' answers longer than the line
    world.change_line("4002", max_calls=1)
    world.line("4003").device(rings=0.1)
    for _ in range(3):
        call = world.line("4002").dials("4003")
        await call.hears_ringing()
        assert world.line("4002").calls == 1
        world.asterisk.far_end_leaves(call.channel)
    await call.ends()
    assert [caller.prompts for caller in world.callers] == [[], [], []]  # no "line-limit-reached"
    world.nothing_left()


@pytest.mark.parametrize("instant", [0.1, 0.4, 0.5, 0.9, 1.3, 1.7, 2.1])
async def test_a_call_whose_caller_has_gone_takes_no_place_again(
    tmp_path: Path, log: list[EventDict], instant: float
) -> None:
    world = World(tmp_path, delay=lambda: 0.4)
    world.line("4003").device(rings=0.1)
    call = world.line("4002").dials("4003")
    await asyncio.sleep(instant)  # whatever the flow then waits for
    world.asterisk.far_end_leaves(call.channel)
    await asyncio.sleep(0)
    for _ in range(40):
        assert (world.line("4002").calls, world.line("4003").calls) == (0, 0)
        await asyncio.sleep(0.1)
    world.nothing_left()


async def test_a_company_at_its_limit_makes_no_outside_call_and_no_outside_forward(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_calls=2))
    world.outside(MOBILE, answers=1)
    world.line("4004").sets(incoming="forward", unconditional={"number": MOBILE})
    first = world.line("4002").dials(MOBILE)
    await first.talks()
    forwarded = world.trunk_call(to="0222969571", speaks=5)  # it takes the second and last place itself
    second = world.line("4002").dials(MOBILE)
    await second.ends()
    await forwarded.ends()
    assert second.prompts == ["company-limit-reached"]
    assert world.line("4004").record.rule.rule == "voicemail.company_full"
    assert len(world.legs_outside(MOBILE)) == 1
    await first.hangs_up()
    third = world.line("4002").dials(MOBILE)
    await third.talks()
    await third.hangs_up()
    world.nothing_left()


async def test_calls_that_arrive_together_never_exceed_the_companys_limit(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_calls=3))
    world.outside(MOBILE, answers=1)
    calls = [world.line(name).dials(MOBILE) for name in ("4002", "4003", "4004", "4005") for _ in range(2)]
    await world.asterisk.until(lambda: sum(call.talks_now for call in calls) == 3, within=5)
    assert world.process.occupancy.outside_calls_of("demo") == 3
    for call in calls:
        await call.hangs_up()
    assert sum(call.prompts == ["company-limit-reached"] for call in calls) <= 5
    assert len(world.legs_outside(MOBILE)) == 3
    world.nothing_left()
