"""Whether a part that came up still answers: asked every second, and ended when it says nothing for too long, as a
crash would end it, so that its keeper starts it again.

A question stays open until its part's own deadline: an answer that comes late is a sign of life, too. Never kills
on time alone: a supervisor that was itself held up first hears what was answered meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

EVERY = 1.0
"""Seconds from one question to the next."""
QUESTIONS = 3
"""At least so many must have stayed without an answer."""


class Answering(Protocol):
    """A part that can be asked for a sign of life."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    async def answers(self) -> bool: ...
    async def kill(self) -> None: ...


async def until_ended(
    part: Answering, end: Coroutine[Any, Any, int], silence: float, say: Callable[[str], None]
) -> int:
    """Wait for the ``end`` of ``part`` and return its exit code; one that has not answered for ``silence`` seconds
    is killed first."""
    ended = asyncio.ensure_future(end)
    watching = asyncio.create_task(_watch(part, silence, say))
    try:
        await asyncio.wait({ended, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
        return await ended
    finally:
        ended.cancel()
        watching.cancel()
        await asyncio.gather(ended, watching, return_exceptions=True)


async def _watch(part: Answering, silence: float, say: Callable[[str], None]) -> None:
    """Ask until there is no answer for too long; then kill it and return."""
    loop = asyncio.get_running_loop()
    last, unanswered = loop.time(), 0

    async def ask() -> None:
        nonlocal last, unanswered
        if await part.answers():
            last, unanswered = loop.time(), 0

    async with asyncio.TaskGroup() as questions:
        while unanswered < QUESTIONS or loop.time() - last < silence:
            unanswered += 1
            questions.create_task(ask())
            await asyncio.sleep(EVERY)
        say(f"{part.name} (process {part.pid}) has not answered for {silence:.0f} s: killing it")
        await part.kill()
