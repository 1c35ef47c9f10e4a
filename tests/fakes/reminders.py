"""Reminders in memory, as strict as the store: taken once, written on by what their calls came to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from callcontrol import ids
from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import Reminders
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound, StoreDown, TooMany
from callcontrol.ports.reminders import DueReminder, DueReminders
from callcontrol.reminders import course
from callcontrol.reminders.course import Course
from callcontrol.reminders.reminder import Reminder, Tried, WhyMissed
from callcontrol.reminders.times import Calendar
from tests.fakes.settings import Audited


class FakeReminders(Reminders, DueReminders):
    """``rows`` by id; ``calls``: which call gives which reminder; ``mailed``: those that were missed, and why;
    ``settled``: what was told of calls."""

    def __init__(self, audited: Audited, directory: Callable[[], Directory]) -> None:
        self._audited, self._directory = audited, directory
        self.rows: dict[str, Reminder] = {}
        self.calls: dict[str, str] = {}
        self.mailed: list[tuple[str, WhyMissed]] = []
        self.settled: list[Tried] = []
        self.down = False

    # --- as their users set them ------------------------------------------------------------------------------------

    async def all(self, line: str) -> list[Reminder]:
        self._answer()
        mine = [row for row in self.rows.values() if row.line == line]
        return sorted(mine, key=lambda row: (row.standing.due_at is None, row.standing.planned_at, row.id))

    async def get(self, line: str, reminder: str) -> Reminder:
        self._answer()
        found = self.rows.get(reminder)
        if found is None or found.line != line:
            raise NotFound("this reminder does not exist")
        return found

    async def add(
        self, line: str, added: Sequence[Reminder], timezone: str, by: ChangedBy, *, most: int
    ) -> None:
        waiting = [row for row in await self.all(line) if row.standing.due_at is not None]
        if len(waiting) + len(added) > most:
            raise TooMany("this line has as many reminders as it may")
        for reminder in added:
            self._audited.write(line, "reminders", by)
            self.rows[reminder.id] = reminder

    async def replace(self, line: str, reminder: Reminder, timezone: str, by: ChangedBy) -> None:
        await self.get(line, reminder.id)
        self._audited.write(line, "reminders", by)
        self.rows[reminder.id] = reminder

    async def remove(self, line: str, reminders: Collection[str], by: ChangedBy) -> int:
        mine = [row.id for row in await self.all(line) if row.id in reminders]
        for each in mine:
            self._audited.write(line, "reminders", by)
            del self.rows[each]
        return len(mine)

    # --- when their time has come -----------------------------------------------------------------------------------

    async def take(self, by: str, most: int, now: datetime, until: datetime) -> list[DueReminder]:
        self._answer()
        taken: list[DueReminder] = []
        for reminder in sorted(self.rows.values(), key=lambda row: (row.standing.planned_at, row.id)):
            due, busy = reminder.standing.due_at, set(self.calls.values())
            if due is None or due > now or len(taken) == most:
                continue
            if any(self.rows[each].line == reminder.line for each in busy if each in self.rows):
                continue
            over = course.when_due(reminder, now, self._calendar(reminder), wanted=self._wanted(reminder))
            if over is None:
                taken.append(DueReminder(reminder, ids.uuid7()))
                self.calls[taken[-1].call] = reminder.id
            else:
                self._write(reminder, over)
        return taken

    async def settle(self, tried: Tried) -> None:
        self._answer()
        self.settled.append(tried)
        reminder = self.rows.get(self.calls.pop(tried.call, ""))
        if reminder is not None:
            self._write(reminder, course.after_call(reminder, tried, self._calendar(reminder)))

    async def still_called(self, by: str) -> list[str]:
        self._answer()
        return list(self.calls)

    async def renew(self, calls: Collection[str], until: datetime) -> None:
        self._answer()

    async def release(self, calls: Collection[str]) -> None:
        self._answer()
        for call in calls:
            self.calls.pop(call, None)

    async def give_up_lost(self, by: str, now: datetime, present: datetime) -> int:
        return 0

    async def move(self, now: datetime) -> int:
        return 0

    # --- inside -----------------------------------------------------------------------------------------------------

    def _write(self, reminder: Reminder, over: Course) -> None:
        if over.missed is not None:
            self.mailed.append((reminder.id, over.missed))
        if over.standing is None:
            del self.rows[reminder.id]
        else:
            self.rows[reminder.id] = replace(reminder, standing=over.standing)

    def _calendar(self, reminder: Reminder) -> Calendar:
        line = self._directory().line(reminder.line)
        assert line is not None
        company = self._directory().company(line.company)
        return Calendar.of(company.timezone, company.country)

    def _wanted(self, reminder: Reminder) -> bool:
        return self._directory().settings(reminder.line).notifications.reminders_enabled

    def _answer(self) -> None:
        if self.down:
            raise StoreDown("the database does not answer")
