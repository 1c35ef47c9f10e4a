"""Turns: at most so many at once, at most so many waiting, of one source fewer; one more is told to come back.

Log-ins stand here: a check of a password is heavy (``callcontrol.passwords``). A flood from one address fills its own
few places, not those of others; and who comes from a place that is the line's own stands in another queue than
strangers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from callcontrol.portal_bridge.problems import Problem


class Turns:
    """A short queue before something heavy. ``most_of_one``: how many of it one source may hold."""

    def __init__(self, at_once: int = 2, most_waiting: int = 40, most_of_one: int | None = None) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._most_of_one = most_of_one
        self._waiting = 0
        self._of_one: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, source: str = "") -> AsyncIterator[None]:
        """Wait for one's turn. Raises Problem ``too-many-requests`` when ``source`` has too many in it, ``unavailable``
        when too many are waiting altogether."""
        if self._most_of_one is not None and self._of_one[source] >= self._most_of_one:
            raise Problem("too-many-requests", headers={"Retry-After": "2"})
        if self._waiting >= self._most_waiting:
            raise Problem("unavailable", headers={"Retry-After": "2"})
        self._of_one[source] += 1
        try:
            self._waiting += 1
            try:
                await self._places.acquire()
            finally:
                self._waiting -= 1
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._of_one[source] -= 1
            if not self._of_one[source]:
                del self._of_one[source]


@dataclass(frozen=True, slots=True)
class LogInTurns:
    """The two queues of log-ins."""

    strangers: Turns = field(default_factory=lambda: Turns(most_of_one=4))
    owners: Turns = field(default_factory=lambda: Turns(most_of_one=4))
