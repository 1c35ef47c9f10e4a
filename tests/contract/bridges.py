"""Scenarios of the contract: bridges, who is in them, and what we had better not do there (the fake accuses)."""

from __future__ import annotations

import asyncio

from callcontrol import ids
from callcontrol.telephony import HangupCause
from tests.contract.side import (
    ENDING,
    LONG,
    RECORDING,
    SHORT,
    SPEAKS_SECONDS,
    Scenario,
    Side,
    dialled,
    gives_up,
    gone,
    is_ended,
    last_words,
    leg_to,
    says_goodbye,
)
from tests.fakes.behaviour import Behaviour


async def two_talk_and_one_is_taken_out(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    leg = await dialled(side, caller, answers=0.2)
    await side.heard.tells(leg, "ringing", "answered")
    await phones.answer(caller.channel)
    bridge = f"{ids.uuid7()}-bridge"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel, leg])
    assert await _members(side, bridge) == {caller.channel, leg}
    await phones.remove_from_bridge(bridge, caller.channel)
    assert await _members(side, bridge) == {leg}
    await phones.remove_from_bridge(bridge, caller.channel)
    await phones.play(caller.channel, f"{caller.channel}-play1", [side.media(SHORT)])
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await phones.destroy_bridge(bridge)
    assert await _members(side, bridge) is None
    await is_ended(side, leg)
    await side.phones.hang_up(caller.channel, HangupCause.NORMAL)
    await side.heard.tells(caller.channel, *ENDING, *last_words(caller, "ended 16 None"))


async def _members(side: Side, bridge: str) -> set[str] | None:
    now, _ = await side.snapshot()
    return set(now.bridges[bridge]) if bridge in now.bridges else None


async def one_leaves_the_bridge_by_hanging_up(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    leg = await dialled(side, caller, answers=0.2, leaves=0.5)
    await side.heard.tells(leg, "ringing", "answered")
    await phones.answer(caller.channel)
    bridge = f"{ids.uuid7()}-bridge"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel, leg])
    await side.heard.tells(leg, *ENDING, "ended 16 None")
    assert await _members(side, bridge) == {caller.channel}
    async with gone(leg):
        await phones.add_to_bridge(bridge, [caller.channel, leg])
    await phones.destroy_bridge(bridge)
    await side.heard.tells(caller.channel, "answered")
    await says_goodbye(side, caller)


async def a_bridge_that_is_not_there_takes_nobody(side: Side) -> None:
    caller = await side.caller()
    async with gone(caller.channel):
        await side.phones.add_to_bridge(f"{ids.uuid7()}-bridge", [caller.channel])
    await side.phones.remove_from_bridge(f"{ids.uuid7()}-bridge", caller.channel)
    await gives_up(side, caller)


async def a_leg_is_bridged_before_it_is_dialled(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    leg = await leg_to(side, caller, Behaviour(answers=0.3, leaves=0.5))
    bridge = f"{ids.uuid7()}-bridge"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel, leg])
    await phones.dial(leg, timeout=20)
    await side.heard.tells(leg, "ringing", "answered")
    await phones.answer(caller.channel)
    await side.heard.tells(caller.channel, "answered")
    await side.heard.tells(leg, *ENDING, "ended 16 None")
    await phones.destroy_bridge(bridge)
    await says_goodbye(side, caller)


async def a_prompt_in_a_bridge_goes_on_when_the_bridge_is_destroyed(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    await phones.answer(caller.channel)
    bridge, playback = f"{ids.uuid7()}-bridge", f"{caller.channel}-play1"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel])
    await phones.play(caller.channel, playback, [side.media(LONG)])
    side.accuses("on a bridged channel")
    await asyncio.sleep(SPEAKS_SECONDS)
    await phones.destroy_bridge(bridge)
    await asyncio.sleep(SPEAKS_SECONDS)
    assert await phones.playback_running(playback)
    await phones.stop_playback(playback)
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await says_goodbye(side, caller)


async def a_prompt_for_somebody_who_talks_is_played_to_its_end(side: Side) -> None:
    caller, phones = await side.caller(), side.phones
    leg = await dialled(side, caller, answers=0.2)
    await side.heard.tells(leg, "ringing", "answered")
    await phones.answer(caller.channel)
    bridge = f"{ids.uuid7()}-bridge"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel, leg])
    await phones.play(caller.channel, f"{caller.channel}-play1", [side.media(SHORT)])
    side.accuses("on a bridged channel")
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await phones.destroy_bridge(bridge)
    await is_ended(side, leg)
    await says_goodbye(side, caller)


async def a_bridged_caller_is_recorded_in_vain(side: Side) -> None:
    caller, phones, name = await side.caller(), side.phones, ids.uuid7()
    await phones.answer(caller.channel)
    bridge = f"{ids.uuid7()}-bridge"
    await phones.create_bridge(bridge)
    await phones.add_to_bridge(bridge, [caller.channel])
    await phones.record(caller.channel, name, **RECORDING)
    side.accuses("recorded a bridged channel")
    await side.heard.tells(caller.channel, "answered", "recording failed")
    await phones.destroy_bridge(bridge)
    await says_goodbye(side, caller)


SCENARIOS: tuple[Scenario, ...] = (
    two_talk_and_one_is_taken_out,
    one_leaves_the_bridge_by_hanging_up,
    a_bridge_that_is_not_there_takes_nobody,
    a_leg_is_bridged_before_it_is_dialled,
    a_prompt_in_a_bridge_goes_on_when_the_bridge_is_destroyed,
    a_prompt_for_somebody_who_talks_is_played_to_its_end,
    a_bridged_caller_is_recorded_in_vain,
)
