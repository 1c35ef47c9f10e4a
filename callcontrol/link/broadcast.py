"""Live events from one to many. Who tells never waits: a listener that is too slow loses what it had not taken yet,
and is told to read anew."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from callcontrol.live import LiveEvent, ReadAnew

ROOM = 1000
"""Events that may wait for one listener."""


class Broadcast:
    """To be used inside one event loop."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._listeners: dict[str | None, set[_Listener]] = {}

    def tell(self, event: LiveEvent) -> None:
        """Tell all who listen now; returns at once."""
        match event:
            case ReadAnew():
                told = list(self._listeners.values())
            case _:
                told = [self._listeners.get(key, set()) for key in (None, event.line)]
        for listeners in told:
            for listener in listeners:
                listener.put(event)

    @property
    def listened(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    @contextmanager
    def listen(self, line: str | None = None) -> Iterator[AsyncIterator[LiveEvent]]:
        """What is told from now on until the block is left: everything, or what concerns ``line``."""
        listener = _Listener(self._room)
        listeners = self._listeners.setdefault(line, set())
        listeners.add(listener)
        try:
            yield listener
        finally:
            listeners.discard(listener)
            if not listeners:
                del self._listeners[line]


class _Listener(AsyncIterator[LiveEvent]):
    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: deque[LiveEvent] = deque()
        self._some = asyncio.Event()

    def put(self, event: LiveEvent) -> None:
        if len(self._waiting) >= self._room:
            self._waiting.clear()
            event = ReadAnew()  # whatever it was, it is in what will be read
        self._waiting.append(event)
        self._some.set()

    async def __anext__(self) -> LiveEvent:
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()
