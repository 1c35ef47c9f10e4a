"""Nobody takes the call: the mailbox does. A message is kept whatever happens (spec §5)."""

from __future__ import annotations

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Direction
from tests.fakes.behaviour import GONE, SILENT
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

GREETING = "vm-greeting-system"


async def test_nobody_answers_for_a_minute_and_the_mailbox_takes_the_call(world: World) -> None:
    world.line("4003").device(rings=0.1)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert world.asterisk.time == pytest.approx(60, abs=0.4)
    await call.is_recorded()
    await call.hangs_up(after=20)
    (message,) = world.line("4003").messages
    assert message.duration == pytest.approx(20, abs=0.01)
    assert message.sender.number == "+33145678901"
    record = world.line("4003").record
    assert (record.direction, record.rule.rule) == (Direction.MISSED, "voicemail.no_answer")
    assert (record.message, message.call) == (message.id, record.call)
    assert world.recordings.kept == {message.path: pytest.approx(20, abs=0.01)}
    world.nothing_left()


async def test_a_phone_stops_ringing_before_the_greeting_and_shows_a_missed_call(world: World) -> None:
    world.line("4003").sets(no_answer={"voicemail_after": 10})
    world.line("4003").devices(2)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert [(leg.alive, leg.cause) for leg in world.line("4003").legs] == [(False, 19)] * 2
    assert world.line("4003").calls == 0  # a call in the mailbox no longer counts
    await call.hangs_up()
    world.nothing_left()


async def test_voicemail_after_zero_seconds_rings_nothing(world: World) -> None:
    world.line("4003").sets(no_answer={"voicemail_after": 0})
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears(GREETING)
    assert world.asterisk.time < 0.4
    await call.ends()
    assert world.line("4003").legs == []
    world.nothing_left()


@pytest.mark.parametrize(
    ("devices", "rule"),
    [
        pytest.param([], "voicemail.unavailable", id="no device"),
        pytest.param([GONE], "voicemail.unreachable", id="Asterisk does not know the line any more"),
        pytest.param([SILENT], "voicemail.unreachable", id="a device that says nothing for 32 s"),
    ],
)
async def test_a_line_that_cannot_be_reached_has_its_mailbox(
    world: World, devices: list[object], rule: str
) -> None:
    for does in devices:
        world.line("4003").device(does)  # type: ignore[arg-type]
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.ends()
    assert world.line("4003").record.rule.rule == rule
    assert len(world.line("4003").messages) == 1
    world.nothing_left()


@pytest.mark.parametrize(
    ("statuses", "rule", "at"),
    [
        pytest.param([486], "voicemail.declined", 0.5, id="the only device says busy"),
        pytest.param([480], "voicemail.no_answer", 0.5, id="480 after it rang is no answer"),
        pytest.param([486, 486], "voicemail.declined", 0.5, id="both say busy"),
        pytest.param([486, None], "voicemail.no_answer", 60, id="one says busy, the other rings on"),
        pytest.param([603, None], "voicemail.declined", 0.5, id="one declines for all"),
        pytest.param([404, 404], "voicemail.unreachable", 0.5, id="both fail without ringing"),
        pytest.param([404, None], "voicemail.no_answer", 60, id="one fails, the other rings on"),
        pytest.param([404, 486], "voicemail.declined", 0.5, id="one fails, the other refuses"),
    ],
)
async def test_what_devices_say(world: World, statuses: list[int | None], rule: str, at: float) -> None:
    for status in statuses:
        rings = None if status == 404 else 0.1
        world.line("4003").device(rings=rings, rejects=status, after=0.5)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert world.asterisk.time == pytest.approx(at, abs=0.4)
    await call.hangs_up()
    assert world.line("4003").record.rule.rule == rule
    world.nothing_left()


async def test_a_caller_that_leaves_during_the_greeting_leaves_no_message(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    await call.hangs_up(after=1)
    assert world.line("4003").messages == []
    assert world.line("4003").record.message is None
    world.nothing_left()


async def test_hash_skips_the_greeting(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=4)
    await call.hears(GREETING)
    await call.presses("#", after=0.5)
    await call.is_recorded()
    assert world.asterisk.time < 3
    assert call.prompts == [GREETING, "beep"]
    await call.ends()
    world.nothing_left()


async def test_hash_ends_the_message_and_the_caller_hears_that_it_was_sent(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=8)
    await call.ends()
    assert call.prompts == [GREETING, "beep", "vm-after-record-menu", "vm-sent"]
    assert world.line("4003").messages[0].duration == pytest.approx(8, abs=0.01)
    world.nothing_left()


async def test_a_caller_that_leaves_after_hash_has_left_its_message(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=8)
    await call.hears("vm-sent")
    await call.hangs_up(after=0.5)
    assert len(world.line("4003").messages) == 1
    assert world.line("4003").record.message == world.line("4003").messages[0].id
    world.nothing_left()


async def test_ten_seconds_of_silence_end_the_message(world: World) -> None:
    call = world.trunk_call(to="0222969570", speaks=30)
    await call.ends()
    assert world.line("4003").messages[0].duration == pytest.approx(40, abs=0.01)
    assert call.sip_status == 200
    world.nothing_left()


async def test_a_message_has_a_longest_length(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.ends()
    assert world.line("4003").messages[0].duration == pytest.approx(300, abs=0.01)
    world.nothing_left()


async def test_a_message_under_two_seconds_is_dropped_with_its_file(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.presses("#", after=1)
    await call.ends()
    assert call.prompts[-1] == "vm-too-short"
    assert world.line("4003").messages == []
    world.nothing_left()


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.5, 1.9])
async def test_a_caller_that_leaves_at_once_leaves_no_message(world: World, after: float) -> None:
    call = world.trunk_call(to="0222969570")
    await call.is_recorded()
    await call.hangs_up(after=after)
    assert world.line("4003").messages == []
    world.nothing_left()


async def test_the_greeting_begins_a_moment_after_the_answer(world: World) -> None:
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert call.channel.answered_at is not None
    assert world.asterisk.time - call.channel.answered_at == pytest.approx(0.3, abs=0.01)
    await call.hangs_up()
    assert world.line("4003").record.direction is Direction.MISSED  # only a person's answer is one
    world.nothing_left()


async def test_a_message_of_an_anonymous_caller_keeps_no_number(world: World) -> None:
    call = world.trunk_call(to="0222969570", privacy="id", speaks=5)
    await call.ends()
    sender = world.line("4003").messages[0].sender
    assert (sender.presentation, sender.number) == (Presentation.ANONYMOUS, None)
    world.nothing_left()


async def test_a_colleague_hears_its_own_language(world: World) -> None:
    call = world.line("4004").dials("4003", speaks=5)
    await call.hears(GREETING)
    (playback,) = call.channel.plays
    assert all("/en/" in media for media in playback.media)
    await call.ends()
    world.nothing_left()


async def test_fifty_messages_at_once_are_all_kept(world: World) -> None:
    calls = [world.trunk_call(to="0222969570", caller=f"+3314567{n:04}", speaks=5) for n in range(50)]
    for call in calls:
        await call.ends()
    assert len({message.sender.number for message in world.line("4003").messages}) == 50
    assert len(world.line("4003").records) == 50
    world.nothing_left()
