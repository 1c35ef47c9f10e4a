"""The calls' end of the link: answers the web's questions, carries out its commands, tells it what happens.

The calls never wait for the web: a web that does not read gets no further answers and loses events. Every question is
a task of its own, so that a slow one (of Asterisk) holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import assert_never

import structlog

from callcontrol.errors import (
    CallControlError,
    ChannelGone,
    NotFound,
    PhoneSystemDown,
    PhoneSystemRefused,
    TooMany,
)
from callcontrol.link import frames, socket
from callcontrol.link.frames import Answer, Ask, Failed, Question, Why
from callcontrol.live import LiveEvent
from callcontrol.ports.call_side import CallSide

log = structlog.get_logger()

AT_ONCE = 64
"""Questions of one web under way, answers that it has not read included."""


class CallSideServer:
    """Serves ``call_side`` at ``path`` between ``start`` and ``stop``."""

    def __init__(self, path: Path, call_side: CallSide) -> None:
        self._path, self._call_side = path, call_side
        self._webs: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._on_connect, sock=socket.listening(self._path))

    async def stop(self) -> None:
        """Hang up on every web."""
        if self._server is not None:
            self._server.close()
        for web in self._webs:
            web.cancel()
        await asyncio.gather(*self._webs, return_exceptions=True)

    def _on_connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        web = asyncio.create_task(self._serve(reader, writer), name="web")
        self._webs.add(web)
        web.add_done_callback(self._webs.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One web, until it hangs up."""
        log.info("link.web_connected")
        tasks: set[asyncio.Task[None]] = set()
        try:
            with self._call_side.events() as events:
                tasks.add(asyncio.create_task(_pass_on(events, writer)))
                await self._read(reader, writer, tasks)
        except (OSError, frames.BadFrame) as error:
            log.warning("link.web_lost", error=repr(error))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.transport.abort()  # what the web has not read by now it never will
            log.info("link.web_gone")

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tasks: set[asyncio.Task[None]]
    ) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        while (frame := await frames.read(reader)) is not None:
            if not isinstance(frame, Ask):
                raise frames.BadFrame(f"the web sent a {type(frame).__name__}")
            await places.acquire()
            task = asyncio.create_task(self._answer(frame, writer, places))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _answer(self, ask: Ask, writer: asyncio.StreamWriter, places: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(ask.seconds):
                answer = await _tried(ask.question, self._call_side)
            writer.write(_reply(ask, answer))
            await writer.drain()
        except TimeoutError:
            log.warning("link.too_late", question=type(ask.question).__name__)  # the web has given up, too
        except OSError:
            pass  # it is gone: the reader sees that
        finally:
            places.release()


def _reply(ask: Ask, answer: Answer) -> bytes:
    try:
        return frames.packed(frames.Reply(ask.id, answer))
    except frames.BadFrame as error:
        log.error("link.answer_too_long", question=type(ask.question).__name__, error=str(error))
        return frames.packed(frames.Reply(ask.id, Failed(Why.OURS, "the answer is too long")))


async def _pass_on(events: AsyncIterator[LiveEvent], writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        async for event in events:
            writer.write(frames.packed(frames.Told(event)))
            await writer.drain()


async def _tried(question: Question, call_side: CallSide) -> Answer:
    """The answer, whatever happens; what went wrong as data."""
    try:
        return await answer_to(question, call_side)
    except PhoneSystemDown as error:
        return Failed(Why.PHONES_DOWN, str(error))
    except PhoneSystemRefused as error:
        return Failed(Why.PHONES_REFUSED, str(error), error.status)
    except ChannelGone as error:
        return Failed(Why.CHANNEL_GONE, error.channel)
    except NotFound as error:
        return Failed(Why.NOT_FOUND, str(error))
    except TooMany as error:
        return Failed(Why.TOO_MANY, str(error))
    except CallControlError as error:
        log.warning("link.question_failed", question=type(question).__name__, error=str(error))
        return Failed(Why.OURS, type(error).__name__)
    except TimeoutError:
        raise
    except Exception as error:
        log.exception("link.question_failed", question=type(question).__name__)
        return Failed(Why.OURS, type(error).__name__)


async def answer_to(question: Question, call_side: CallSide) -> Answer:
    """One row for each question and command."""
    match question:
        case frames.DevicesOf(line=line):
            return frames.DeviceList(await call_side.devices(line))
        case frames.StateOf(line=line, as_told=as_told):
            return await call_side.state(line, as_told=as_told)
        case frames.HowAreCalls():
            return await call_side.now()
        case frames.ListCalls():
            return frames.CallList(await call_side.calls())
        case frames.UntilInForce(changed=changed):
            await call_side.in_force(changed)
        case frames.SetClock(now=now, runs=runs):
            await call_side.set_clock(now, runs=runs)
        case frames.Make(line=line, first=first, to=to):
            return await call_side.make_call(line, first, to)
        case frames.StateOfMade(line=line, call=call):
            return await call_side.made_call(line, call)
        case frames.EndMade(line=line, call=call):
            await call_side.end_call(line, call)
        case _:
            assert_never(question)
    return frames.Done()
