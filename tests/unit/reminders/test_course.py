"""What becomes of a reminder, row by row of spec §8, and what holds for every course."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.reminders import course
from callcontrol.reminders.course import Course
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
from callcontrol.reminders.times import Calendar

PARIS = Calendar.of("Europe/Paris", "FR")
DUE = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONCE = Rule(Recurrence.ONCE, time(9, 30), date(2026, 11, 27))
DAILY = Rule(Recurrence.DAILY, time(9, 30))
WORKDAYS = Rule(Recurrence.WORKDAYS, time(9, 30))


def reminder(rule: Rule = ONCE, **standing: object) -> Reminder:
    planned = Standing(Status.PENDING, DUE, DUE, DUE + 15 * MINUTE)
    return Reminder("r", "0222969569", rule, replace(planned, **standing), "Pain")  # type: ignore[arg-type]


def after(one: Reminder, came_to: CameTo, minutes: float = 0.5) -> Course:
    return course.after_call(one, Tried("c", came_to, DUE + minutes * MINUTE), PARIS)


def test_one_that_is_due_is_called_until_it_is_15_minutes_late() -> None:
    for late in (0, 1, 15):
        assert course.when_due(reminder(), DUE + late * MINUTE, PARIS, wanted=True) is None
    over = course.when_due(reminder(), DUE + 15.1 * MINUTE, PARIS, wanted=True)
    assert over is not None
    assert over.missed is WhyMissed.TOO_LATE
    assert over.standing is not None
    assert (over.standing.status, over.standing.due_at) == (Status.MISSED, None)


def test_one_of_one_time_is_gone_when_it_was_heard() -> None:
    assert after(reminder(), CameTo.HEARD) == Course(None)


def test_a_regular_one_waits_for_its_next_time() -> None:
    over = after(reminder(WORKDAYS), CameTo.HEARD)
    assert over.missed is None
    assert over.standing is not None
    monday = DUE + timedelta(days=3)
    assert (over.standing.status, over.standing.due_at, over.standing.last) == (
        Status.PENDING, monday, Status.DONE,
    )  # fmt: skip


@pytest.mark.parametrize("rule", [ONCE, DAILY])
@pytest.mark.parametrize("came_to", [CameTo.BUSY, CameTo.NO_ANSWER])
def test_busy_or_unanswered_there_are_two_more_tries_five_minutes_apart_then_it_is_missed(
    rule: Rule, came_to: CameTo
) -> None:
    one = reminder(rule)
    for tries, minutes in ((1, 0.5), (2, 6)):
        over = after(one, came_to, minutes)
        assert over.missed is None
        assert over.standing is not None
        assert (over.standing.tries, over.standing.due_at) == (tries, DUE + (minutes + 5) * MINUTE)
        one = replace(one, standing=over.standing)
    over = after(one, came_to, 11.5)
    assert over.missed is WhyMissed.NO_ANSWER
    assert over.standing is not None
    if rule is DAILY:
        assert (over.standing.due_at, over.standing.last) == (DUE + timedelta(days=1), Status.MISSED)
        assert over.standing.tries == 0
    else:
        assert (over.standing.status, over.standing.due_at) == (Status.MISSED, None)


def test_a_snooze_is_ten_minutes_and_has_its_three_tries_again() -> None:
    over = after(reminder(tries=2), CameTo.SNOOZED, 2)
    assert over.standing is not None
    assert (over.standing.status, over.standing.tries) == (Status.SNOOZED, 0)
    assert over.standing.due_at == DUE + 12 * MINUTE
    again = course.when_due(
        replace(reminder(), standing=over.standing), DUE + 26 * MINUTE, PARIS, wanted=True
    )
    assert again is None  # its fifteen minutes begin with the end of the snooze


def test_what_broke_off_is_tried_soon_and_costs_no_try_but_not_for_ever() -> None:
    over = after(reminder(), CameTo.BROKEN_OFF, 1)
    assert over.standing is not None
    assert (over.standing.tries, over.standing.due_at) == (0, DUE + MINUTE + course.SOON)
    assert over.standing.give_up_at == DUE + 15 * MINUTE


def test_a_line_that_wants_none_has_its_reminders_passed_over_in_silence() -> None:
    once = course.when_due(reminder(), DUE, PARIS, wanted=False)
    assert once is not None
    assert once.standing is not None
    assert (once.missed, once.standing.status) == (None, Status.MISSED)
    daily = course.when_due(reminder(DAILY), DUE, PARIS, wanted=False)
    assert daily is not None
    assert daily.standing is not None
    assert (daily.missed, daily.standing.due_at) == (None, DUE + timedelta(days=1))


def test_after_days_of_silence_a_regular_one_is_missed_once_and_waits_for_its_next_time() -> None:
    over = course.when_due(reminder(DAILY), DUE + timedelta(days=3, hours=1), PARIS, wanted=True)
    assert over is not None
    assert over.missed is WhyMissed.TOO_LATE
    assert over.standing is not None
    assert over.standing.due_at == DUE + timedelta(days=4)


def test_in_another_zone_the_same_local_time_is_another_instant() -> None:
    martinique = Calendar.of("America/Martinique", "FR")
    moved = course.moved(reminder(), DUE - timedelta(hours=10), martinique)
    assert (moved.due_at, moved.planned_at) == (DUE + timedelta(hours=5),) * 2
    late = course.moved(reminder(), DUE + timedelta(hours=9), martinique)
    assert late.due_at is not None
    assert late.due_at <= DUE + timedelta(hours=9)  # past there: at once, and then it is too late or not


RULES = st.sampled_from([ONCE, DAILY, WORKDAYS, Rule(Recurrence.WEEKLY, time(9, 30), weekday=5)])


@given(RULES, st.lists(st.sampled_from(list(CameTo)), max_size=30))
def test_whatever_its_calls_come_to_it_goes_on_later_or_is_over_and_is_missed_after_three_tries_at_most(
    rule: Rule, outcomes: list[CameTo]
) -> None:
    one, now = reminder(rule), DUE
    for came_to in outcomes:
        now += timedelta(seconds=40)
        over = course.after_call(one, Tried("c", came_to, now), PARIS)
        if over.missed is not None:
            assert one.standing.tries == course.TRIES - 1
            assert came_to in (CameTo.BUSY, CameTo.NO_ANSWER)
        if over.standing is None:
            assert (rule, came_to) == (ONCE, CameTo.HEARD)
            return
        if over.standing.due_at is None:
            assert over.missed is not None
            return
        assert over.standing.due_at > now
        assert over.standing.tries < course.TRIES
        one, now = replace(one, standing=over.standing), over.standing.due_at
