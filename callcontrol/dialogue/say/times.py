"""Says dates, times of day, lengths of time and opening hours. Pure: "now" is given, in the line's time zone.

French has 24 hours, as a speaking clock: "douze heures", "zéro heure cinq", never "midi", which would be no
answer to a typed 1200. English has twelve, with noon and midnight, since "twelve p m" is understood both ways.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from callcontrol.dialogue.say.figures import FEMININE, before_noun, integer

YEARS = range(2024, 2036)
"""The years that were recorded whole."""

WHOLE = 20
"""Up to here French minutes and seconds were recorded with their number."""

WEEK = 7
HOUR, MINUTE = 3600, 60
END_OF_DAY = "24:00"


def moment(at: datetime.datetime, now: datetime.datetime, language: str) -> tuple[str, ...]:
    """Say when something was or will be: "hier à neuf heures trente", "yesterday at nine thirty a m".

    Both are aware; it is said in the time zone of ``now``, which is the line's.
    """
    local = at.astimezone(now.tzinfo)
    return (*day(local.date(), now.date(), language), "at", *time_of_day(local.time(), language))


def day(that: datetime.date, today: datetime.date, language: str) -> tuple[str, ...]:
    """Say a day as people do: "aujourd'hui", "hier", "demain", a weekday less than a week away, "le trois mars".

    The year is said when it is another.
    """
    away = (that - today).days
    if away in (-1, 0, 1):
        return (("yesterday", "today", "tomorrow")[away + 1],)
    if abs(away) < WEEK:
        return (f"weekday-{that.isoweekday()}",)
    year = _year(that, language) if that.year != today.year else ()
    month = f"month-{that.month}"
    if language == "fr":
        return (f"the-{that.day}", month, *year)
    return (month, f"day-{that.day}", *year)


def date(that: datetime.date, language: str, *, year: bool = False) -> tuple[str, ...]:
    """Say a date: "lundi premier juin [deux mille vingt-six]", "Monday June first [twenty twenty-six]"."""
    weekday, month = f"weekday-{that.isoweekday()}", f"month-{that.month}"
    tail = _year(that, language) if year else ()
    if language == "fr":
        return (weekday, "day-1" if that.day == 1 else f"number-{that.day}", month, *tail)
    return (weekday, month, f"day-{that.day}", *tail)


def time_of_day(time: datetime.time, language: str, *, final: bool = True) -> tuple[str, ...]:
    """Say a time to the minute: "neuf heures trente" (24 hours); English "nine thirty a m" (12 hours)."""
    if language == "fr":
        end = "-end" if final else ""
        if time.minute == 0:
            return (f"hour-{time.hour}{end}",)
        return (f"hour-{time.hour}", f"number-{time.minute}{end}")
    if time.minute == 0 and time.hour in (0, 12):
        return ("noon" if time.hour else "midnight",)
    hour = f"number-{time.hour % 12 or 12}"
    half = "am" if time.hour < 12 else "pm"
    if time.minute == 0:
        return (hour, half)
    return (hour, f"pair-{time.minute:02}" if time.minute < 10 else f"number-{time.minute}", half)


def hours(intervals: Iterable[tuple[str, str]], language: str) -> tuple[str, ...]:
    """Say opening hours ("HH:MM", as in ``business-hours``) after the prompt ``open-from``.

    "neuf heures, jusqu'à douze heures trente, puis de quatorze heures, jusqu'à dix-huit heures"; nothing for none.
    """
    said: list[str] = []
    for begin, end in intervals:
        said += ["and-from"] if said else []
        said += [*_clock(begin, language, final=False), "until", *_clock(end, language, final=True)]
    return tuple(said)


def every(days: str) -> str:
    """Say on which days something comes back, by the keys of the reminder codes: "3", 8 working days, 9 every day.

    Raises ValueError for another key.
    """
    named = {"8": "every-working-day", "9": "every-day"} | {str(n): f"every-{n}" for n in range(1, 8)}
    if days not in named:
        raise ValueError(f"{days!r} is no day")
    return named[days]


def duration(seconds: int, language: str) -> tuple[str, ...]:
    """Say a length of time from its largest unit down, without the units that are nought.

    Raises ValueError for a negative one and for 24 hours and more.
    """
    if not 0 <= seconds < 24 * HOUR:
        raise ValueError(f"{seconds} s is not between nothing and a day")
    whole_hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    units = [("hour", whole_hours), ("minute", minutes), ("second", left)]
    spoken = [part for unit, n in units if n for part in _amount(unit, n, language)]
    return tuple(spoken) or _amount("second", 0, language)


def _amount(unit: str, n: int, language: str) -> tuple[str, ...]:
    """French "six" and "dix" change before a unit, and hours link to their number: those are recorded whole."""
    if language == "fr" and (n <= WHOLE or unit == "hour"):
        return (f"{unit}-{n}",)
    if language == "fr":
        return (*before_noun(n, language, n in FEMININE), f"{unit}s")
    return (f"{unit}-one",) if n == 1 else (f"number-{n}", f"{unit}s")


def _clock(text: str, language: str, *, final: bool) -> tuple[str, ...]:
    if text == END_OF_DAY:
        return ("midnight",)
    return time_of_day(datetime.time.fromisoformat(text), language, final=final)


def _year(that: datetime.date, language: str) -> tuple[str, ...]:
    return (f"year-{that.year}",) if that.year in YEARS else integer(that.year, language, final=True)
