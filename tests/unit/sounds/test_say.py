"""What is said for a number, a date, a time: one row, one sentence; and no word that was never recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

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
        (time(12, 0), "en", ids(12, "pm")),
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
        (75, "fr", ("minute-1", "second-15")),
        (75, "en", ids("minute-one", 15, "seconds")),
        (21 * 60 + 41, "fr", ids("21-f", "minutes", "41-f", "seconds")),
        (3600, "fr", ("hour-1",)),
        (7325, "en", ids(2, "hours", 2, "minutes", 5, "seconds")),
    ],
)
def test_lengths_of_time(seconds: int, language: str, said: tuple[str, ...]) -> None:
    assert say.duration(seconds, language) == said


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
