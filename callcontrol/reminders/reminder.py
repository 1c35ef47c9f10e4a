"""What is kept of a reminder, and what came of a call that gave it. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

MOST = 20
"""Of a line; those that were missed give way (spec §7)."""


class Recurrence(StrEnum):
    """How often; the values are the API's."""

    ONCE = "once"
    WORKDAYS = "workdays"
    """Monday to Friday, public holidays left out."""
    DAILY = "daily"
    WEEKLY = "weekly"


class Status(StrEnum):
    """How a reminder stands (contract.md)."""

    PENDING = "pending"
    SNOOZED = "snoozed"
    """Again in ten minutes, as its user asked."""
    DONE = "done"
    """Given. One of one time is gone then; a regular one is pending again and keeps this as its ``last``."""
    MISSED = "missed"
    """Never answered, or too late. A regular one is pending again and keeps this as its ``last``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When: local time of the line's company, to the minute. ``date`` of one time only, ``weekday`` (1 is Monday) of a
    weekly one only."""

    recurrence: Recurrence
    time: time
    date: date | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a reminder stands. Instants are UTC."""

    status: Status
    planned_at: datetime
    """What its rule says: the next time, or the one that is just being tried."""
    due_at: datetime | None
    """When it is called next: that time, a further try, or the end of a snooze. None: never."""
    give_up_at: datetime | None
    """After this it is too late."""
    tries: int = 0
    """Calls that nobody answered since it was due."""
    last: Status | None = None
    """Of a regular one: how the time before ended, ``done`` or ``missed``."""
    last_at: datetime | None = None
    """And when that was planned."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of a line (ten digits). ``announcement`` is the id of a recording."""

    id: str
    line: str
    rule: Rule
    standing: Standing
    description: str = ""
    announcement: str | None = None


class CameTo(StrEnum):
    """What a call that gave a reminder came to."""

    HEARD = "heard"
    """Somebody answered."""
    SNOOZED = "snoozed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    BROKEN_OFF = "broken_off"
    """No phone was rung: something of ours broke."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A call that gave a reminder is over. ``at``: when it was, or when the snooze was asked for (UTC)."""

    call: str
    came_to: CameTo
    at: datetime


class WhyMissed(StrEnum):
    """Why a reminder was missed, as its mail says it."""

    NO_ANSWER = "no_answer"
    TOO_LATE = "too_late"
    """The service was down when it was due."""
