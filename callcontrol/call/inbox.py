"""The events of one call and what reaches into it from outside, in order, and who sends them there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from callcontrol.call.interrupts import Interrupt
from callcontrol.telephony import ChannelAnswered, ChannelEvent, HangupRequested

CallEvent = ChannelEvent | Interrupt


class Inbox:
    """The events of one call, in order. One reader puts, one flow takes."""

    def __init__(self) -> None:
        self._events: deque[CallEvent] = deque()
        self._waiter: asyncio.Future[bool] | None = None
        """Set to whether it was the deadline that ended the wait."""

    def put(self, event: CallEvent) -> None:
        """Add an event; never waits."""
        self._events.append(event)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(False)

    async def get(self, deadline: float | None) -> CallEvent | None:
        """The next event; None when the loop's clock passes ``deadline`` first."""
        loop = asyncio.get_running_loop()
        while not self._events:
            self._waiter = loop.create_future()
            timer = None if deadline is None else loop.call_at(deadline, _too_late, self._waiter)
            try:
                late = await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
            if late and not self._events:
                return None
        return self._events.popleft()

    @property
    def answer_waits(self) -> bool:
        """Whether somebody has answered of whom the flow has not heard yet."""
        return any(isinstance(event, ChannelAnswered) for event in self._events)

    def hangup_cause(self, channel: str) -> int | None:
        """Why a channel left of whose hangup the flow has not heard yet: the answer to a command may tell it first."""
        for event in self._events:
            if isinstance(event, HangupRequested) and event.channel.id == channel:
                return event.cause
        return None


def _too_late(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(True)


class ChannelRouter(Protocol):
    """Who sends the events of a channel to the inbox of its call."""

    def connect(self, channel: str, inbox: Inbox, on_leaving: Callable[[], None] | None = None) -> None: ...
    def disconnect(self, channel: str) -> None: ...
