"""The link between the web and the calls, over a real Unix socket: questions, failures, deadlines, events, losses."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcontrol.errors import (
    CallControlError,
    CallSideDown,
    ChannelGone,
    NotFound,
    PhoneSystemDown,
    PhoneSystemRefused,
    TooMany,
)
from callcontrol.facts import Device, LineState
from callcontrol.link import client, frames, server, socket
from callcontrol.link.broadcast import Broadcast
from callcontrol.link.client import RemoteCallSide
from callcontrol.link.server import CallSideServer
from callcontrol.live import (
    CallsChanged,
    CallsNow,
    DevicesChanged,
    LiveEvent,
    MadeCallChanged,
    MadeState,
    MailboxChanged,
    ReadAnew,
)
from tests.postgres import eventually
from tests.web.world import FakeCallSide

LINE = "0222969569"


class Calls(FakeCallSide):
    """The call side, which a test can make slow."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.cancelled = 0
        self.as_told: list[bool] = []

    async def state(self, line: str, *, as_told: bool = False) -> LineState:
        self.as_told.append(as_told)
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return await super().state(line)

    async def in_force(self, changed: object) -> None:
        await self.go_on.wait()
        await super().in_force(changed)  # type: ignore[arg-type]


@dataclass
class Ends:
    """Both ends of a link."""

    path: Path
    calls: Calls
    server: CallSideServer
    web: RemoteCallSide
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def restart(self) -> None:
        await self.server.stop()
        self.server = CallSideServer(self.path, self.calls)
        await self.server.start()


@asynccontextmanager
async def linked(folder: Path) -> AsyncIterator[Ends]:
    path, calls = folder / "run" / "calls.sock", Calls()
    ends = Ends(path, calls, CallSideServer(path, calls), RemoteCallSide(path, Broadcast()))
    await ends.server.start()
    running = asyncio.create_task(ends.web.run())
    await answers(ends.web)
    try:
        yield ends
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await ends.server.stop()


async def answers(web: RemoteCallSide) -> None:
    async def does() -> bool:
        try:
            return (await web.now()).connected
        except CallSideDown:
            return False

    await eventually(does)


