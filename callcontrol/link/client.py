"""The web's end of the link: ``ports.CallSide``, answered by the process that holds the calls.

Finds it again whenever it was away. While it is, every question is answered at once with ``CallSideDown``; nothing is
kept for later, since an answer is of the moment.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog

from callcontrol.changes.ports import Key
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
from callcontrol.link import frames, socket
from callcontrol.link.broadcast import Broadcast
from callcontrol.link.frames import Answer, Failed, Question, Why
from callcontrol.live import CallNow, CallsNow, LiveEvent, MadeCall, ReadAnew
from callcontrol.ports.call_side import CallSide

log = structlog.get_logger()

A = TypeVar("A", bound=Answer)

RETRY_SECONDS = 0.2
NOW_SECONDS = 0.6
"""For what the calls know by heart."""
PHONES_SECONDS = 5.0
"""For what they must ask Asterisk."""
IN_FORCE_SECONDS = 1.0
"""A change waits no longer for the calls (structure: other processes are at most 1 s behind)."""
MOST_WAITING = 256
"""Questions without an answer. More only wait when the calls do not read."""


class RemoteCallSide(CallSide):
    """Reaches the calls at ``path`` while ``run`` runs. ``live`` is told what they tell."""

    def __init__(self, path: Path, live: Broadcast) -> None:
        self._path, self._live = path, live
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                reader, self._writer = await socket.connected(self._path)
                log.info("link.connected")
                self._live.tell(ReadAnew())
                await self._read(reader)
            except (OSError, frames.BadFrame) as error:
                if self._writer is not None:
                    log.warning("link.broken", error=repr(error))
            finally:
                self._lost()
            await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while (frame := await frames.read(reader)) is not None:
            match frame:
                case frames.Reply(id=identity, answer=answer):
                    waiting = self._waiting.get(identity)
                    if waiting is not None and not waiting.done():  # else nobody waits for it any more
                        waiting.set_result(answer)
                case frames.Told(event=event):
                    self._live.tell(event)
                case frames.Ask():
                    raise frames.BadFrame("the calls sent a question")

    def _lost(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        log.warning("link.lost")
        writer.transport.abort()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(CallSideDown("the calls process went away"))
        self._live.tell(ReadAnew())

    async def _ask(self, question: Question, kind: type[A], seconds: float) -> A:
        """The answer. Raises CallSideDown, and what the other side raised."""
        if self._writer is None:
            raise CallSideDown("the calls process is not there")
        if len(self._waiting) >= MOST_WAITING:
            raise CallSideDown("too many questions wait for the calls process")
        identity = next(self._ids)
        waiting = self._waiting[identity] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(frames.packed(frames.Ask(identity, seconds, question)))
                answer = await waiting
        except TimeoutError:
            raise CallSideDown("the calls process does not answer") from None
        finally:
            del self._waiting[identity]
        return checked(answer, kind)

    # -- ports.CallSide --------------------------------------------------------------------------------------------
    async def devices(self, line: str) -> tuple[Device, ...]:
        return (await self._ask(frames.DevicesOf(line), frames.DeviceList, PHONES_SECONDS)).devices

    async def state(self, line: str, *, as_told: bool = False) -> LineState:
        return await self._ask(frames.StateOf(line, as_told), LineState, PHONES_SECONDS)

    async def now(self) -> CallsNow:
        return await self._ask(frames.HowAreCalls(), CallsNow, NOW_SECONDS)

    async def calls(self) -> tuple[CallNow, ...]:
        return (await self._ask(frames.ListCalls(), frames.CallList, NOW_SECONDS)).calls

    async def in_force(self, changed: Collection[Key]) -> None:
        try:
            await self._ask(frames.UntilInForce(tuple(changed)), frames.Done, IN_FORCE_SECONDS)
        except CallControlError as error:  # it is in the database: who has the calls reads it there
            log.warning("link.change_not_confirmed", error=str(error))

    async def set_clock(self, now: datetime, *, runs: bool = False) -> None:
        await self._ask(frames.SetClock(now, runs), frames.Done, NOW_SECONDS)

    async def make_call(self, line: str, first: str | None, to: str) -> MadeCall:
        return await self._ask(frames.Make(line, first, to), MadeCall, NOW_SECONDS)

    async def made_call(self, line: str, call: str) -> MadeCall:
        return await self._ask(frames.StateOfMade(line, call), MadeCall, NOW_SECONDS)

    async def end_call(self, line: str, call: str) -> None:
        await self._ask(frames.EndMade(line, call), frames.Done, NOW_SECONDS)

    def events(self, line: str | None = None) -> AbstractContextManager[AsyncIterator[LiveEvent]]:
        return self._live.listen(line)


def checked(answer: Answer, kind: type[A]) -> A:
    """The answer, when it is one to the question asked. Raises CallSideDown, and what the other side raised."""
    if isinstance(answer, Failed):
        raise _error(answer)
    if not isinstance(answer, kind):
        raise CallSideDown(f"the calls process answers {type(answer).__name__}")
    return answer


def _error(failed: Failed) -> CallControlError:
    match failed.why:
        case Why.PHONES_DOWN:
            return PhoneSystemDown(failed.text)
        case Why.PHONES_REFUSED:
            return PhoneSystemRefused("asked by the web", failed.status, failed.text)
        case Why.CHANNEL_GONE:
            return ChannelGone(failed.text)
        case Why.NOT_FOUND:
            return NotFound(failed.text)
        case Why.TOO_MANY:
            return TooMany(failed.text)
        case Why.OURS:
            return CallSideDown(f"the calls process failed: {failed.text}")
