"""Scenarios of the contract: legs, from their making to their end, and gaps in the events.

Numbers in words are the Q.850 cause and the SIP status of the far end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from callcontrol import ids
from callcontrol.errors import PhoneSystemRefused
from callcontrol.telephony import HangupCause
from tests.contract.side import (
    ENDING,
    WITHIN,
    Scenario,
    Side,
    dialled,
    gives_up,
    gone,
    is_ended,
    is_ended_undialled,
    leg_to,
)
from tests.fakes.behaviour import Behaviour


async def a_leg_answers_and_we_end_it(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, answers=0.3)
    await side.heard.tells(leg, "ringing", "answered")
    await is_ended(side, leg)
    await gives_up(side, caller)


async def a_leg_answers_and_leaves(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, answers=0.3, leaves=0.3)
    await side.heard.tells(leg, "ringing", "answered", *ENDING, "ended 16 None")
    await gives_up(side, caller)


def a_leg_is_refused(status: int, cause: int) -> Scenario:
    async def scenario(side: Side) -> None:
        caller = await side.caller()
        leg = await dialled(side, caller, rejects=status, after=0.3)
        await side.heard.tells(leg, "ringing", *ENDING, f"ended {cause} {status}")
        await gives_up(side, caller)

    scenario.__name__ = f"a_leg_is_refused_with_{status}"
    return scenario


async def a_leg_is_refused_before_it_rings(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, rings=None, rejects=486, after=0.1)
    await side.heard.tells(leg, *ENDING, "ended 17 486")
    await gives_up(side, caller)


async def a_leg_redirects(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, redirects="4004", after=0.5)
    await side.heard.tells(leg, "ringing")
    await side.heard.tells_in_any_order(leg, "redirected to 4004", "leaving")
    await side.heard.tells(leg, "left", "ended 23 302")
    await gives_up(side, caller)


async def a_leg_sends_early_media_and_answers(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, rings=0.1, says=183, answers=0.5)
    await side.heard.tells(leg, "progressing", "answered")
    await is_ended(side, leg)
    await gives_up(side, caller)


async def a_leg_rings_too_long(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, timeout=1)
    await side.heard.tells(leg, "ringing", *ENDING, "ended 19 480")
    await gives_up(side, caller)


async def a_ringing_leg_is_taken_back(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller)
    await side.heard.tells(leg, "ringing")
    await is_ended(side, leg, HangupCause.ANSWERED_ELSEWHERE)
    await gives_up(side, caller)


async def a_leg_that_was_never_dialled_is_ended(side: Side) -> None:
    caller = await side.caller()
    leg = await leg_to(side, caller, Behaviour())
    await is_ended_undialled(side, leg)
    await gives_up(side, caller)


async def an_endpoint_that_is_not_there_has_no_leg(side: Side) -> None:
    caller = await side.caller()
    for endpoint in ("PJSIP/0222969588/sip:x@127.0.0.1:9", "PJSIP/0145700000@no-such-trunk"):
        with pytest.raises(PhoneSystemRefused) as error:
            await side.phones.create_leg(
                f"{ids.uuid7()}-leg1", endpoint, originator=caller.channel, variables={}
            )
        assert error.value.status == 500
    caller.leads = True
    await gives_up(side, caller)


async def a_contact_that_has_gone_stays_silent(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller, rings=None, timeout=2)
    await side.heard.tells(leg, *ENDING, "ended 19 480")
    await gives_up(side, caller)


# --- what we must not do ------------------------------------------------------------------------------------------


async def a_leg_is_dialled_twice(side: Side) -> None:
    caller = await side.caller()
    leg = await dialled(side, caller)
    await side.heard.tells(leg, "ringing")
    async with gone(leg):
        await side.phones.dial(leg, timeout=20)
    await is_ended(side, leg)
    await gives_up(side, caller)
    side.accuses("was dialled twice")


# --- gaps ---------------------------------------------------------------------------------------------------------


async def what_happened_in_a_gap_is_in_the_snapshot(side: Side) -> None:
    caller = await side.caller()
    stays = await dialled(side, caller, answers=1.5)
    leaves = await dialled(side, caller, rejects=486, after=1.5)
    for leg in (stays, leaves):
        await side.heard.tells(leg, "ringing")
    assert await _states(side) == {caller.channel: "Ring", stays: "Ringing", leaves: "Ringing"}
    async with side.gap():
        await _until(side, lambda states: states.get(stays) == "Up" and leaves not in states)
    assert await _states(side) == {caller.channel: "Ring", stays: "Up"}
    _, waiting = await side.snapshot()
    assert {(entered.channel.id, entered.args[0]) for entered in waiting} == {
        (caller.channel, "line"),
        (stays, "leg"),
    }
    await is_ended(side, stays)
    await gives_up(side, caller)


async def _states(side: Side) -> dict[str, str]:
    now, _ = await side.snapshot()
    return {channel.id: channel.state for channel in now.channels.values()}


async def _until(side: Side, reached: Callable[[dict[str, str]], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not reached(await _states(side)):  # noqa: ASYNC110 - asked over ARI
            await asyncio.sleep(0.05)


SCENARIOS: tuple[Scenario, ...] = (
    a_leg_answers_and_we_end_it,
    a_leg_answers_and_leaves,
    a_leg_is_refused(404, 1),
    a_leg_is_refused(408, 18),
    a_leg_is_refused(480, 19),
    a_leg_is_refused(486, 17),
    a_leg_is_refused(488, 58),
    a_leg_is_refused(500, 38),
    a_leg_is_refused(503, 34),
    a_leg_is_refused(600, 17),
    a_leg_is_refused(603, 21),
    a_leg_is_refused(606, 58),
    a_leg_is_refused_before_it_rings,
    a_leg_redirects,
    a_leg_sends_early_media_and_answers,
    a_leg_rings_too_long,
    a_ringing_leg_is_taken_back,
    a_leg_that_was_never_dialled_is_ended,
    an_endpoint_that_is_not_there_has_no_leg,
    a_contact_that_has_gone_stays_silent,
    a_leg_is_dialled_twice,
    what_happened_in_a_gap_is_in_the_snapshot,
)
