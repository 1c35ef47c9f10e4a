"""When a reminder is due: its rule, a time zone, the public holidays and an instant make the next one. Pure.

Daylight saving (spec §8): a local time that does not exist is the next existing minute, one that exists twice is the
first of the two. The zone's own rules are all that is asked; no offset is ever kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from callcontrol.public_holidays import is_public_holiday
from callcontrol.reminders.reminder import Recurrence, Rule

SATURDAY = 6
FURTHEST = 370
"""Days that are looked at for a regular reminder: more than any calendar has holidays in a row."""
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where a company is: its time zone, and its public holidays."""

    zone: ZoneInfo
    is_holiday: IsHoliday

    @classmethod
    def of(cls, timezone: str, country: str) -> Calendar:
        """By the names of the zone (IANA) and of the country (two letters)."""
        return cls(ZoneInfo(timezone), partial(is_public_holiday, country))


def next_after(rule: Rule, after: datetime, calendar: Calendar) -> datetime | None:
    """The first instant (UTC) later than ``after`` (aware) at which the rule is due; None when there is none any more.

    One of one time whose local time exists twice may still be the second of the two, when only that is left.
    """
    if rule.recurrence is Recurrence.ONCE:
        assert rule.date is not None
        both = (instant(rule.date, rule.time, calendar.zone, fold) for fold in (0, 1))
        return next((at for at in both if at > after), None)
    begin = (
        after.astimezone(calendar.zone).date() - DAY
    )  # a time that does not exist may fall on the day behind it
    for days in range(FURTHEST):
        day = begin + days * DAY
        if _is_due_on(rule, day, calendar.is_holiday):
            at = instant(day, rule.time, calendar.zone)
            if at > after:
                return at
    return None


def instant(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant (UTC) of a local time; of one that does not exist that of the next existing one."""
    local = datetime.combine(day, at, tzinfo=zone)
    found = local.replace(fold=fold).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None):
        return found
    # Between the two readings of a time that does not exist (PEP 495) lies the moment at which the clocks go on.
    before, behind = local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC)
    then = behind.astimezone(zone).utcoffset()
    while behind - before > SECOND:
        middle = before + (behind - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == then:
            behind = middle
        else:
            before = middle
    return behind


def _is_due_on(rule: Rule, day: date, is_holiday: IsHoliday) -> bool:
    match rule.recurrence:
        case Recurrence.WORKDAYS:
            return day.isoweekday() < SATURDAY and not is_holiday(day)
        case Recurrence.WEEKLY:
            return day.isoweekday() == rule.weekday
        case _:
            return True
