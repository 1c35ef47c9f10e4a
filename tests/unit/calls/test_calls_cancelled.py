"""Callers that leave before the answer, with a reason or without (RFC 3326; issue A4, row 19), lived by calls."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.telephony import HangupCause
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME


@pytest.mark.parametrize("moment", [0.0, 0.0035, 0.104, 0.1052, 0.11, 3.0])
async def test_the_reason_reaches_the_phones_whatever_the_app_is_doing_meanwhile(
    world: World, moment: float
) -> None:
    world.line("4003").devices(2, rings=0.1)
    call = world.trunk_call(to="0222969570")
    await asyncio.sleep(moment)
    world.asterisk.far_end_leaves(call.channel, 26)
    await world.settles()
    assert {leg.cause for leg in world.line("4003").legs} <= {HangupCause.ANSWERED_ELSEWHERE}
    world.nothing_left()


async def test_a_caller_that_just_gives_up_is_a_missed_call(world: World) -> None:
    world.line("4003").devices(2, rings=0.1)
    call = world.trunk_call(to="0222969570")
    await call.hangs_up(after=1)
    assert {leg.cause for leg in world.line("4003").legs} == {HangupCause.NORMAL}
    world.nothing_left()
