"""Scenarios of the contract: callers, answered, refused and gone."""

from __future__ import annotations

from callcontrol import ids
from callcontrol.telephony import HangupCause
from tests.contract.side import (
    ENDING,
    RECORDING,
    SHORT,
    Scenario,
    Side,
    gives_up,
    gone,
    is_ended_undialled,
    last_words,
    leg_to,
    says_goodbye,
)
from tests.fakes.behaviour import Behaviour


async def a_caller_gives_up(side: Side) -> None:
    caller = await side.caller()
    await side.phones.ring(caller.channel)
    await gives_up(side, caller)


async def a_caller_is_answered_and_leaves(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    await side.heard.tells(caller.channel, "answered")
    await says_goodbye(side, caller)


def a_caller_is_refused(cause: HangupCause, status: int) -> Scenario:
    async def scenario(side: Side) -> None:
        caller = await side.caller()
        leg = await leg_to(side, caller, Behaviour())
        await is_ended_undialled(side, leg)
        await side.phones.hang_up(caller.channel, cause)
        assert await caller.is_refused() == status
        told = status if cause is not HangupCause.NORMAL else None
        await side.heard.tells(caller.channel, *ENDING, *last_words(caller, f"ended {int(cause)} {told}"))

    scenario.__name__ = f"a_caller_is_refused_with_{cause.name.lower()}"
    return scenario


async def nothing_can_be_done_with_a_caller_that_left(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    left = caller.channel
    leg = await leg_to(side, caller, Behaviour())
    bridge = f"{leg}-bridge"
    await phones.create_bridge(bridge)
    await gives_up(side, caller)
    async with gone(left):
        await phones.answer(left)
    async with gone(left):
        await phones.ring(left)
    async with gone(left):
        await phones.play(left, f"{left}-play1", [side.media(SHORT)])
    async with gone(left):
        await phones.record(left, ids.uuid7(), **RECORDING)
    async with gone(left):
        await phones.get_variable(left, "CHANNEL(state)")
    async with gone(left):
        await phones.contacts(left, "0222969501")
    async with gone(left):
        await phones.add_to_bridge(bridge, [leg, left])
    await phones.remove_from_bridge(bridge, left)
    await phones.hang_up(left, HangupCause.NORMAL)
    await phones.destroy_bridge(bridge)
    await phones.destroy_bridge(bridge)
    await is_ended_undialled(side, leg)
    async with gone(leg):
        await phones.dial(leg, timeout=5)


SCENARIOS: tuple[Scenario, ...] = (
    a_caller_gives_up,
    a_caller_is_answered_and_leaves,
    a_caller_is_refused(HangupCause.UNALLOCATED, 404),
    a_caller_is_refused(HangupCause.NORMAL, 603),
    a_caller_is_refused(HangupCause.BUSY, 486),
    a_caller_is_refused(HangupCause.NO_USER_RESPONSE, 408),
    a_caller_is_refused(HangupCause.NO_ANSWER, 480),
    a_caller_is_refused(HangupCause.SUBSCRIBER_ABSENT, 480),
    a_caller_is_refused(HangupCause.REJECTED, 403),
    a_caller_is_refused(HangupCause.CONGESTION, 503),
    a_caller_is_refused(HangupCause.FAILURE, 500),
    nothing_can_be_done_with_a_caller_that_left,
)
