"""Reminders whose time has come: taken by one process, each for one call, and written on by what that came to.

Exactly once with several processes: a reminder is taken under its row's lock (``FOR UPDATE SKIP LOCKED``) together with
the id of the call that will give it, and what a call came to counts for the reminder that names it and no other. One
that a dead process had taken is never given again by another, which cannot know whether a phone has rung: when nobody
renews it any more it is missed, and mailed. The process itself knows by its journals (``still_called``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcontrol import ids
from callcontrol.facts import Licence
from callcontrol.ports.reminders import DueReminder, DueReminders
from callcontrol.reminders import course
from callcontrol.reminders.course import Course
from callcontrol.reminders.reminder import Reminder, Tried, WhyMissed
from callcontrol.reminders.times import Calendar
from callcontrol.store import notices
from callcontrol.store.pool import Connection, Pool, borrowed, transaction
from callcontrol.store.reminders import COLUMNS, reminder_of

_SURROUNDINGS = "c.timezone, c.country, l.licence, s.body AS notifications"
_TABLES = """reminders r JOIN numbers n ON n.number = r.line JOIN companies c ON c.id = n.company
    LEFT JOIN lines l ON l.number = r.line
    LEFT JOIN settings s ON s.line = r.line AND s.document = 'notifications'"""
_READ = f"SELECT {COLUMNS}, {_SURROUNDINGS} FROM {_TABLES}"  # noqa: S608 - constants
_FIRST_OF_ITS_LINE = """NOT EXISTS (SELECT 1 FROM reminders o WHERE o.line = r.line AND (o.call IS NOT NULL
    OR (o.due_at <= $1 AND (o.due_at, o.id) < (r.due_at, r.id))))"""
_MOVED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Row:
    reminder: Reminder
    calendar: Calendar
    timezone: str
    wanted: bool


class DueReminderTable(DueReminders):
    """The table ``reminders``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self, by: str, most: int, now: datetime, until: datetime) -> list[DueReminder]:
        async with transaction(self._pool) as connection:
            rows = await connection.fetch(
                f"""{_READ} WHERE r.due_at <= $1 AND r.call IS NULL AND {_FIRST_OF_ITS_LINE}
                    ORDER BY r.due_at, r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED""",
                now,
                most,
            )
            taken = []
            for found in map(_row, rows):
                over = course.when_due(found.reminder, now, found.calendar, wanted=found.wanted)
                if over is None:
                    taken.append(DueReminder(found.reminder, ids.uuid7()))
                else:
                    await _write(connection, found, over, now)
            await connection.executemany(
                "UPDATE reminders SET call = $2, called_by = $3, called_until = $4 WHERE id = $1",
                [(each.reminder.id, each.call, by, until) for each in taken],
            )
        return taken

    async def settle(self, tried: Tried) -> None:
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(f"{_READ} WHERE r.call = $1 FOR UPDATE OF r", tried.call)
            if row is not None:
                found = _row(row)
                await _write(
                    connection, found, course.after_call(found.reminder, tried, found.calendar), tried.at
                )

    async def still_called(self, by: str) -> list[str]:
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch("SELECT call FROM reminders WHERE called_by = $1", by)
        return [row["call"] for row in rows]

    async def renew(self, calls: Collection[str], until: datetime) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute(
                "UPDATE reminders SET called_until = $2 WHERE call = ANY($1)", list(calls), until
            )

    async def release(self, calls: Collection[str]) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute(
                """UPDATE reminders SET call = NULL, called_by = NULL, called_until = NULL
                   WHERE call = ANY($1)""",
                list(calls),
            )

    async def give_up_lost(self, by: str, now: datetime, present: datetime) -> int:
        async with transaction(self._pool) as connection:
            rows = await connection.fetch(
                f"""{_READ} WHERE r.called_until <= $1 AND r.called_by <> $2
                    FOR UPDATE OF r SKIP LOCKED""",
                present,
                by,
            )
            for found in map(_row, rows):
                over = course.missed(found.reminder, now, found.calendar, WhyMissed.TOO_LATE)
                await _write(connection, found, over, now)
        return len(rows)

    async def move(self, now: datetime) -> int:
        async with transaction(self._pool) as connection:
            rows = await connection.fetch(
                f"""{_READ} WHERE r.timezone <> c.timezone AND r.call IS NULL
                    LIMIT {_MOVED_AT_ONCE} FOR UPDATE OF r SKIP LOCKED"""
            )
            for found in map(_row, rows):
                waits = found.reminder.standing.due_at == found.reminder.standing.planned_at
                standing = (
                    course.moved(found.reminder, now, found.calendar) if waits else found.reminder.standing
                )
                await _write(connection, found, Course(standing), now)
        return len(rows)


async def _write(connection: Connection, found: _Row, over: Course, now: datetime) -> None:
    """Go on so; the mail of one that was missed is queued with it."""
    reminder, standing = found.reminder, over.standing
    if over.missed is not None:
        await notices.reminder_missed(connection, reminder, over.missed, now)
    if standing is None:
        await connection.execute("DELETE FROM reminders WHERE id = $1", reminder.id)
        return
    await connection.execute(
        """UPDATE reminders SET status = $2, planned_at = $3, due_at = $4, give_up_at = $5, tries = $6, last = $7,
             last_at = $8, timezone = $9, call = NULL, called_by = NULL, called_until = NULL WHERE id = $1""",
        reminder.id,
        standing.status.value,
        standing.planned_at,
        standing.due_at,
        standing.give_up_at,
        standing.tries,
        standing.last and standing.last.value,
        standing.last_at,
        found.timezone,
    )


def _row(row: Any) -> _Row:
    has_phone = row["licence"] is not None and row["licence"] != Licence.FAX.value
    on = (row["notifications"] or {}).get("reminders_enabled") is not False
    calendar = Calendar.of(row["timezone"], row["country"])
    return _Row(reminder_of(row), calendar, row["timezone"], has_phone and on)
