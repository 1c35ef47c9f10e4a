"""The simple manager (spec §3): the order of its rows, and what follows a ring. Pure."""

from __future__ import annotations

from typing import assert_never

from callcontrol.routing import forwarding, ringing, screening
from callcontrol.routing.policy import NobodyTookIt, Policy
from callcontrol.routing.situation import Situation
from callcontrol.routing.steps import Busy, NoAnswer, Step, Unreachable


def after_ring(situation: Situation, outcome: NobodyTookIt) -> Step:
    """*What devices say*, spec §3."""
    match outcome:
        case NoAnswer():
            return ringing.no_answer(situation)
        case Busy():
            return ringing.busy(situation, "declined")
        case Unreachable():
            return ringing.unavailable(situation, "unreachable")
        case _:
            assert_never(outcome)


SIMPLE = Policy(
    rows=(
        screening.loop_guard,
        screening.refuse_anonymous,
        screening.selective_reject,
        forwarding.selective_forward,
        forwarding.unconditional,
        ringing.do_not_disturb,
        ringing.line_full,
        ringing.no_device,
        ringing.straight_to_voicemail,
        ringing.ring,
    ),
    after_ring=after_ring,
)
"""Spec §3, in its order."""
