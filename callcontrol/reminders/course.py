"""What becomes of a reminder: planned, called, tried again, snoozed, missed, done (spec §8). Pure.

Each function gives the ``Course`` from here on; whoever keeps reminders writes it down with its mail in one
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from callcontrol.reminders.reminder import (
    CameTo,
    Recurrence,
    Reminder,
    Rule,
    Standing,
    Status,
    Tried,
    WhyMissed,
)
from callcontrol.reminders.times import Calendar, next_after

LATEST = timedelta(minutes=15)
"""It is still given when it is so late at most."""
TRIES = 3
AGAIN = timedelta(minutes=5)
SNOOZE = timedelta(minutes=10)
SOON = timedelta(seconds=15)
"""After a call that broke off before it rang anybody."""


@dataclass(frozen=True, slots=True)
class Course:
    """``standing``: how it goes on; None: it is done with and goes. ``missed``: its owner is to be told that."""

    standing: Standing | None
    missed: WhyMissed | None = None


def planned(rule: Rule, now: datetime, calendar: Calendar) -> Standing | None:
    """A reminder that is set now; None when its time is past."""
    at = next_after(rule, now, calendar)
    return None if at is None else Standing(Status.PENDING, at, at, at + LATEST)


def when_due(reminder: Reminder, now: datetime, calendar: Calendar, *, wanted: bool) -> Course | None:
    """What becomes of one whose ``due_at`` has come; None: it is called now. Not ``wanted``: the line has reminders
    switched off, or no phone: it is passed over in silence."""
    if not wanted:
        return Course(_over(reminder, now, calendar, None))
    give_up_at = reminder.standing.give_up_at
    if give_up_at is not None and now > give_up_at:
        return missed(reminder, now, calendar, WhyMissed.TOO_LATE)
    return None


def after_call(reminder: Reminder, tried: Tried, calendar: Calendar) -> Course:
    """What becomes of one that was called."""
    standing, at = reminder.standing, tried.at
    match tried.came_to:
        case CameTo.HEARD:
            if reminder.rule.recurrence is Recurrence.ONCE:
                return Course(None)
            return Course(_over(reminder, at, calendar, Status.DONE))
        case CameTo.SNOOZED:
            due = at + SNOOZE
            return Course(
                replace(standing, status=Status.SNOOZED, due_at=due, give_up_at=due + LATEST, tries=0)
            )
        case CameTo.BUSY | CameTo.NO_ANSWER:
            tries = standing.tries + 1
            if tries >= TRIES:
                return missed(reminder, at, calendar, WhyMissed.NO_ANSWER)
            due = at + AGAIN
            return Course(replace(standing, due_at=due, give_up_at=due + LATEST, tries=tries))
        case CameTo.BROKEN_OFF:
            return Course(replace(standing, due_at=at + SOON))
        case _:
            assert_never(tried.came_to)


def missed(reminder: Reminder, now: datetime, calendar: Calendar, why: WhyMissed) -> Course:
    """It was never answered, or it is too late."""
    return Course(_over(reminder, now, calendar, Status.MISSED), why)


def moved(reminder: Reminder, now: datetime, calendar: Calendar) -> Standing:
    """One that waits for its time, where the company's time zone has changed. One of one time whose time is past
    there is due at once: given or missed like any that is late."""
    standing, rule = reminder.standing, reminder.rule
    after = now - LATEST if rule.recurrence is Recurrence.ONCE else now
    at = next_after(rule, after, calendar) or after - SOON
    return replace(standing, planned_at=at, due_at=at, give_up_at=at + LATEST)


def _over(reminder: Reminder, now: datetime, calendar: Calendar, last: Status | None) -> Standing:
    """This time is over: a regular one waits for the next, one of one time is missed for good."""
    standing = reminder.standing
    after = max(now, standing.planned_at)
    at = None if reminder.rule.recurrence is Recurrence.ONCE else next_after(reminder.rule, after, calendar)
    if at is None:
        return replace(standing, status=Status.MISSED, due_at=None, give_up_at=None)
    if last is None:
        return Standing(Status.PENDING, at, at, at + LATEST, last=standing.last, last_at=standing.last_at)
    return Standing(Status.PENDING, at, at, at + LATEST, last=last, last_at=standing.planned_at)
