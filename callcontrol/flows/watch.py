"""Wait until a busy line of ours is free, to ring back whoever wanted it (``*66``, spec §7).

The wait is a call that we make, without a channel yet: its journal outlives the process, and ``*86`` ends it like any
call.
"""

from __future__ import annotations

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part, alone, in_seconds
from callcontrol.dialogue.ask import choose
from callcontrol.facts import Line
from callcontrol.routes import Awaited

log = structlog.get_logger()

LOOK_SECONDS = 1.0
CALL_KEY = "1"


class _Free(Part[bool]):
    """True once the line that is waited for holds no call; False when that took too long, or it is gone."""

    def __init__(self, services: CallServices, awaited: Awaited) -> None:
        self._services, self._awaited = services, awaited
        self.deadline = in_seconds(LOOK_SECONDS)

    async def begin(self) -> bool | None:
        services, awaited = self._services, self._awaited
        if services.clock.now() >= awaited.until or services.directory.line(awaited.line) is None:
            return False
        return True if services.occupancy.calls_of(awaited.line) == 0 else None

    async def on(self, event: CallEvent | None) -> bool | None:
        if event is None:
            self.deadline = in_seconds(LOOK_SECONDS)
        return await self.begin()

    async def end(self) -> None:
        """Nothing was made."""


async def is_free(call: Call, services: CallServices, awaited: Awaited) -> bool:
    """Wait for the line; whether it is worth ringing back now. Raises ``CallerHungUp`` when the wait is ended."""
    free = await alone(call, _Free(services, awaited))
    log.info("call.watched", call=call.id, line=numbers.redact(awaited.line), free=free)
    return free


async def wants_it(call: Call, services: CallServices, line: Line) -> bool:
    """Whether the user, rung back, still wants the call."""
    said = [services.prompts.media("watched-line-is-free", line.language)]
    return await choose(call, said, CALL_KEY) is not None
