"""Events find their call, in order; channels that are nobody's are told to whoever counts them."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.call.inbox import CallEvent, Inbox
from callcontrol.call.switchboard import Switchboard
from callcontrol.telephony import (
    Channel,
    ChannelEnded,
    ChannelEntered,
    ChannelEvent,
    ChannelLeft,
    HangupRequested,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    UserEvent,
)
from tests.fakes.virtual_time import VIRTUAL_TIME

pytestmark = VIRTUAL_TIME

MINE, OTHER = Channel("mine", "PJSIP/a-1", "Up"), Channel("other", "PJSIP/b-2", "Up")


class Hall:
    """A switchboard with one connected channel, and notes of all else."""

    def __init__(self) -> None:
        self.strangers: list[str] = []
        self.entered: list[ChannelEntered] = []
        self.inbox = Inbox()
        self.board = Switchboard(self.strangers.append)
        self.board.connect("mine", self.inbox)
        self.board.route("line", self.entered.append)

    async def told(self) -> list[CallEvent]:
        found = []
        while (event := await self.inbox.get(asyncio.get_running_loop().time())) is not None:
            found.append(event)
        return found


async def test_events_of_a_call_keep_their_order() -> None:
    hall = Hall()
    events: list[ChannelEvent] = [
        KeyPressed(MINE, "1"),
        PlaybackEnded("p", "mine", False),
        RecordingEnded("r", "mine", False),
        ChannelLeft(MINE),
    ]
    for event in events:
        hall.board.on_event(event)
        hall.board.on_event(KeyPressed(OTHER, "9"))
    assert await hall.told() == events


async def test_a_new_channel_takes_the_route_of_its_first_word() -> None:
    hall = Hall()
    known, unknown = ChannelEntered(OTHER, ("line", "x")), ChannelEntered(OTHER, ("probe",))
    for event in (known, unknown, ChannelEntered(OTHER, ())):
        hall.board.on_event(event)
    assert hall.entered == [known]


async def test_a_leg_that_enters_goes_to_its_call_not_through_the_front_door() -> None:
    hall = Hall()
    entered = ChannelEntered(MINE, ("line",))
    hall.board.on_event(entered)
    assert (await hall.told(), hall.entered) == ([entered], [])


async def test_the_end_of_a_stranger_is_told_and_that_of_a_disconnected_channel_too() -> None:
    hall = Hall()
    hall.board.on_event(ChannelEnded(OTHER, 16))
    hall.board.disconnect("mine")
    hall.board.disconnect("mine")
    hall.board.on_event(ChannelEnded(MINE, 16))
    assert hall.strangers == ["other", "mine"]
    assert Hall().board.knows("mine")
    assert not hall.board.knows("mine")
    assert await hall.told() == []


@pytest.mark.parametrize(
    "leaving", [HangupRequested(MINE, 16, None), ChannelLeft(MINE), ChannelEnded(MINE, 16)]
)
async def test_a_hangup_is_told_once_before_anybody_takes_it_from_the_inbox(leaving: ChannelEvent) -> None:
    hall, left = Hall(), list[str]()
    hall.board.connect("mine", hall.inbox, lambda: left.append("mine"))
    hall.board.on_event(KeyPressed(MINE, "1"))
    hall.board.on_event(ChannelLeft(OTHER))
    assert left == []
    hall.board.on_event(leaving)
    assert left == ["mine"]
    hall.board.on_event(ChannelEnded(MINE, 16))
    assert left == ["mine"]
    assert await hall.told() == [KeyPressed(MINE, "1"), leaving, ChannelEnded(MINE, 16)]


async def test_the_hangup_of_a_channel_that_was_given_up_is_not_told() -> None:
    hall, left = Hall(), list[str]()
    hall.board.connect("mine", hall.inbox, lambda: left.append("mine"))
    hall.board.disconnect("mine")
    hall.board.on_event(ChannelLeft(MINE))
    hall.board.connect("mine", hall.inbox)
    hall.board.on_event(ChannelLeft(MINE))
    assert left == []


async def test_words_of_the_dialplan_are_nobodys() -> None:
    hall = Hall()
    hall.board.on_event(UserEvent("mine", "FaxDone", ()))
    assert await hall.told() == []


@pytest.mark.parametrize("deadline", [0.0, 0.1, 1 / 3, 7.7777777])
async def test_an_inbox_waits_until_its_deadline_and_no_longer(deadline: float) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    assert await Inbox().get(begin + deadline) is None
    assert loop.time() - begin == pytest.approx(deadline, abs=1e-6)


async def test_an_event_at_the_deadline_is_not_lost() -> None:
    inbox, loop = Inbox(), asyncio.get_running_loop()
    event = KeyPressed(MINE, "1")
    loop.call_at(1.0, inbox.put, event)
    first = await inbox.get(1.0)
    assert first == event or await inbox.get(2.0) == event


async def test_a_wait_that_is_cancelled_loses_no_event() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.get(None))
    await asyncio.sleep(0)
    inbox.put(KeyPressed(MINE, "1"))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert await inbox.get(None) == KeyPressed(MINE, "1")
