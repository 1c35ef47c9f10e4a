"""Parts: things that go on beside others in one call, and the one loop that lets them (``A while B``).

A part begins, sees every event of the call, and comes to something, or not yet. There are no tasks: one reader takes
the events of a call in their order, so two parts can never act at once.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any, Protocol, TypeVar

from callcontrol.call.call import Call
from callcontrol.call.events import next_event
from callcontrol.call.inbox import CallEvent

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")

NEVER = math.inf
"""The deadline of a part that has none."""


class Part(Protocol[R_co]):
    """Something that goes on beside others. None from ``begin`` and ``on`` means: not yet."""

    deadline: float = NEVER
    """When ``on`` is called with None at the latest (loop time, seconds)."""

    async def begin(self) -> R_co | None:
        """Start it; what it has come to already (after a restart)."""
        ...

    async def on(self, event: CallEvent | None) -> R_co | None:
        """What an event of the call makes of it; None: its deadline has come."""
        ...

    async def end(self) -> None:
        """Another part has come to something first: tidy up what this one made. It may not have begun yet."""
        ...


async def together(call: Call, *parts: Part[Any]) -> tuple[Part[Any], Any]:
    """Until one part has come to something; gives it, and what it came to. The others are ended.

    Raises ``CallerHungUp`` like every verb of the call; then nothing is ended here (``closing.close`` leaves nothing).
    """
    for part in parts:
        if (result := await part.begin()) is not None:
            return await _over(part, result, parts)
    while True:
        deadline = min(part.deadline for part in parts)
        event = await next_event(call, None if deadline == NEVER else deadline)
        for part in parts:
            if event is None and part.deadline > deadline:
                continue  # None is as late as the deadline says: the clock may be a hair early
            if (result := await part.on(event)) is not None:
                return await _over(part, result, parts)


async def alone(call: Call, part: Part[R]) -> R:
    """One part, to its end."""
    _, result = await together(call, part)
    return result  # type: ignore[no-any-return]


async def _over(part: Part[Any], result: Any, parts: tuple[Part[Any], ...]) -> tuple[Part[Any], Any]:
    for other in parts:
        if other is not part:
            await other.end()
    return part, result


def in_seconds(seconds: float) -> float:
    """A deadline so many seconds from now."""
    return asyncio.get_running_loop().time() + seconds
