"""When a reminder is due: a table of days that are hard, and what holds for every rule, zone and instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callcontrol.reminders.reminder import Recurrence, Rule
from callcontrol.reminders.times import Calendar, instant, next_after

ONCE, WORKDAYS, DAILY, WEEKLY = Recurrence
PARIS = Calendar.of("Europe/Paris", "FR")


def rule(recurrence: Recurrence, at: str, day: str | None = None, weekday: int | None = None) -> Rule:
    return Rule(recurrence, time.fromisoformat(at), date.fromisoformat(day) if day else None, weekday)


TABLE = [
    ("once, tomorrow", rule(ONCE, "09:30", "2026-11-28"), "2026-11-27T10:00", "2026-11-28T09:30+01:00"),
    ("once, past", rule(ONCE, "09:30", "2026-11-27"), "2026-11-27T10:00", None),
    ("once, this very minute is past", rule(ONCE, "10:00", "2026-11-27"), "2026-11-27T10:00", None),
    ("once, 29 February", rule(ONCE, "08:00", "2028-02-29"), "2026-11-27T10:00", "2028-02-29T08:00+01:00"),
    ("once, 1 January", rule(ONCE, "00:00", "2027-01-01"), "2026-11-27T10:00", "2027-01-01T00:00+01:00"),
    ("daily, later today", rule(DAILY, "18:00"), "2026-11-27T10:00", "2026-11-27T18:00+01:00"),
    ("daily, tomorrow", rule(DAILY, "09:00"), "2026-11-27T10:00", "2026-11-28T09:00+01:00"),
    ("daily, the last minute of the year", rule(DAILY, "23:59"), "2026-12-31T23:59", "2027-01-01T23:59+01:00"),
    ("daily, over 29 February", rule(DAILY, "08:00"), "2028-02-28T08:00", "2028-02-29T08:00+01:00"),
    ("daily, there is no 29 February", rule(DAILY, "08:00"), "2027-02-28T08:00", "2027-03-01T08:00+01:00"),
    ("workdays, Friday evening to Monday", rule(WORKDAYS, "09:00"), "2026-11-27T10:00", "2026-11-30T09:00+01:00"),
    ("workdays, 1 January is a Friday", rule(WORKDAYS, "09:00"), "2026-12-31T10:00", "2027-01-04T09:00+01:00"),
    ("workdays, Easter Monday", rule(WORKDAYS, "09:00"), "2026-04-03T10:00", "2026-04-07T09:00+02:00"),
    ("workdays, Ascension Day", rule(WORKDAYS, "09:00"), "2026-05-13T10:00", "2026-05-15T09:00+02:00"),
    ("workdays, 14 July", rule(WORKDAYS, "09:00"), "2026-07-13T10:00", "2026-07-15T09:00+02:00"),
    ("workdays, Christmas is a Friday", rule(WORKDAYS, "09:00"), "2026-12-24T10:00", "2026-12-28T09:00+01:00"),
    ("workdays, 29 February is a Tuesday", rule(WORKDAYS, "09:00"), "2028-02-28T10:00", "2028-02-29T09:00+01:00"),
    ("weekly, on a holiday too", rule(WEEKLY, "09:00", weekday=5), "2026-12-31T10:00", "2027-01-01T09:00+01:00"),
    ("weekly, a week later", rule(WEEKLY, "09:00", weekday=5), "2026-11-27T09:00", "2026-12-04T09:00+01:00"),
    ("spring: 02:30 is at 03:00", rule(DAILY, "02:30"), "2026-03-28T12:00", "2026-03-29T03:00+02:00"),
    ("spring: 02:00 is at 03:00", rule(DAILY, "02:00"), "2026-03-28T12:00", "2026-03-29T03:00+02:00"),
    ("spring: 01:59 is itself", rule(DAILY, "01:59"), "2026-03-28T12:00", "2026-03-29T01:59+01:00"),
    ("spring: 03:00 is itself", rule(DAILY, "03:00"), "2026-03-28T12:00", "2026-03-29T03:00+02:00"),
    ("spring: the day after", rule(DAILY, "02:30"), "2026-03-29T03:00", "2026-03-30T02:30+02:00"),
    ("spring, once", rule(ONCE, "02:30", "2026-03-29"), "2026-03-28T12:00", "2026-03-29T03:00+02:00"),
    ("autumn: the first 02:30", rule(DAILY, "02:30"), "2026-10-24T12:00", "2026-10-25T02:30+02:00"),
    ("autumn: not the second", rule(DAILY, "02:30"), "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
    ("autumn, once", rule(ONCE, "02:30", "2026-10-25"), "2026-10-24T12:00", "2026-10-25T02:30+02:00"),
    ("autumn, once, set between the two", rule(ONCE, "02:30", "2026-10-25"), "2026-10-25T02:40+02:00",
     "2026-10-25T02:30+01:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "after", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_rule_in_paris(rule: Rule, after: str, expected: str | None) -> None:
    now = datetime.fromisoformat(after)
    now = now if now.tzinfo else now.replace(tzinfo=PARIS.zone)
    found = next_after(rule, now, PARIS)
    assert found == (None if expected is None else datetime.fromisoformat(expected))


def test_a_day_that_a_zone_left_out_is_the_first_minute_behind_it() -> None:
    apia = ZoneInfo("Pacific/Apia")  # 30 December 2011 never was
    assert instant(date(2011, 12, 30), time(9, 0), apia) == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)


def test_a_country_that_nobody_knows_has_no_holidays() -> None:
    nowhere = Calendar.of("Europe/Paris", "XX")
    christmas = next_after(rule(WORKDAYS, "09:00"), datetime(2026, 12, 24, 12, 0, tzinfo=UTC), nowhere)
    assert christmas == datetime(2026, 12, 25, 8, 0, tzinfo=UTC)


# --- what holds always --------------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    ["Europe/Paris", "America/Martinique", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "UTC",
     "America/St_Johns", "Indian/Reunion", "Pacific/Chatham"]
)  # fmt: skip
INSTANTS = st.integers(0, 12 * 366 * 24 * 60).map(
    lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
REGULAR = st.one_of(
    st.builds(Rule, st.sampled_from([WORKDAYS, DAILY]), TIMES),
    st.builds(Rule, st.just(WEEKLY), TIMES, st.none(), st.integers(1, 7)),
)


@given(REGULAR, INSTANTS, ZONES)
def test_it_is_later_on_a_right_day_and_at_its_time_unless_that_does_not_exist(
    rule: Rule, after: datetime, zone: str
) -> None:
    calendar = Calendar.of(zone, "FR")
    found = next_after(rule, after, calendar)
    assert found is not None
    assert found > after
    local = found.astimezone(calendar.zone)
    if local.time() == rule.time:
        if rule.recurrence is WORKDAYS:
            assert local.isoweekday() < 6
            assert not calendar.is_holiday(local.date())
        if rule.recurrence is WEEKLY:
            assert local.isoweekday() == rule.weekday
    else:  # the clocks went on over it: a minute earlier it was not there yet
        before = (found - timedelta(seconds=1)).astimezone(calendar.zone)
        assert before.utcoffset() != local.utcoffset()
        assert (
            before.replace(tzinfo=None) < datetime.combine(local.date(), rule.time)
            or local.time() < rule.time
        )


@given(REGULAR, INSTANTS, ZONES, st.floats(0, 0.999))
def test_until_it_comes_nothing_else_is_next(rule: Rule, after: datetime, zone: str, share: float) -> None:
    calendar = Calendar.of(zone, "FR")
    found = next_after(rule, after, calendar)
    assert found is not None
    assert next_after(rule, after + (found - after) * share, calendar) == found


@given(TIMES, INSTANTS, ZONES)
def test_a_daily_one_comes_once_each_day_the_days_of_the_clocks_too(
    at: time, after: datetime, zone: str
) -> None:
    calendar = Calendar.of(zone, "FR")
    found, days = after, []
    for _ in range(10):
        following = next_after(Rule(DAILY, at), found, calendar)
        assert following is not None
        found = following
        days.append(found.astimezone(calendar.zone).date())
    assert days == [days[0] + timedelta(days=n) for n in range(10)]


@given(TIMES, INSTANTS, st.integers(0, 400), ZONES)
def test_one_of_one_time_comes_once_at_the_instant_of_its_date(
    at: time, now: datetime, days: int, zone: str
) -> None:
    calendar = Calendar.of(zone, "FR")
    rule = Rule(ONCE, at, now.astimezone(calendar.zone).date() + timedelta(days=days))
    found = next_after(rule, now, calendar)
    assume(found is not None)
    assert found is not None
    assert rule.date is not None
    assert found in (instant(rule.date, at, calendar.zone), instant(rule.date, at, calendar.zone, fold=1))
    assert next_after(rule, found + timedelta(hours=3), calendar) is None
