"""The recording of a message ends, or its end is not told, or another process takes it over: it is kept once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.typing import EventDict

from callcontrol.call.sound import PACKETS
from callcontrol.journal.entries import CameOf
from callcontrol.mailbox.deposit_recording import SILENCE_SECONDS
from callcontrol.routing.steps import MessageTaken
from callcontrol.telephony import RecordingEnded
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME


@pytest.mark.parametrize(("seconds", "kept"), [(1.99, False), (2.01, True)])
@pytest.mark.parametrize("hangs_up", [False, True])
async def test_two_seconds_are_a_message(world: World, seconds: float, kept: bool, hangs_up: bool) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    if hangs_up:
        await call.hangs_up(after=seconds)
    else:
        await call.presses("#", after=seconds)
        await call.ends()
    assert (len(world.line("4003").messages) == 1) is kept
    assert (world.line("4003").record.message is not None) is kept
    world.nothing_left()


async def test_a_message_is_in_the_box_before_the_caller_hears_so(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=8)
    await call.hears("vm-sent")
    assert len(world.line("4003").messages) == 1
    await call.ends()
    world.nothing_left()


@pytest.mark.parametrize("digit", ["5", "*", "0"])
async def test_only_hash_ends_a_message(world: World, digit: str) -> None:
    call = world.trunk_call(to="0222969570", speaks=20)
    await call.is_recorded()
    await call.presses(digit, after=8)
    await call.ends()
    assert world.line("4003").messages[0].duration == pytest.approx(30, abs=0.01)
    world.nothing_left()


@pytest.mark.parametrize(("a_second", "is_silent"), [(0, True), (4, True), (16, False), (50, False)])
async def test_who_sends_nothing_or_comfort_noise_is_silent_too(
    world: World, a_second: int, is_silent: bool
) -> None:
    """Asterisk does not hear that silence: it listens to what comes, and nothing does."""
    call = world.trunk_call(to="0222969570", speaks=30)
    call.channel.variables = {PACKETS: "250"}
    await call.is_recorded()
    begun = world.asterisk.time
    for second in range(1, 16):
        await asyncio.sleep(1)
        call.channel.variables = {PACKETS: str(250 + a_second * second)}
        if call.channel.id not in (
            recording.channel for recording in world.asterisk.media.recordings.values()
        ):
            break
    ended = world.asterisk.time - begun
    assert ended == pytest.approx(SILENCE_SECONDS, abs=2.1) if is_silent else ended > 14
    await call.hangs_up()
    world.nothing_left()


async def test_a_gap_in_which_nothing_comes_is_a_part_of_the_message(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=60)
    call.channel.variables, call.channel.gap = {PACKETS: "250"}, 6.0
    await call.is_recorded()
    for packets in (50, 100, 150, 150, 150, 150, 150, 150, 150, 200, 250):
        await asyncio.sleep(1)
        call.channel.variables = {PACKETS: str(250 + packets)}
    await call.hangs_up()
    assert world.line("4003").messages[0].duration == pytest.approx(11, abs=0.1)
    world.nothing_left()


async def test_what_ended_while_the_app_was_away_is_as_long_as_its_file(world: World) -> None:
    """Not as long as the app was away: less than two seconds are no message."""
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await asyncio.sleep(1)
    world.process.die()
    world.asterisk.far_end_leaves(call.channel)
    await world.returns(away=10)
    await world.settles()
    assert world.line("4003").messages == []
    world.nothing_left()


def lose_the_ends_of_recordings(world: World) -> None:
    """Asterisk does not tell them, or too late to matter."""
    tell = world.process.switchboard_event
    world.asterisk.listener = lambda event: None if isinstance(event, RecordingEnded) else tell(event)


async def test_a_recording_whose_end_is_not_told_is_kept_and_its_caller_goes_on(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=20)
    lose_the_ends_of_recordings(world)
    await call.is_recorded()
    begun = world.asterisk.time
    await call.hears("vm-sent")
    assert world.asterisk.time - begun == pytest.approx(300 + 2 + 2, abs=0.01)
    assert world.line("4003").messages[0].duration == pytest.approx(30, abs=0.01)
    await call.ends()
    world.nothing_left()


async def test_a_recording_that_does_not_end_by_itself_is_stopped(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    recording = call.channel.recordings[0]
    assert recording.timer is not None
    recording.timer.cancel()
    await call.ends()
    assert recording.seconds == pytest.approx(302, abs=0.01)
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


async def test_the_file_of_a_caller_who_left_is_waited_for_two_seconds(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    lose_the_ends_of_recordings(world)
    await call.is_recorded()
    await asyncio.sleep(8)
    world.asterisk.far_end_leaves(call.channel)
    await asyncio.sleep(1.9)
    assert world.recordings.kept == {}  # it may still be written
    await asyncio.sleep(0.2)
    assert len(world.line("4003").messages) == 1
    await world.settles()
    world.nothing_left()


async def test_who_was_answered_before_is_not_answered_again(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears("vm-greeting-system")
    await world.crashes(away=0.5)
    await call.ends()
    assert "record" in world.process.phones.commands
    assert "answer" not in world.process.phones.commands
    world.nothing_left()


async def test_a_message_taken_over_may_end_in_a_gap_of_the_next_process(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=20)
    await call.is_recorded()
    await world.crashes(away=3)
    world.process.disconnect()
    await world.asterisk.until(lambda: not call.channel.recordings, within=60)
    await world.process.connect()
    assert await call.ends() < 45
    assert world.line("4003").messages[0].duration == pytest.approx(30, abs=0.01)
    world.nothing_left()


async def test_a_message_that_was_taken_is_delivered_and_said_so_and_not_taken_again(world: World) -> None:
    world.database.down = True  # so that the first process could not deliver it
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=8)
    await call.hears("vm-sent")
    world.process.die()
    world.database.down = False
    await world.returns(away=3)
    await call.hears("vm-sent")
    assert [message.duration for message in world.line("4003").messages] == [pytest.approx(8, abs=0.01)]
    await call.ends()
    assert call.prompts == ["vm-greeting-system", "beep", "vm-after-record-menu", "vm-sent", "vm-sent"]
    (taken,) = [entry.outcome for entry in world.entries() if isinstance(entry, CameOf)]
    assert taken == MessageTaken(world.line("4003").messages[0].id)
    world.nothing_left()


async def test_a_recording_that_ended_in_a_gap_does_not_hold_the_call(world: World) -> None:
    recorded = world.trunk_call(to="0222969571", speaks=5)
    await recorded.is_recorded()
    world.process.disconnect()
    await world.asterisk.until(lambda: not recorded.channel.recordings, within=60)
    await world.process.connect()
    assert await recorded.ends() < 30
    assert len(world.line("4004").messages) == 1
    world.nothing_left()


@pytest.mark.parametrize(
    ("lasts", "gap", "kept"),
    [
        pytest.param(6.7, 5.0, True, id="1.7 s of voice in 6.7 s"),
        pytest.param(30, 29.5, True, id="half a second of it in half a minute"),
        pytest.param(1.7, 0.5, False, id="too short by any measure"),
        pytest.param(6.7, 7.0, False, id="nothing at all came"),
    ],
)
async def test_the_length_of_a_message_is_time_not_bytes(
    world: World, lasts: float, gap: float, kept: bool
) -> None:
    """Asterisk writes only what comes: spec §5, "under 2 s is dropped"."""
    call = world.trunk_call(to="0222969570")
    call.channel.gap = gap
    await call.is_recorded()
    await call.hangs_up(after=lasts)
    assert (len(world.line("4003").messages) == 1) is kept
    world.nothing_left()


async def test_who_was_silent_for_a_while_is_asked_what_becomes_of_the_message_too(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    call.channel.gap = 5
    await call.is_recorded()
    await call.presses("#", after=6)
    await call.hears("vm-after-record-menu")
    await call.hangs_up()
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


@pytest.mark.parametrize(("silent", "drops", "kept"), [(True, True, 0), (True, False, 1), (False, True, 1)])
async def test_a_company_may_want_no_message_of_nothing_but_silence(
    world: World, silent: bool, drops: bool, kept: int
) -> None:
    world.directory.put_company(replace(COMPANY, drop_silent_messages=drops))
    world.recordings.all_silent = silent
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.hangs_up(after=9)
    assert len(world.line("4003").messages) == kept
    assert len(world.recordings.kept) == kept
    world.nothing_left()


async def test_on_a_full_disk_the_caller_hears_that_no_message_can_be_taken(
    world: World, log: list[EventDict]
) -> None:
    world.recordings.full = True
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert call.prompts == ["vm-no-message-for-now"]
    assert (call.sip_status, call.channel.answered_at) == (503, None)
    assert world.line("4003").messages == []
    world.recordings.full = False
    again = world.trunk_call(to="0222969570")
    await again.is_recorded()
    await again.hangs_up(after=5)
    assert len(world.line("4003").messages) == 1
    assert [entry["event"] for entry in log if entry["log_level"] == "error"] == ["message.no_room"]
    log[:] = [entry for entry in log if entry["log_level"] != "error"]
    world.nothing_left()


async def test_a_disk_that_fills_while_a_message_is_spoken_is_no_short_message(
    world: World, log: list[EventDict]
) -> None:
    call = world.trunk_call(to="0222969570")
    call.channel.gap = 60  # nothing of it could be written
    await call.is_recorded()
    world.recordings.full = True
    await call.presses("#", after=8)
    await call.ends()
    assert call.prompts[-2:] == ["beep", "vm-no-message-for-now"]
    log[:] = [entry for entry in log if entry["log_level"] != "error"]
    world.nothing_left()
