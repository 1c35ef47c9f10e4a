"""The system that the film is played on: the one that runs here already, or one that is started for the film.

What the film started it stops again; what ran before it never touches.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import aiohttp

from callcontrol.config.load import Config
from callcontrol.runtime.app_process import healthy
from callcontrol.runtime.running import supervisor_of
from demo.broken import FilmBroken

_READY = 900.0
"""Seconds that a first start may take: it builds Asterisk's root filesystem."""
_STOP = 30.0


@asynccontextmanager
async def up(config: Config, say: Callable[[str], None]) -> AsyncIterator[None]:
    """A healthy system with the demo company. Raises FilmBroken when there can be none."""
    async with AsyncExitStack() as kept:
        if not _supervised(config):
            if await _healthy(config):
                raise FilmBroken(
                    f"Something that was not started from this folder answers on {config.web.bind}:{config.web.port}: "
                    "stop it first, or play the film where it was started."
                )
            say("callcontrol is not running: starting it for the film.")
            if await kept.enter_async_context(_started(config, say)):
                yield
                return
        say("callcontrol is running here already: the film is played on it.")
        await _until_healthy(config)
        yield


def _supervised(config: Config) -> bool:
    """Whether a supervisor holds this runtime folder."""
    return supervisor_of(config.runtime_dir) is not None


async def _healthy(config: Config) -> bool:
    async with aiohttp.ClientSession() as http:
        return await healthy(config, http)


async def _until_healthy(config: Config) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _READY
    while not await _healthy(config):
        if not _supervised(config):
            raise FilmBroken("callcontrol was stopped before it was ready.")
        if loop.time() > deadline:
            raise FilmBroken("callcontrol is running here but does not get healthy.")
        await asyncio.sleep(0.2)


@asynccontextmanager
async def _started(config: Config, say: Callable[[str], None]) -> AsyncIterator[bool]:
    """A system of the film's own; False when somebody else started one at the same moment."""
    # In a session of its own, so that Ctrl-C ends the film first and then, in order, the system.
    process = await asyncio.create_subprocess_exec(
        *("setpriv", "--pdeathsig", "TERM", "--"),
        *(sys.executable, "-m", "callcontrol", "run", "--demo"),
        env={**os.environ, "CALLCONTROL_DEV_CLOCK": "+0m"},  # the film moves it
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    ready = asyncio.Event()
    reader = asyncio.create_task(_follow(process, ready, say))
    try:
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({reader, waiting}, timeout=_READY, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not ready.is_set() and not _supervised(config):
            raise FilmBroken("callcontrol did not start; why is said above.")
        yield ready.is_set()
    finally:
        await _stop(process, reader)


async def _follow(
    process: asyncio.subprocess.Process, ready: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Pass on what is printed until it is ready; keep reading, so that it never waits for us."""
    assert process.stdout is not None
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        if line == "ready":
            ready.set()
        elif not ready.is_set():
            say(line)


async def _stop(process: asyncio.subprocess.Process, reader: asyncio.Task[None]) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(_STOP):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise FilmBroken(f"callcontrol did not stop within {_STOP:g} s and was ended by force.") from None
    finally:
        await reader
