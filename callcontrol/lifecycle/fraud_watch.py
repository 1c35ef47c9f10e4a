"""Looks at every call outside that begins, and rings for what fraud looks like (docs/security.md). Never holds one up.

A line with more outside calls in an hour than people make; the first call of a company to a country, at night.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from callcontrol import numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.call.toll import OutsideCall, Toll
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound, StoreDown
from callcontrol.ports.alarms import Alarms
from callcontrol.store.calls import CallHistory

log = structlog.get_logger()

HOUR = timedelta(hours=1)
NIGHT = (22, 6)
"""From this hour to that one, where the company is."""
LOOKED_BACK = timedelta(days=62)
RETRY_SECONDS = 2.0


class FraudWatch:
    """``most`` outside calls of a line in an hour are no alarm. ``toll`` is set once it is made."""

    def __init__(
        self, most: int, directories: Callable[[], Directory], history: CallHistory, alarms: Alarms
    ) -> None:
        self._most, self._directories, self._history, self._alarms = most, directories, history, alarms
        self.toll: Toll | None = None
        self._nightly: asyncio.Queue[OutsideCall] = asyncio.Queue(1000)

    def note(self, call: OutsideCall) -> None:
        """A call outside has begun."""
        count = self.toll.since(call.line, call.at - HOUR) if self.toll is not None else 0
        if count > self._most:
            about = (("count", str(count)),)
            self._alarms.ring(Alarm(AlarmKind.OUTSIDE_CALLS, call.line, call.company, about))
        if numbers.country_code(call.number) not in ("", "33") and self._is_night(call):
            with suppress(asyncio.QueueFull):
                self._nightly.put_nowait(call)

    def _local(self, call: OutsideCall) -> datetime:
        with suppress(NotFound):
            return call.at.astimezone(ZoneInfo(self._directories().company(call.company).timezone))
        return call.at

    def _is_night(self, call: OutsideCall) -> bool:
        begins, ends = NIGHT
        return not ends <= self._local(call).hour < begins

    async def run(self) -> None:
        """Look up whether the company has called that country before. Until cancelled."""
        while True:
            call = await self._nightly.get()
            country = numbers.country_code(call.number)
            while True:
                try:
                    known = await self._history.has_called(
                        call.company, f"+{country}", call.at - LOOKED_BACK, but=call.call
                    )
                except StoreDown:
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    break
            if not known:
                about = (("country", country), ("time", f"{self._local(call):%H:%M}"))
                self._alarms.ring(Alarm(AlarmKind.FOREIGN_AT_NIGHT, call.line, call.company, about))

    async def learn(self, since: datetime) -> None:
        """What the history knows of the last days. Tried until the database answers."""
        while True:
            try:
                found = await self._history.outside_since(since)
            except StoreDown as error:
                log.warning("toll.waits", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if self.toll is not None:
                    self.toll.learn(OutsideCall(*row) for row in found)
                return
