"""One 20 ms clock for all sound streams of an event loop, without drift: ticks are due at start + n x 20 ms."""

from __future__ import annotations

import asyncio
from typing import Protocol
from weakref import WeakKeyDictionary

PACE = 0.02
MOST_LATE = 10
"""Ticks that are made up for after the loop was held; what is later than that is dropped."""


class Ticking(Protocol):
    def tick(self) -> None:
        """Send what is due for 20 ms."""


class Ticker:
    """Calls every member each 20 ms; runs only while it has members, so nothing is left when all are gone."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._members: dict[Ticking, None] = {}
        self._due = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def add(self, member: Ticking) -> None:
        self._members[member] = None
        if self._handle is None:
            self._due = self._loop.time() + PACE
            self._handle = self._loop.call_at(self._due, self._tick)

    def discard(self, member: Ticking) -> None:
        self._members.pop(member, None)
        if not self._members and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    @property
    def members(self) -> tuple[Ticking, ...]:
        """Who is called."""
        return tuple(self._members)

    def _tick(self) -> None:
        late = int((self._loop.time() - self._due) / PACE)
        if late > MOST_LATE:
            self._due += (late - MOST_LATE) * PACE
        while self._members and self._due <= self._loop.time():
            self._due += PACE
            for member in tuple(self._members):
                member.tick()
        self._handle = self._loop.call_at(self._due, self._tick) if self._members else None


_tickers: WeakKeyDictionary[asyncio.AbstractEventLoop, Ticker] = WeakKeyDictionary()


def shared_ticker() -> Ticker:
    """The ticker of the running loop."""
    loop = asyncio.get_running_loop()
    ticker = _tickers.get(loop)
    if ticker is None:
        ticker = _tickers[loop] = Ticker(loop)
    return ticker
