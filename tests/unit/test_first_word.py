"""How often one looks for a phone's first packet."""

from __future__ import annotations

from itertools import pairwise

import pytest

from callcontrol.dialogue.first_word import DUE_LOOK_SECONDS, DUE_SECONDS, next_look


@pytest.mark.parametrize(
    ("gone_by", "wait"),
    [
        (0.0, 0.01),
        (0.004, 0.006),
        (0.01, 0.009),
        (0.0185, 0.001),
        (0.019 - 1e-17, 0.001),
        (0.01 - 1e-17, 0.001),
        (0.02, 0.001),
        (0.023, 0.01),
        (0.2, 0.01),
        (0.297, 0.003),
        (0.3 - 1e-17, 0.001),
    ],
)
def test_one_looks_often_when_the_first_packet_is_due_and_seldom_before_and_after(
    gone_by: float, wait: float
) -> None:
    assert next_look(gone_by) == pytest.approx(wait)


def test_no_look_leaps_over_the_moment_when_it_is_due() -> None:
    at = 0.0
    looks = [at]
    while at < DUE_SECONDS[1]:
        at += next_look(at)
        looks.append(at)
    due = [look for look in looks if look >= DUE_SECONDS[0] - 1e-9]
    assert due[0] == pytest.approx(DUE_SECONDS[0])
    assert all(after - before == pytest.approx(DUE_LOOK_SECONDS) for before, after in pairwise(due))
    assert len(looks) < 12
