"""Reminders in prompts: when one is due, and what was typed for a time. Pure."""

from __future__ import annotations

from datetime import datetime, time

from callcontrol.dialogue import say
from callcontrol.reminders.reminder import Recurrence, Reminder

WEEKDAYS = "1234567"
_KEYS = {Recurrence.WORKDAYS: "8", Recurrence.DAILY: "9"}


def spoken(reminder: Reminder, now: datetime, language: str) -> tuple[str, ...]:
    """When it is due: "demain à neuf heures trente", "tous les lundis à neuf heures". ``now`` is in the line's zone."""
    rule = reminder.rule
    if rule.recurrence is Recurrence.ONCE:
        return say.moment(reminder.standing.planned_at, now, language)
    days = _KEYS.get(rule.recurrence) or str(rule.weekday)
    return (say.every(days), "at", *say.time_of_day(rule.time, language))


def time_of(typed: str) -> time | None:
    """``hhmm`` as a time of day; None where it is none."""
    if len(typed) != 4 or not typed.isdecimal():
        return None
    hour, minute = int(typed[:2]), int(typed[2:])
    return time(hour, minute) if hour < 24 and minute < 60 else None
