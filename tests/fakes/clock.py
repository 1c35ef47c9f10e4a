"""A clock that follows the event loop's time, so that "now" passes on virtual time too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from callcontrol.ports.clock import Clock

MORNING = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Paris."""


class LoopClock(Clock):
    """``begin`` plus the seconds on the running loop's clock (a loop on virtual time begins at 0)."""

    def __init__(self, begin: datetime = MORNING) -> None:
        self._begin = begin

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=asyncio.get_running_loop().time())
