"""Puts numbers, dates and times together from recorded words: each function returns the prompt ids to play.

Pure: no I/O, no clock. Asterisk's own ``Say…`` must never be used for French: it has no feminine, cuts
"soixante-douze" in two and puts the day of the month before the day of the week.
Every id returned here is a file of ``sounds/``; a test goes through all of them.
"""

from __future__ import annotations

import datetime
import re

HIGHEST = 999_999
"""The highest number that the recorded words can say."""

FEMININE = frozenset({1, 21, 31, 41, 51, 61, 81})
"""Where French says "une": 1, 21, … but not 11, 71, 91."""

YEARS = range(2024, 2036)
"""The years that were recorded whole."""

WHOLE = 20
"""Up to here French minutes and seconds were recorded with their number."""

HOUR, MINUTE = 3600, 60


def phone_number(number: str, language: str) -> tuple[str, ...]:
    """Say a phone number: French in pairs ("zéro deux, vingt-deux, …"), English digit by digit.

    A French number is said as it is dialled in France, whatever its spelling: +33222969569 is 02 22 96 95 69.
    Three digits and fewer are said one by one. Raises ValueError for what is not a phone number.
    """
    dialled = re.sub(r"[\s.()/-]", "", number)
    dialled = re.sub(r"^(\+|00)33(?=[1-9]\d{8}$)", "0", dialled)
    dialled = re.sub(r"^\+(?=\d)", "00", dialled)
    if language != "fr" or len(dialled) <= 3:
        return digits(dialled, language)
    _require_digits(dialled, number)
    prefix, rest = ("00", dialled[2:]) if dialled.startswith("00") and len(dialled) > 10 else ("", dialled)
    groups = [prefix] if prefix else []
    if len(rest) % 2:
        groups.append(rest[0])
        rest = rest[1:]
    groups += [rest[n : n + 2] for n in range(0, len(rest), 2)]
    return _falling([_pair(group) for group in groups])


def digits(number: str, language: str) -> tuple[str, ...]:
    """Say one digit after the other, in any language. Raises ValueError for anything but digits."""
    _require_digits(number, number)
    return _falling([f"number-{digit}" for digit in number])


def integer(n: int, language: str, feminine: bool = False, *, final: bool = False) -> tuple[str, ...]:
    """Say a whole number from 0 to 999,999; with ``final`` French falls, as at a sentence's end.

    ``feminine`` matters in French only: "une", "vingt et une". Raises ValueError outside that range.
    """
    if not 0 <= n <= HIGHEST:
        raise ValueError(f"{n} is not between 0 and {HIGHEST}")
    thousands, rest = divmod(n, 1000)
    spoken: list[str] = []
    if thousands:
        # French says "mille", never "un mille".
        spoken += [*(integer(thousands, language) if thousands > 1 or language != "fr" else ()), "thousand"]
    hundreds, units = divmod(rest, 100)
    if hundreds:
        spoken.append(f"hundred-{hundreds}")
    if units or not spoken:
        if feminine and language == "fr" and units in FEMININE:
            return (*spoken, f"number-{units}-f")
        spoken.append(f"number-{units}")
    # English was recorded with a falling voice for single digits only.
    return _falling(spoken) if final and language == "fr" else tuple(spoken)


def date(day: datetime.date, language: str, *, year: bool = False) -> tuple[str, ...]:
    """Say a date: "lundi premier juin [deux mille vingt-six]", "Monday June first [twenty twenty-six]"."""
    weekday, month = f"weekday-{day.isoweekday()}", f"month-{day.month}"
    spoken_year = (f"year-{day.year}",) if day.year in YEARS else integer(day.year, language, final=True)
    tail = spoken_year if year else ()
    if language == "fr":
        return (weekday, "day-1" if day.day == 1 else f"number-{day.day}", month, *tail)
    return (weekday, month, f"day-{day.day}", *tail)


def time_of_day(time: datetime.time, language: str) -> tuple[str, ...]:
    """Say a time to the minute: "neuf heures trente" (24 hours); English "nine thirty a m" (12 hours)."""
    if language == "fr":
        if time.minute == 0:
            return (f"hour-{time.hour}-end",)
        return (f"hour-{time.hour}", f"number-{time.minute}-end")
    hour = f"number-{time.hour % 12 or 12}"
    half = "am" if time.hour < 12 else "pm"
    if time.minute == 0:
        return (hour, half)
    return (hour, f"pair-{time.minute:02}" if time.minute < 10 else f"number-{time.minute}", half)


def duration(seconds: int, language: str) -> tuple[str, ...]:
    """Say a length of time from its largest unit down, without the units that are nought.

    Raises ValueError for a negative one and for 24 hours and more.
    """
    if not 0 <= seconds < 24 * HOUR:
        raise ValueError(f"{seconds} s is not between nothing and a day")
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    units = [("hour", hours), ("minute", minutes), ("second", left)]
    spoken = [part for unit, n in units if n for part in _amount(unit, n, language)]
    return tuple(spoken) or _amount("second", 0, language)


def _amount(unit: str, n: int, language: str) -> tuple[str, ...]:
    """French "six" and "dix" change before a unit, and hours link to their number: those are recorded whole."""
    if language == "fr" and (n <= WHOLE or unit == "hour"):
        return (f"{unit}-{n}",)
    if language == "fr":
        return (f"number-{n}-f" if n in FEMININE else f"number-{n}", f"{unit}s")
    return (f"{unit}-one",) if n == 1 else (f"number-{n}", f"{unit}s")


def _pair(group: str) -> str:
    return f"pair-{group}" if len(group) == 2 and group[0] == "0" else f"number-{group}"


def _falling(ids: list[str]) -> tuple[str, ...]:
    """Let the voice fall on the last word."""
    return (*ids[:-1], f"{ids[-1]}-end")


def _require_digits(dialled: str, number: str) -> None:
    """``number``, as it was given, must not be repeated in the error: it could end in a log (spec §13)."""
    if not (dialled.isascii() and dialled.isdigit()):
        raise ValueError(f"{len(number)} characters that are no phone number")
