"""The reminders of lines (spec §8), as their users set them. ``due_reminders`` gives them when their time has come.

Whatever a user changes takes a reminder out of the call that gives it at this moment: what that comes to says nothing
of what is set now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import Reminders
from callcontrol.errors import NotFound, TooMany
from callcontrol.reminders.reminder import Recurrence, Reminder, Rule, Standing, Status
from callcontrol.store.audit import write_entry
from callcontrol.store.contacts import lock_line
from callcontrol.store.pool import Connection, Pool, borrowed, transaction

COLUMNS = """r.id, r.line, r.description, r.recurrence, r.date, r.weekday, r.time, r.announcement, r.status,
    r.planned_at, r.due_at, r.give_up_at, r.tries, r.last, r.last_at"""
_FIELD = "reminders"
_ORDER = "ORDER BY r.due_at NULLS LAST, r.planned_at, r.id"


class ReminderTable(Reminders):
    """The table ``reminders``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self, line: str) -> list[Reminder]:
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                f"SELECT {COLUMNS} FROM reminders r WHERE r.line = $1 {_ORDER}",  # noqa: S608
                line,
            )
        return [reminder_of(row) for row in rows]

    async def get(self, line: str, reminder: str) -> Reminder:
        async with borrowed(self._pool) as connection:
            return await _get(connection, line, reminder)

    async def add(
        self, line: str, added: Sequence[Reminder], timezone: str, by: ChangedBy, *, most: int
    ) -> None:
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)
            await _make_room(connection, line, most - len(added))
            for reminder in added:
                await _insert(connection, reminder, timezone)
                await write_entry(connection, by, _FIELD, None, _told(reminder), line)

    async def replace(self, line: str, reminder: Reminder, timezone: str, by: ChangedBy) -> None:
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)
            before = await _get(connection, line, reminder.id)
            await connection.execute("DELETE FROM reminders WHERE id = $1", reminder.id)
            await _insert(connection, reminder, timezone)
            if _told(before) != _told(reminder):
                await write_entry(connection, by, _FIELD, _told(before), _told(reminder), line)

    async def remove(self, line: str, reminders: Collection[str], by: ChangedBy) -> int:
        async with transaction(self._pool) as connection:
            rows = await connection.fetch(
                f"DELETE FROM reminders r WHERE r.line = $1 AND r.id = ANY($2) RETURNING {COLUMNS}",  # noqa: S608
                line,
                list(reminders),
            )
            for row in rows:
                await write_entry(connection, by, _FIELD, _told(reminder_of(row)), None, line)
        return len(rows)


async def _make_room(connection: Connection, line: str, most: int) -> None:
    """Raises TooMany where more than ``most`` still wait for their time; of those that were missed the oldest go."""
    rows = await connection.fetch(
        "SELECT id, due_at IS NULL AS over FROM reminders WHERE line = $1 ORDER BY planned_at, id", line
    )
    over = [row["id"] for row in rows if row["over"]]
    surplus = len(rows) - most
    if surplus > len(over):
        raise TooMany("this line has as many reminders as it may")
    await connection.execute("DELETE FROM reminders WHERE id = ANY($1)", over[: max(0, surplus)])


async def _insert(connection: Connection, reminder: Reminder, timezone: str) -> None:
    rule, standing = reminder.rule, reminder.standing
    await connection.execute(
        """INSERT INTO reminders (id, line, description, recurrence, date, weekday, time, announcement, timezone,
             status, planned_at, due_at, give_up_at, tries, last, last_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT id FROM voice_recordings WHERE id = $8), $9,
             $10, $11, $12, $13, $14, $15, $16)""",
        reminder.id,
        reminder.line,
        reminder.description,
        rule.recurrence.value,
        rule.date,
        rule.weekday,
        rule.time,
        reminder.announcement,
        timezone,
        standing.status.value,
        standing.planned_at,
        standing.due_at,
        standing.give_up_at,
        standing.tries,
        standing.last and standing.last.value,
        standing.last_at,
    )


async def _get(connection: Connection, line: str, reminder: str) -> Reminder:
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM reminders r WHERE r.line = $1 AND r.id = $2",  # noqa: S608
        line,
        reminder,
    )
    if row is None:
        raise NotFound("this reminder does not exist")
    return reminder_of(row)


def reminder_of(row: Any) -> Reminder:
    """A row of ``COLUMNS``."""
    rule = Rule(Recurrence(row["recurrence"]), row["time"], row["date"], row["weekday"])
    standing = Standing(
        Status(row["status"]),
        row["planned_at"],
        row["due_at"],
        row["give_up_at"],
        row["tries"],
        Status(row["last"]) if row["last"] else None,
        row["last_at"],
    )
    return Reminder(row["id"], row["line"], rule, standing, row["description"], row["announcement"])


def _told(reminder: Reminder) -> dict[str, object]:
    """What the audit trail keeps: what was set, not how it stands."""
    rule = reminder.rule
    return {
        "id": reminder.id,
        "description": reminder.description,
        "recurrence": rule.recurrence.value,
        "date": rule.date.isoformat() if rule.date else None,
        "weekday": rule.weekday,
        "time": f"{rule.time:%H:%M}",
        "announcement_id": reminder.announcement,
    }
