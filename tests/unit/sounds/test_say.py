"""What is said for a number, a date, a time: one row, one sentence; and no word that was never recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.dialogue import say
from callcontrol.media.prompts import recordings, shipped_sounds

LANGUAGES = ("fr", "en")


def ids(*words: int | str) -> tuple[str, ...]:
    """Spell expected ids shortly: a bare number stands for its word."""
    return tuple(
        f"number-{w}" if isinstance(w, int) or w.removesuffix("-end").removesuffix("-f").isdigit() else w
        for w in words
    )


PHONE_NUMBERS = [
    ("0222969569", "fr", ids("pair-02", 22, 96, 95, "69-end")),
    ("02 22 96 95 69", "fr", ids("pair-02", 22, 96, 95, "69-end")),
    ("+33222969569", "fr", ids("pair-02", 22, 96, 95, "69-end")),
    ("0033222969569", "fr", ids("pair-02", 22, 96, 95, "69-end")),
    ("0810203000", "fr", ids("pair-08", 10, 20, 30, "pair-00-end")),
    ("4002", "fr", ids(40, "pair-02-end")),
    ("40021", "fr", ids(4, "pair-00", "21-end")),
    ("318", "fr", ids(3, 1, "8-end")),
    ("15", "fr", ids(1, "5-end")),
    ("7", "fr", ids("7-end")),
    ("+442071838750", "fr", ids("pair-00", 44, 20, 71, 83, 87, "50-end")),
    ("+12125550123", "fr", ids("pair-00", 1, 21, 25, 55, "pair-01", "23-end")),
    ("+353 1 234 5678", "fr", ids("pair-00", "hundred-3", 53, 12, 34, 56, "78-end")),
    ("0032475123456", "fr", ids("pair-00", 32, 4, 75, 12, 34, "56-end")),
    ("+39 06 1234 5678", "fr", ids("pair-00", 39, "pair-06", 12, 34, 56, "78-end")),
    ("3631", "fr", ids(36, "31-end")),
    ("118712", "fr", ids("hundred-1", 18, "hundred-7", "12-end")),
    ("118008", "fr", ids("hundred-1", 18, 0, 0, "8-end")),
    ("550", "fr", ids(5, 5, "0-end")),
    ("+442071838750", "en", ids(0, 0, 4, 4, 2, 0, 7, 1, 8, 3, 8, 7, 5, "0-end")),
    ("3631", "en", ids(3, 6, 3, "1-end")),
    ("0222969569", "en", ids(0, 2, 2, 2, 9, 6, 9, 5, 6, "9-end")),
    ("+33222969569", "en", ids(0, 2, 2, 2, 9, 6, 9, 5, 6, "9-end")),
    ("4002", "en", ids(4, 0, 0, "2-end")),
]


@pytest.mark.parametrize(("number", "language", "said"), PHONE_NUMBERS)
def test_phone_numbers_are_said_as_people_say_them(number: str, language: str, said: tuple[str, ...]) -> None:
    assert say.phone_number(number, language) == said


@pytest.mark.parametrize("number", ["", "+", "sip:camille", "*72", "02 22 x", "٣٢"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_phone_number_is_refused(number: str, language: str) -> None:
    with pytest.raises(ValueError, match="no phone number"):
        say.phone_number(number, language)


def test_a_refused_number_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValueError, match="no phone number") as refused:
        say.digits("0222969569x", "fr")
    assert "0222" not in str(refused.value)


INTEGERS = [
    (0, "fr", False, ids(0)),
    (1, "fr", False, ids(1)),
    (1, "fr", True, ids("1-f")),
    (21, "fr", True, ids("21-f")),
    (11, "fr", True, ids(11)),
    (71, "fr", True, ids(71)),
    (1, "en", True, ids(1)),
    (80, "fr", False, ids(80)),
    (100, "fr", False, ids("hundred-1")),
    (101, "fr", True, ids("hundred-1", "1-f")),
    (200, "fr", False, ids("hundred-2")),
    (342, "en", False, ids("hundred-3", 42)),
    (1000, "fr", False, ids("thousand")),
    (1000, "en", False, ids(1, "thousand")),
    (2026, "fr", False, ids(2, "thousand", 26)),
    (21_000, "fr", True, ids(21, "thousand")),
    (999_999, "fr", False, ids("hundred-9", 99, "thousand", "hundred-9", 99)),
]


@pytest.mark.parametrize(("n", "language", "feminine", "said"), INTEGERS)
def test_whole_numbers(n: int, language: str, feminine: bool, said: tuple[str, ...]) -> None:
    assert say.integer(n, language, feminine) == said


@pytest.mark.parametrize(("n", "said"), [(5, "number-5-end"), (100, "hundred-1-end"), (1000, "thousand-end")])
def test_the_voice_falls_at_the_end_when_asked(n: int, said: str) -> None:
    assert say.integer(n, "fr", final=True) == (said,)


@pytest.mark.parametrize("n", [-1, 1_000_000])
def test_numbers_out_of_range_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="not between"):
        say.integer(n, "fr")


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (date(2026, 7, 14), "fr", ids("weekday-2", 14, "month-7", "year-2026")),
        (date(2026, 6, 1), "fr", ids("weekday-1", "day-1", "month-6", "year-2026")),
        (date(2026, 6, 1), "en", ids("weekday-1", "month-6", "day-1", "year-2026")),
        (date(1999, 12, 31), "fr", ids("weekday-5", 31, "month-12", "thousand", "hundred-9", "99-end")),
    ],
)
def test_dates_are_said_in_the_order_of_the_language(day: date, language: str, said: tuple[str, ...]) -> None:
    assert say.date(day, language, year=True) == said
    assert say.date(day, language) == said[:3]


@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        (time(9, 0), "fr", ids("hour-9-end")),
        (time(9, 5), "fr", ids("hour-9", "5-end")),
        (time(21, 30), "fr", ids("hour-21", "30-end")),
        (time(0, 1), "fr", ids("hour-0", "1-end")),
        (time(9, 0), "en", ids(9, "am")),
        (time(0, 5), "en", ids(12, "pair-05", "am")),
        (time(12, 0), "fr", ids("hour-12-end")),
        (time(0, 0), "fr", ids("hour-0-end")),
        (time(1, 0), "fr", ids("hour-1-end")),
        (time(12, 0), "en", ids("noon")),
        (time(0, 0), "en", ids("midnight")),
        (time(12, 30), "en", ids(12, 30, "pm")),
        (time(21, 30), "en", ids(9, 30, "pm")),
    ],
)
def test_times_of_day(at: time, language: str, said: tuple[str, ...]) -> None:
    assert say.time_of_day(at, language) == said


@pytest.mark.parametrize(
    ("seconds", "language", "said"),
    [
        (0, "fr", ("second-0",)),
        (0, "en", ids(0, "seconds")),
        (1, "fr", ("second-1",)),
        (45, "fr", ids(45, "seconds")),
        (60, "fr", ("minute-1",)),
        (60, "en", ("minute-one",)),
        (6 * 60, "fr", ("minute-6",)),
        (28 * 60, "fr", ids("number-28-before", "minutes")),
        (75, "fr", ("minute-1", "second-15")),
        (75, "en", ids("minute-one", 15, "seconds")),
        (21 * 60 + 41, "fr", ids("21-f", "minutes", "41-f", "seconds")),
        (3600, "fr", ("hour-1",)),
        (7325, "en", ids(2, "hours", 2, "minutes", 5, "seconds")),
    ],
)
def test_lengths_of_time(seconds: int, language: str, said: tuple[str, ...]) -> None:
    assert say.duration(seconds, language) == said


NOW = datetime(2026, 3, 11, 15, 0, tzinfo=ZoneInfo("Europe/Paris"))
"""A Wednesday."""


@pytest.mark.parametrize(
    ("that", "language", "said"),
    [
        (date(2026, 3, 11), "fr", ("today",)),
        (date(2026, 3, 10), "fr", ("yesterday",)),
        (date(2026, 3, 12), "en", ("tomorrow",)),
        (date(2026, 3, 9), "fr", ("weekday-1",)),
        (date(2026, 3, 5), "fr", ("weekday-4",)),
        (date(2026, 3, 5), "en", ("weekday-4",)),
        (date(2026, 3, 17), "fr", ("weekday-2",)),
        (date(2026, 3, 4), "fr", ("the-4", "month-3")),
        (date(2026, 3, 18), "fr", ("the-18", "month-3")),
        (date(2026, 3, 3), "fr", ("the-3", "month-3")),
        (date(2026, 3, 3), "en", ("month-3", "day-3")),
        (date(2026, 1, 1), "fr", ("the-1", "month-1")),
        (date(2025, 3, 11), "fr", ("the-11", "month-3", "year-2025")),
        (date(2025, 3, 11), "en", ("month-3", "day-11", "year-2025")),
    ],
)
def test_days_are_said_as_they_are_seen_from_today(that: date, language: str, said: tuple[str, ...]) -> None:
    assert say.day(that, NOW.date(), language) == said


def test_a_day_of_the_last_week_but_of_last_year_is_still_a_weekday() -> None:
    assert say.day(date(2025, 12, 31), date(2026, 1, 3), "fr") == ("weekday-3",)


@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        (datetime(2026, 3, 11, 8, 0, tzinfo=UTC), "fr", ids("today", "at", "hour-9-end")),
        (datetime(2026, 3, 10, 23, 30, tzinfo=UTC), "fr", ids("today", "at", "hour-0", "30-end")),
        (datetime(2026, 3, 10, 22, 59, tzinfo=UTC), "fr", ids("yesterday", "at", "hour-23", "59-end")),
        (datetime(2026, 3, 10, 11, 0, tzinfo=UTC), "en", ids("yesterday", "at", "noon")),
        (datetime(2026, 2, 1, 8, 21, tzinfo=UTC), "fr", ids("the-1", "month-2", "at", "hour-9", "21-end")),
    ],
)
def test_moments_are_said_in_the_time_zone_of_the_line(
    at: datetime, language: str, said: tuple[str, ...]
) -> None:
    assert say.moment(at, NOW, language) == said


COUNTS: list[tuple[int, say.Noun, str, tuple[str, ...]]] = [
    (0, "message", "fr", ("message-0-end",)),
    (1, "message", "fr", ("message-1-end",)),
    (6, "new-message", "fr", ("new-message-6-end",)),
    (10, "urgent-message", "fr", ("urgent-message-10-end",)),
    (11, "message", "fr", ids(11, "message-many-end")),
    (21, "message", "fr", ids(21, "message-many-end")),
    (26, "message", "fr", ids("number-26-before", "message-many-end")),
    (90, "kept-message", "fr", ids("number-90-before", "kept-message-many-end")),
    (100, "message", "fr", ids("hundred-1", "message-many-end")),
    (108, "message", "fr", ids("hundred-1", "number-8-before", "message-many-end")),
    (1, "page", "fr", ("page-1-end",)),
    (21, "page", "fr", ids("21-f", "page-many-end")),
    (71, "page", "fr", ids(71, "page-many-end")),
    (81, "page", "fr", ids("81-f", "page-many-end")),
    (20, "reminder", "fr", ids(20, "reminder-many-end")),
    (0, "new-message", "en", ("new-message-0-end",)),
    (1, "fax", "en", ("fax-1-end",)),
    (2, "fax", "en", ids(2, "fax-many-end")),
    (21, "page", "en", ids(21, "page-many-end")),
]


@pytest.mark.parametrize(("n", "noun", "language", "said"), COUNTS)
def test_counts_have_gender_and_number(n: int, noun: say.Noun, language: str, said: tuple[str, ...]) -> None:
    assert say.count(n, noun, language) == said


@pytest.mark.parametrize(
    ("urgent", "new", "kept", "said"),
    [
        (0, 0, 0, ("kept-message-0-end",)),
        (0, 3, 0, ("new-message-3-end",)),
        (1, 0, 2, ("urgent-message-1", "and", "kept-message-2-end")),
        (1, 12, 2, ids("urgent-message-1", 12, "new-message-many", "and", "kept-message-2-end")),
    ],
)
def test_the_box_is_summed_up_in_one_sentence(
    urgent: int, new: int, kept: int, said: tuple[str, ...]
) -> None:
    amounts: list[tuple[int, say.Noun]] = [
        (urgent, "urgent-message"),
        (new, "new-message"),
        (kept, "kept-message"),
    ]
    assert say.counts(amounts, "fr") == said


def test_a_count_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="not between"):
        say.count(-1, "message", "fr")


@pytest.mark.parametrize(
    ("intervals", "language", "said"),
    [
        ((), "fr", ()),
        ((("09:00", "12:30"),), "fr", ids("hour-9", "until", "hour-12", "30-end")),
        (
            (("09:00", "12:30"), ("14:00", "18:00")),
            "fr",
            ids("hour-9", "until", "hour-12", "30-end", "and-from", "hour-14", "until", "hour-18-end"),
        ),
        ((("08:30", "24:00"),), "fr", ids("hour-8", 30, "until", "midnight")),
        ((("08:05", "12:00"),), "en", ids(8, "pair-05", "am", "until", "noon")),
    ],
)
def test_opening_hours(intervals: tuple[tuple[str, str], ...], language: str, said: tuple[str, ...]) -> None:
    assert say.hours(intervals, language) == said


@pytest.mark.parametrize(
    ("key", "said"), [("1", "every-1"), ("7", "every-7"), ("8", "every-working-day"), ("9", "every-day")]
)
def test_days_that_come_back_are_said_by_their_key(key: str, said: str) -> None:
    assert say.every(key) == said


@pytest.mark.parametrize("key", ["0", "", "12", "*"])
def test_a_key_that_is_no_day_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="no day"):
        say.every(key)


@pytest.mark.parametrize("seconds", [-1, 86_400])
def test_lengths_of_time_out_of_range_are_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="not between"):
        say.duration(seconds, "fr")


def everything(language: str) -> Iterator[str]:
    """Every id that say can produce."""
    for n in (*range(10_000), 10_000, 999_999):
        yield from say.phone_number(f"{n:04}", language)
        yield from say.phone_number(str(n), language)
        for feminine in (False, True):
            yield from say.integer(n, language, feminine)
            yield from say.integer(n, language, feminine, final=True)
    for days in range(366 + 27 * 366):
        yield from say.date(date(2023, 12, 1) + timedelta(days), language, year=True)
    for minute in range(24 * 60):
        yield from say.time_of_day(time(minute // 60, minute % 60), language)
    for day in range(-800, 800):
        yield from say.day(NOW.date() + timedelta(day), NOW.date(), language)
    for hour in range(24):
        when = datetime(2026, 3, 10, hour, tzinfo=UTC)
        yield from say.moment(when, NOW, language)
        for end in (f"{hour:02}:30", f"{hour:02}:00", "24:00"):
            yield from say.hours(
                [("00:00", "00:15"), (f"{hour:02}:00", end), (f"{hour:02}:45", end)], language
            )
    for noun in get_args(say.Noun):
        for n in (*range(1200), 999_999):
            yield from say.count(n, noun, language)
            yield from say.counts([(n, noun), (n, noun)], language)
    yield from map(say.every, "123456789")
    for number in ("+35312345678", "+442071838750", "+39061234567", "118712", "118008", "+99912345678"):
        yield from say.phone_number(number, language)
    for seconds in (*range(3600), *range(3600, 86_400, 3600)):
        yield from say.duration(seconds, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_can_be_said_was_recorded(language: str) -> None:
    assert set(everything(language)) <= set(recordings(shipped_sounds() / language))


@given(st.from_regex(r"(\+|00)?[0-9]{1,15}", fullmatch=True), st.sampled_from(LANGUAGES))
def test_any_phone_number_can_be_said_and_ends_with_a_falling_voice(number: str, language: str) -> None:
    said = say.phone_number(number, language)
    assert said[-1].endswith("-end")
    assert not any(word.endswith("-end") for word in said[:-1])
