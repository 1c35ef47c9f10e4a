"""The reminders of all lines, called when their time has come: this process takes those that are due, at a set pace,
and makes a call for each. What a call came to is written by the outbox of the journals.

The database says what is due, and is asked again and again: a clock that a test moves, a reminder set a moment ago and
another process's are all the same to it. Nothing is taken while the telephone system is away: it would not ring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Protocol

import structlog

from callcontrol import numbers
from callcontrol.directory.directory import Directory
from callcontrol.errors import StoreDown
from callcontrol.facts import Line
from callcontrol.ports.clock import Clock
from callcontrol.ports.reminders import DueReminder, DueReminders
from callcontrol.routes import ReminderDue

log = structlog.get_logger()

LOOK_SECONDS = 0.5
KEPT = timedelta(minutes=15)
"""A call that nobody renews for so long was that of a process that is gone for good."""
RENEW_SECONDS = 20.0
CATCH_UP_SECONDS = 3.0
"""A look that comes later than this lets the pace go: nothing is begun all at once."""


class Calls(Protocol):
    """Who makes them: ``LiveCalls``."""

    def make(self, route: ReminderDue, line: Line, call_id: str | None = None) -> str:
        """Begin a call of our own for ``line``, under this id."""
        ...

    def knows(self, call: str) -> bool:
        """Whether a call is under way, over but not in the database yet, or at least has its journal."""
        ...


class ReminderCalls:
    """``node`` is the name of this process and of those that follow it over the same journals; ``clock`` says what is
    due, ``present`` is the true time, by which claims end; ``ready``: the telephone system is there, and the calls of
    an earlier process are known. ``pace``: calls that are begun in a second."""

    def __init__(
        self,
        node: str,
        reminders: DueReminders,
        calls: Calls,
        directories: Callable[[], Directory],
        clock: Clock,
        present: Clock,
        ready: Callable[[], bool],
        pace: int,
        zones_changed: asyncio.Event,
    ) -> None:
        self._node, self._reminders, self._calls = node, reminders, calls
        self._directories, self._clock, self._present, self._ready = directories, clock, present, ready
        self._pace = pace
        self._look_seconds = max(LOOK_SECONDS, 1 / pace)
        self._looked_at: float | None = None
        self._owed = 0.0
        self._renew_at = 0.0
        self._zones_changed = zones_changed

    async def run(self) -> None:
        """Until cancelled."""
        time = asyncio.get_running_loop().time
        next_look = time()
        while True:
            try:
                if self._ready():
                    await self.look()
            except StoreDown as error:
                log.warning("reminders.store_down", error=str(error))
            except Exception:
                log.exception("reminders.look_failed")
            next_look = max(next_look + self._look_seconds, time())
            await asyncio.sleep(next_look - time())

    async def look(self) -> None:
        """Call what is due now, as far as the pace allows."""
        time = asyncio.get_running_loop().time()
        if time >= self._renew_at:
            await self._renew()
            self._renew_at = time + RENEW_SECONDS
        if self._zones_changed.is_set():
            await self._move()
        until = self._present.now() + KEPT
        most = self._allowed(time)
        taken = await self._reminders.take(self._node, most, self._clock.now(), until)
        self._owed = self._owed - len(taken) if len(taken) == most else 0.0
        for due in taken:
            await self._call(due)

    def _allowed(self, time: float) -> int:
        """How many may be begun now. A look that comes late, on a busy machine, costs those that wait nothing."""
        since = self._look_seconds if self._looked_at is None else time - self._looked_at
        self._looked_at = time
        self._owed += self._pace * min(since, CATCH_UP_SECONDS)
        return max(1, round(self._owed))

    async def _call(self, due: DueReminder) -> None:
        reminder = due.reminder
        line = self._directories().line(reminder.line)
        if line is None:  # deleted, or not known here yet
            await self._reminders.release([due.call])
            return
        late = self._clock.now() - (reminder.standing.due_at or self._clock.now())
        log.info(
            "reminder.due", call=due.call, line=numbers.redact(line.number), reminder=reminder.id,
            tries=reminder.standing.tries, late=round(late.total_seconds(), 1),
        )  # fmt: skip
        route = ReminderDue(line.number, reminder.id, reminder.description, reminder.announcement)
        self._calls.make(route, line, due.call)

    async def _move(self) -> None:
        """Plan anew what was planned in another zone, some at each look."""
        self._zones_changed.clear()
        try:
            if await self._reminders.move(self._clock.now()):
                self._zones_changed.set()
        except StoreDown:
            self._zones_changed.set()
            raise

    async def _renew(self) -> None:
        """Keep what this process calls, take back what it never came to call, give up what a lost one called."""
        called = await self._reminders.still_called(self._node)
        known = [call for call in called if self._calls.knows(call)]
        await self._reminders.renew(known, self._present.now() + KEPT)
        if unknown := _without(called, known):
            log.warning("reminders.taken_back", count=len(unknown))
            await self._reminders.release(unknown)
        if lost := await self._reminders.give_up_lost(self._node, self._clock.now(), self._present.now()):
            log.warning("reminders.lost", count=lost)


def _without(calls: Collection[str], known: Collection[str]) -> list[str]:
    return [call for call in calls if call not in known]