async def test_every_question_has_the_answer_of_the_other_side(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        state = LineState((Device("sip:é@192.0.2.1", None), Device("sip:b@[::1]", "Yealink")), 3, 2)
        ends.calls.states[LINE] = state
        assert await ends.web.state(LINE) == await ends.web.state(LINE, as_told=True) == state
        assert ends.calls.as_told == [False, True]
        assert await ends.web.devices(LINE) == state.devices
        assert await ends.web.now() == CallsNow(connected=True, under_way=3, counted=3, tasks=1)
        now = datetime(2027, 1, 1, tzinfo=UTC)
        await ends.web.set_clock(now)
        assert ends.calls.clock.now() == now
        await ends.web.set_clock(now, runs=True)
        assert now <= ends.calls.clock.now() < now + timedelta(minutes=1)
        await ends.web.in_force([("line", LINE), ("document", LINE, "call-manager")])
        assert ends.calls.asked_in_force == [("line", LINE), ("document", LINE, "call-manager")]


async def test_a_call_is_made_followed_and_ended_over_the_link(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        made = await ends.web.make_call(LINE, None, "0612345678")
        assert (made.first, made.to, made.state) == (LINE, "0612345678", MadeState.RINGING_FROM)
        assert await ends.web.made_call(LINE, made.id) == made
        await ends.web.make_call(LINE, "4003", "4004")
        with pytest.raises(TooMany):
            await ends.web.make_call(LINE, None, "4004")
        await ends.web.end_call(LINE, made.id)
        with pytest.raises(NotFound):
            await ends.web.made_call(LINE, made.id)
        with ends.web.events(LINE) as events:
            ends.calls.told.tell(MadeCallChanged(LINE, made.id, MadeState.TALKING))
            assert await taken(events, 1) == [MadeCallChanged(LINE, made.id, MadeState.TALKING)]


@pytest.mark.parametrize(
    "error",
    [PhoneSystemDown("no"), PhoneSystemRefused("x", 500, "y"), ChannelGone("c"), NotFound("no line")],
    ids=lambda error: type(error).__name__,
)
async def test_what_the_other_side_raises_is_raised_here(tmp_path: Path, error: CallControlError) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.refusal = error
        with pytest.raises(type(error)) as raised:
            await ends.web.state(LINE)
        assert str(error) in str(raised.value)


async def test_a_fault_of_the_other_side_keeps_its_text_and_the_link_goes_on(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.refusal = ValueError("secret")
        with pytest.raises(CallSideDown) as raised:
            await ends.web.state(LINE)
        assert "secret" not in str(raised.value)
        assert (await ends.web.now()).connected


async def test_a_slow_question_holds_up_no_other_and_has_a_deadline_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PHONES_SECONDS", 0.2)
    async with linked(tmp_path) as ends:
        ends.calls.go_on.clear()
        slow = asyncio.create_task(ends.web.state(LINE))
        assert (await ends.web.now()).connected
        with pytest.raises(CallSideDown, match="does not answer"):
            await slow

        async def given_up() -> bool:
            return ends.calls.cancelled == 1

        await eventually(given_up)


async def test_questions_beyond_the_places_wait_and_are_answered(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.go_on.clear()
        asked = [asyncio.create_task(ends.web.state(LINE)) for _ in range(server.AT_ONCE + 20)]
        await asyncio.sleep(0.05)  # all that will be taken are taken
        ends.calls.go_on.set()
        assert len(await asyncio.gather(*asked)) == server.AT_ONCE + 20


async def test_no_more_than_so_many_questions_wait_for_calls_that_do_not_answer(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.go_on.clear()
        asked = [asyncio.create_task(ends.web.state(LINE)) for _ in range(client.MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(CallSideDown, match="too many"):
            await ends.web.now()
        ends.calls.go_on.set()
        await asyncio.gather(*asked)


async def test_while_the_calls_are_away_each_question_is_refused_at_once_and_they_are_found_again(
    tmp_path: Path,
) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.go_on.clear()
        asked = asyncio.create_task(ends.web.state(LINE))
        await asyncio.sleep(0.05)  # it is under way
        await ends.server.stop()
        with pytest.raises(CallSideDown):
            await asked
        with pytest.raises(CallSideDown, match="not there"):
            await ends.web.now()
        await ends.restart()
        await answers(ends.web)


async def test_a_change_never_fails_when_the_calls_are_away_or_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "IN_FORCE_SECONDS", 0.1)
    async with linked(tmp_path) as ends:
        ends.calls.go_on.clear()
        await ends.web.in_force([("line", LINE)])
        await ends.server.stop()
        await ends.web.in_force([("line", LINE)])
        assert ends.calls.asked_in_force == []


async def test_a_newer_process_takes_the_path_over_and_the_end_of_the_older_one_leaves_it_there(
    tmp_path: Path,
) -> None:
    async with linked(tmp_path) as ends:
        newer = Calls()
        newer.states[LINE] = LineState(calls=7)
        second = CallSideServer(ends.path, newer)
        await second.start()
        await ends.server.stop()

        async def found() -> bool:
            try:
                return (await ends.web.now()).under_way == 7
            except CallSideDown:
                return False

        await eventually(found)
        await second.stop()


async def test_the_socket_is_its_users_alone_however_deep_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 100) / ("e" * 100)
    async with linked(folder) as ends:
        assert ends.path.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in ends.path.parent.iterdir()] == ["calls.sock"]


# -- events --------------------------------------------------------------------------------------------------------
async def taken(events: AsyncIterator[LiveEvent], count: int) -> list[LiveEvent]:
    async with asyncio.timeout(5):
        return [await anext(events) for _ in range(count)]


async def test_what_the_calls_tell_reaches_who_listens_in_order(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        with ends.web.events() as one, ends.web.events() as other:
            told = [CallsChanged(LINE, n) for n in range(50)]
            for event in told:
                ends.calls.told.tell(event)
            assert await taken(one, 50) == await taken(other, 50) == told


async def test_who_follows_one_line_hears_of_that_line_and_of_gaps_alone() -> None:
    live = Broadcast()
    with live.listen(LINE) as of_line, live.listen() as of_all, live.listen("0222969570") as of_other:
        told: list[LiveEvent] = [MailboxChanged("0222969570"), DevicesChanged(LINE), ReadAnew()]
        for event in told:
            live.tell(event)
        assert await taken(of_all, 3) == told
        assert await taken(of_line, 2) == [DevicesChanged(LINE), ReadAnew()]
        assert await taken(of_other, 2) == [MailboxChanged("0222969570"), ReadAnew()]


async def test_after_a_gap_everybody_is_told_to_read_anew(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        with ends.web.events() as events:
            await ends.restart()
            assert await taken(events, 2) == [ReadAnew(), ReadAnew()], "lost, and found again"
            await answers(ends.web)
            ends.calls.told.tell(MailboxChanged(LINE))
            assert await taken(events, 1) == [MailboxChanged(LINE)]


async def test_a_web_that_does_not_read_never_makes_the_calls_wait_and_is_told_to_read_anew(
    tmp_path: Path,
) -> None:
    async with linked(tmp_path) as ends:
        reader, writer = await socket.connected(ends.path)
        writer.write(frames.packed(frames.Ask(1, 1.0, frames.HowAreCalls())))
        assert isinstance(await frames.read(reader), frames.Reply)  # it is connected, and reads no more
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        many = 50_000
        for n in range(many):
            ends.calls.told.tell(CallsChanged(LINE, n))
            if n % 500 == 0:
                await asyncio.sleep(0)
        assert (await ends.web.now()).connected, "others are served"
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        got: list[object] = []
        while not got or got[-1] != CallsChanged(LINE, many - 1):
            async with asyncio.timeout(5):
                frame = await frames.read(reader)
            assert isinstance(frame, frames.Told)
            got.append(frame.event)
        assert ReadAnew() in got
        assert len(got) < many
        writer.transport.abort()


async def test_a_listener_that_is_too_slow_loses_events_and_the_others_lose_none() -> None:
    broadcast = Broadcast(room=3)
    with broadcast.listen() as slow, broadcast.listen() as quick:
        for n in range(5):
            broadcast.tell(CallsChanged(LINE, n))
            assert await taken(quick, 1) == [CallsChanged(LINE, n)]
        assert await taken(slow, 2) == [ReadAnew(), CallsChanged(LINE, 4)]


# -- what is no frame ----------------------------------------------------------------------------------------------
def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", frames.LARGEST + 1),
        framed(b"nonsense"),
        framed(b'{"$":"Other"}'),
        framed(b'{"$":"Device","contact":"x"}'),
        framed(b'{"$":"Ask"}'),
        framed(b"[" * 100_000),
        frames.packed(frames.Told(ReadAnew())),
    ],
)
async def test_what_is_no_question_ends_that_connection_alone(tmp_path: Path, sent: bytes) -> None:
    async with linked(tmp_path) as ends:
        reader, writer = await socket.connected(ends.path)
        writer.write(sent)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            async with asyncio.timeout(5):
                await reader.readexactly(1)
        writer.transport.abort()
        assert (await ends.web.now()).connected


async def test_an_answer_that_is_too_long_is_a_fault_and_no_wait(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        ends.calls.states[LINE] = LineState((Device("x" * frames.LARGEST),))
        with pytest.raises(CallSideDown, match="too long"):
            await ends.web.state(LINE)


def test_a_frame_that_is_too_long_is_never_sent() -> None:
    with pytest.raises(frames.BadFrame):
        frames.packed(frames.Ask(1, 1.0, frames.StateOf("9" * frames.LARGEST)))
