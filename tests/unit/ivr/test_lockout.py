"""When wrong PINs lock a box: a table of attempts (minutes) and the minute at which the lock ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callcontrol.ivr.lockout import locked_until
from tests.fakes.clock import MORNING


@pytest.mark.parametrize(
    ("minutes", "ends"),
    [
        (range(0, 9), None),
        (range(0, 10), 9 + 60),
        (range(0, 20), 19 + 60),
        (range(0, 70, 7), None),
        (range(-100, -90), None),
    ],
)
def test_when_a_box_is_locked(minutes: range, ends: int | None) -> None:
    wrong = [MORNING + timedelta(minutes=minute) for minute in minutes]
    now = MORNING + timedelta(minutes=19)
    until = None if ends is None else MORNING + timedelta(minutes=ends)
    assert locked_until(wrong, now) == until
