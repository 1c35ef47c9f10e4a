"""How fast one line may ask what costs the telephone system work, so that nobody in a loop takes it from the calls.

Each line has its own measure, whatever number of sessions it opens; together, ``Turns`` stands behind it.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter

from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.turns import Turns

_MOST_KEPT = 1000
"""Measures kept before those that nobody used lately are forgotten."""


class Pace:
    """At most ``most`` in one go, and as many again every ``seconds``. To be used inside one event loop."""

    def __init__(self, most: int = 10, seconds: float = 10.0) -> None:
        self._most, self._seconds = most, seconds
        self._lines: dict[str, AsyncLimiter] = {}

    async def step(self, line: str) -> None:
        """One more request of ``line``. Raises Problem ``too-many-requests`` with Retry-After; never waits."""
        limiter = self._lines.get(line)
        if limiter is None:
            self._forget_idle()
            limiter = self._lines[line] = AsyncLimiter(self._most, self._seconds)
        if not limiter.has_capacity():
            seconds = math.ceil(self._seconds / self._most)
            raise Problem("too-many-requests", headers={"Retry-After": str(seconds)})
        await limiter.acquire()

    def _forget_idle(self) -> None:
        if len(self._lines) >= _MOST_KEPT:
            self._lines = {
                line: limiter for line, limiter in self._lines.items() if not limiter.has_capacity(self._most)
            }


@dataclass(frozen=True, slots=True)
class PhonesDoor:
    """Before the telephone system, one for pages and API: each line at its pace, and few at once in all."""

    pace: Pace = field(default_factory=Pace)
    turns: Turns = field(default_factory=Turns)

    @asynccontextmanager
    async def passed(self, line: str) -> AsyncIterator[None]:
        """Ask it for ``line``. Raises Problem ``too-many-requests``, ``unavailable``."""
        await self.pace.step(line)
        async with self.turns.turn():
            yield
