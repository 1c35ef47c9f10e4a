"""The way of a call through our lines: where it stands after each result, and when it is over."""

from __future__ import annotations

import pytest

from callcontrol.facts import IncomingCall
from callcontrol.routing.situation import reason
from callcontrol.routing.steps import (
    Answered,
    Busy,
    DiversionReason,
    ForwardInside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Redirected,
    Refused,
    Ring,
    Tried,
    Unreachable,
)
from callcontrol.routing.walk import GoesOn, Walk, inside
from tests.unit.routing.world import DESK, GROUP, STRANGER, A, B, D, directory

RING = Ring((DESK,), 60, reason("ring.default", seconds=60))
START = Walk(IncomingCall(STRANGER, A), A)


def to(line: str) -> ForwardInside:
    return ForwardInside(line, DiversionReason.UNCONDITIONAL, reason("forward.unconditional", target=line))


def test_an_outcome_that_is_not_the_end_is_tried_and_the_call_stays_at_its_line() -> None:
    walk = START.after(RING, Busy())
    assert walk == Walk(START.call, A, (Tried(RING, Busy()),))
    assert walk.after(RING, NoAnswer()).tried == (Tried(RING, Busy()), Tried(RING, NoAnswer()))


def test_a_call_that_goes_on_has_tried_nothing_there_and_remembers_its_way() -> None:
    walk = START.after(RING, NoAnswer()).after(to(B), GoesOn(B)).after(to(D), GoesOn(D))
    assert walk == Walk(IncomingCall(STRANGER, A, path=(A, B), forwards=2), D)
    assert not walk.over


def test_headers_of_earlier_forwards_count_before_our_own() -> None:
    call = IncomingCall(STRANGER, A, path=("+33100000000",), forwards=1)
    assert Walk(call, A).on_to(B).call == IncomingCall(STRANGER, A, path=("+33100000000", A), forwards=2)


@pytest.mark.parametrize("outcome", [Answered(A), MessageTaken(), Refused()], ids=lambda o: type(o).__name__)
def test_a_call_is_over_with(outcome: Outcome) -> None:
    assert START.after(RING, outcome).over


@pytest.mark.parametrize(
    "outcome", [NoAnswer(), Busy(), Busy(declined=True), Unreachable(), Redirected("4003")], ids=str
)
def test_a_call_is_not_over_with(outcome: Outcome) -> None:
    assert not START.over
    assert not START.after(RING, outcome).over


def test_a_forward_inside_goes_on_only_where_there_is_a_line_or_a_group() -> None:
    where = directory()
    assert inside(to(B), where) == GoesOn(B)
    assert inside(to(GROUP), where) == GoesOn(GROUP)
    where.remove_line(B)
    where.remove_group(GROUP)
    assert inside(to(GROUP), where) == NoAnswer()
    assert inside(to(B), where) == NoAnswer()
