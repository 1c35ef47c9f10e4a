"""Turns: at most so many at once, at most so many waiting; one more is told to come back.

Log-ins stand here: a check of a password is heavy (``callcontrol.passwords``), and everything that one log-in counts
and decides stands inside its turn, so that tries sent together cannot overtake the limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcontrol.portal_bridge.problems import Problem


class Turns:
    """A short queue before something heavy."""

    def __init__(self, at_once: int = 2, most_waiting: int = 40) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn. Raises Problem ``unavailable`` when too many are waiting."""
        if self._waiting >= self._most_waiting:
            raise Problem("unavailable", headers={"Retry-After": "2"})
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
