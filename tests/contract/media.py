"""Scenarios of the contract: what is played to a caller, recorded of it, and the keys that it presses."""

from __future__ import annotations

import asyncio

from callcontrol import ids
from callcontrol.telephony import PlaybackMove
from tests.contract.side import (
    LONG,
    RECORDING,
    SHORT,
    SPEAKS_SECONDS,
    Scenario,
    Side,
    gives_up,
    says_goodbye,
)

LONGER_THAN_LONG = 7.0
"""Seconds in which the long prompt would be over."""


async def a_prompt_is_played_to_its_end_before_any_answer(side: Side) -> None:
    caller = await side.caller()
    playback = f"{caller.channel}-play1"
    await side.phones.play(caller.channel, playback, [side.media(SHORT)])
    await side.heard.tells(caller.channel, "play1 over")
    assert not await side.phones.playback_running(playback)
    await side.phones.stop_playback(playback)
    await gives_up(side, caller)


async def a_prompt_is_stopped_and_the_answer_is_quick(side: Side) -> None:
    caller = await side.caller()
    playback = f"{caller.channel}-play1"
    await side.phones.play(caller.channel, playback, [side.media(LONG)])
    await asyncio.sleep(SPEAKS_SECONDS)
    assert await side.phones.playback_running(playback)
    await side.phones.stop_playback(playback)
    async with asyncio.timeout(1.0):
        await side.phones.answer(caller.channel)
    await side.heard.tells(caller.channel, "play1 over", "answered")
    await says_goodbye(side, caller)


async def a_command_waits_for_the_prompt_that_was_not_stopped(side: Side) -> None:
    caller = await side.caller()
    await side.phones.play(caller.channel, f"{caller.channel}-play1", [side.media(LONG)])
    answering = asyncio.create_task(side.phones.answer(caller.channel))
    await asyncio.wait([answering], timeout=SPEAKS_SECONDS)
    assert not answering.done()
    await side.phones.stop_playback(f"{caller.channel}-play1")
    async with asyncio.timeout(1.0):
        await answering
    await side.heard.tells(caller.channel, "play1 over", "answered")
    await says_goodbye(side, caller)


async def a_second_prompt_waits_for_the_first(side: Side) -> None:
    caller = await side.caller()
    await side.phones.play(caller.channel, f"{caller.channel}-play1", [side.media(SHORT)])
    await side.phones.play(caller.channel, f"{caller.channel}-play2", [side.media(SHORT)])
    await side.heard.tells(caller.channel, "play1 over", "play2 over")
    await gives_up(side, caller)


async def a_caller_leaves_while_a_prompt_plays(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    await side.phones.play(caller.channel, f"{caller.channel}-play1", [side.media(LONG)])
    await asyncio.sleep(SPEAKS_SECONDS)
    await caller.hangs_up()
    await side.heard.tells(caller.channel, "answered", "leaving", "play1 failed", "left")


async def keys_come_in_their_order_while_a_prompt_plays(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    await side.phones.play(caller.channel, f"{caller.channel}-play1", [side.media(LONG)])
    await caller.presses("19*#")
    await side.heard.tells(caller.channel, "answered", "key 1", "key 9", "key *", "key #")
    await side.phones.stop_playback(f"{caller.channel}-play1")
    await side.heard.tells(caller.channel, "play1 over")
    await says_goodbye(side, caller)


# --- recording ----------------------------------------------------------------------------------------------------


async def a_prompt_that_is_paused_goes_on_and_is_moved_beyond_its_end(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    playback = f"{caller.channel}-play1"
    await side.phones.play(caller.channel, playback, [side.media(LONG)])
    await asyncio.sleep(SPEAKS_SECONDS)
    await side.phones.move_playback(playback, PlaybackMove.PAUSE)
    await asyncio.sleep(LONGER_THAN_LONG)
    assert await side.phones.playback_running(playback)
    await side.phones.move_playback(playback, PlaybackMove.GO_ON)
    await side.phones.move_playback(playback, PlaybackMove.BACK)
    assert await side.phones.playback_running(playback)
    for _ in range(2):
        await side.phones.move_playback(playback, PlaybackMove.ON)
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await side.phones.move_playback(playback, PlaybackMove.ON)  # over: no error
    await says_goodbye(side, caller)


async def a_paused_prompt_is_stopped_at_once(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    playback = f"{caller.channel}-play1"
    await side.phones.play(caller.channel, playback, [side.media(LONG)])
    await asyncio.sleep(SPEAKS_SECONDS)
    await side.phones.move_playback(playback, PlaybackMove.PAUSE)
    await side.phones.stop_playback(playback)
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await says_goodbye(side, caller)


async def a_recording_answers_and_is_stopped(side: Side) -> None:
    caller, name = await side.caller(), ids.uuid7()
    await side.phones.record(caller.channel, name, **RECORDING)
    await side.heard.tells(caller.channel, "answered")
    await asyncio.sleep(SPEAKS_SECONDS)
    assert await side.phones.recording_live(name)
    await side.phones.stop_recording(name)
    await side.heard.tells(caller.channel, "recording done")
    assert not await side.phones.recording_live(name)
    await side.phones.stop_recording(name)
    await says_goodbye(side, caller)


async def a_recording_that_is_stopped_before_it_has_begun_goes_on(side: Side) -> None:
    caller, name = await side.caller(), ids.uuid7()
    await side.phones.answer(caller.channel)
    await side.phones.play(caller.channel, f"{caller.channel}-play1", [side.media(LONG)])
    await side.phones.record(caller.channel, name, **RECORDING)
    await side.phones.stop_recording(name)
    side.accuses("was stopped before it had begun")
    await side.phones.stop_playback(f"{caller.channel}-play1")
    await side.heard.tells(caller.channel, "answered", "play1 over")
    await asyncio.sleep(SPEAKS_SECONDS)
    assert await side.phones.recording_live(name)
    await side.phones.stop_recording(name)
    await side.heard.tells(caller.channel, "recording done")
    await says_goodbye(side, caller)


async def a_recording_ends_with_its_key(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    await side.phones.record(caller.channel, ids.uuid7(), **RECORDING)
    await caller.presses("1#")
    await side.heard.tells(caller.channel, "answered", "key 1", "key #", "recording done")
    await says_goodbye(side, caller)


async def a_caller_leaves_while_it_is_recorded(side: Side) -> None:
    caller = await side.caller()
    await side.phones.answer(caller.channel)
    await side.phones.record(caller.channel, ids.uuid7(), **RECORDING)
    await asyncio.sleep(SPEAKS_SECONDS)
    await caller.hangs_up()
    await side.heard.tells(caller.channel, "answered", "leaving", "recording done", "left")


SCENARIOS: tuple[Scenario, ...] = (
    a_prompt_is_played_to_its_end_before_any_answer,
    a_prompt_is_stopped_and_the_answer_is_quick,
    a_command_waits_for_the_prompt_that_was_not_stopped,
    a_second_prompt_waits_for_the_first,
    a_caller_leaves_while_a_prompt_plays,
    a_prompt_that_is_paused_goes_on_and_is_moved_beyond_its_end,
    a_paused_prompt_is_stopped_at_once,
    keys_come_in_their_order_while_a_prompt_plays,
    a_recording_answers_and_is_stopped,
    a_recording_that_is_stopped_before_it_has_begun_goes_on,
    a_recording_ends_with_its_key,
    a_caller_leaves_while_it_is_recorded,
)
