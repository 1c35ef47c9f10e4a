"""``explain`` of a moment: a row that goes by the time sees the time of its line's company, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.facts import Company, IncomingCall, Line, LineState
from callcontrol.routing.decide import CalledLine, decide, policy_of
from callcontrol.routing.explain import Assume, assume_nobody_answers, explain
from callcontrol.routing.policy import Policy
from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import Answered, Busy, Explained, Outcome, RefusalKind, Refuse, Step
from tests.unit.routing.world import BOOK, COMPANY, DESK, NOW, STRANGER, A, B, directory, told

TO_B = {"no_answer": {"forward_enabled": True, "number": "4003", "forward_after": 30}}


def closed(situation: Situation) -> Step | None:
    """A row such as a weekly plan will be: from six in the evening to eight in the morning nobody is called."""
    time = situation.local_time
    if 8 <= time.hour < 18:
        return None
    return Refuse("call-refused", RefusalKind.REJECTED, reason("refuse.rule", name=time.strftime("%H:%M:%S")))


def with_hours(line: Line) -> Policy:
    """The line's manager, with opening hours before everything else."""
    usual = policy_of(line)
    return Policy((closed, *usual.rows), usual.after_ring)


def story(
    at: datetime,
    company: Company = COMPANY,
    assume: Assume = assume_nobody_answers,
    **documents: object,
) -> tuple[Explained, ...]:
    where = directory(company, **documents)

    def called(number: str) -> CalledLine | None:
        line = where.line(number)
        assert line is not None
        return CalledLine(line, company, where.settings(number), LineState((DESK,)), BOOK)

    return explain(IncomingCall(STRANGER, A), A, called, where, at, assume, policies=with_hours)


PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
HOURS = [
    ("winter: Paris is one hour ahead, just open", PARIS, "2026-01-05 07:00:00", True),
    ("winter: just not open yet", PARIS, "2026-01-05 06:59:59", False),
    ("summer: Paris is two hours ahead, just open", PARIS, "2026-07-06 06:00:00", True),
    ("summer: just closed", PARIS, "2026-07-06 16:00:00", False),
    ("the eve of summer time", PARIS, "2026-03-28 06:30:00", False),
    ("the day of summer time", PARIS, "2026-03-29 06:30:00", True),
    ("the eve of winter time", PARIS, "2026-10-24 16:30:00", False),
    ("the day of winter time", PARIS, "2026-10-25 16:30:00", True),
    ("La Réunion knows no summer time", REUNION, "2026-07-06 04:00:00", True),
    ("La Réunion closes at two in the afternoon UTC", REUNION, "2026-07-06 14:00:00", False),
]


@pytest.mark.parametrize(
    ("zone", "utc", "is_open"), [row[1:] for row in HOURS], ids=[row[0] for row in HOURS]
)
def test_a_row_sees_the_time_of_the_lines_company(zone: str, utc: str, is_open: bool) -> None:
    first = story(datetime.fromisoformat(f"{utc}Z"), replace(COMPANY, timezone=zone))[0]
    assert (first.step.because.rule == "ring.default") is is_open


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """In the night of 25 October 2026, two o'clock in Paris is 0:00 UTC and again 1:00 UTC."""
    seen = [
        Situation(IncomingCall(STRANGER, A), _called(), directory(), datetime(2026, 10, 25, hour, tzinfo=UTC))
        for hour in (0, 1)
    ]
    assert [each.local_time.hour for each in seen] == [2, 2]
    assert [each.local_time.utcoffset() for each in seen] == [timedelta(hours=2), timedelta(hours=1)]


@given(st.integers(946_684_800, 4_102_444_800), st.integers(-12 * 60, 14 * 60))
def test_an_instant_is_the_same_in_whatever_zone_it_is_given(second: int, minutes: int) -> None:
    """Seconds from 2000 to 2100."""
    at = datetime.fromtimestamp(second, UTC)
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert [each.step for each in story(at)] == [each.step for each in story(elsewhere)]
    assert (story(at)[0].step.because.rule == "ring.default") is (
        8 <= at.astimezone(ZoneInfo(PARIS)).hour < 18
    )


def test_a_ring_that_nobody_takes_lasts_until_the_next_line_has_closed() -> None:
    steps = story(datetime(2026, 1, 5, 16, 59, 40, tzinfo=UTC), A=TO_B)
    assert [(each.at.strftime("%M:%S"), each.line, told(each.step)) for each in steps] == [
        ("59:40", A, "ring 1 for 30 (ring.default)"),
        ("00:10", A, f"inside {B} no-answer (forward.no_answer)"),
        ("00:10", B, "refuse call-refused rejected (refuse.rule)"),
    ]
    assert steps[-1].step.because.params == (("name", "18:00:10"),)


def test_what_ends_a_ring_at_once_takes_no_time() -> None:
    at = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    outcomes: Iterator[Outcome] = iter([Busy(), Answered("+33660606060")])
    manager = {"busy": {"forward_enabled": True, "number": "0660606060"}}
    assert [each.at for each in story(at, assume=lambda _: next(outcomes), A=manager)] == [at, at]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        decide(IncomingCall(STRANGER, A), _called(), directory(), NOW.replace(tzinfo=None))


def _called() -> CalledLine:
    where = directory()
    line = where.line(A)
    assert line is not None
    return CalledLine(line, COMPANY, where.settings(A), LineState((DESK,)), BOOK)
