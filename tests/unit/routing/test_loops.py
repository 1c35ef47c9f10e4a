"""Loops that no header tells, and the cap on outside forwards (spec §3 row 1 and "Five calls"): a row is a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callcontrol.directory.directory import Directory
from callcontrol.facts import Caller, Company, Line, OutsideForward, Presentation
from callcontrol.routing.outgoing import decide_outgoing
from tests.unit.routing.world import (
    ANONYMOUS,
    COLLEAGUE,
    COMPANY,
    LINES,
    MOBILE,
    STRANGER,
    UNAVAILABLE,
    A,
    At,
    B,
    C,
    D,
    directory,
    told,
)

FORWARD = {"incoming": "forward", "unconditional": {"number": "0660606060"}}
OUTSIDE = f"outside {MOBILE} unconditional (forward.unconditional)"
LOOP = f"voicemail {A} (voicemail.caller_loop)"
OF_STRANGER = OutsideForward(MOBILE, STRANGER.number, A)
OF_HIDDEN = OutsideForward(MOBILE, None, A)


def shown(number: str) -> Caller:
    return Caller(Presentation.SHOWN, number)


def at(**more: Any) -> At:
    return At(manager=more.pop("manager", FORWARD), **more)


ROWS: list[tuple[str, At, str]] = [
    ("the first call of a customer is forwarded", at(), OUTSIDE),
    ("the same customer, while it is being forwarded outside", at(forwarding=(OF_STRANGER,)), LOOP),
    ("another customer at the same moment is no loop",
     at(forwarding=(replace(OF_STRANGER, caller="+33140000009"),)), OUTSIDE),
    ("the number that a forward is under way to", at(caller=shown(MOBILE), forwarding=(OF_HIDDEN,)), LOOP),
    ("the number that the call would be forwarded to, with nothing under way",
     at(caller=shown(MOBILE)), f"voicemail {A} (voicemail.forward_loop)"),
    ("the line's own number, from outside", at(caller=shown("+33222969569")), LOOP),
    ("the line that was called first, whose number the forward shows",
     at(caller=shown("+33222969570"), forwarding=(replace(OF_STRANGER, first_line=B),)), LOOP),
    ("a colleague that really calls is told by its device, not by its number",
     at(caller=COLLEAGUE, forwarding=(replace(OF_STRANGER, first_line=B),)), OUTSIDE),
    ("a withheld caller cannot be told apart", at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,)), OUTSIDE),
    ("nor one without a number", at(caller=UNAVAILABLE, forwarding=(OF_HIDDEN,)), OUTSIDE),
    ("but five forwards are the most: as busy, to voicemail",
     at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5), f"voicemail {A} busy (voicemail.forwards_full)"),
    ("four are not", at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 4), OUTSIDE),
    ("as busy: to the colleague that takes its busy calls",
     at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5,
        manager={**FORWARD, "busy": {"forward_enabled": True, "number": "4003"}}),
     f"inside {B} user-busy (forward.forwards_full)"),
    ("as busy: never outside again",
     at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5,
        manager={**FORWARD, "busy": {"forward_enabled": True, "number": "0140404040"}}),
     f"voicemail {A} busy (voicemail.forwards_full)"),
    ("as busy: the announcement, where neither is on",
     at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5, manager={**FORWARD, "busy": {"voicemail_enabled": False}}),
     "refuse line-busy busy (refuse.forwards_full)"),
    ("the advanced manager: as its busy rule says",
     At(line=C, caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5,
        advanced={"incoming": "forward", "number": "0660606060", "busy": {"action": "refuse"}}),
     "refuse call-refused rejected (refuse.forwards_full)"),
    ("a forward to a colleague is not counted",
     at(caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5,
        manager={"incoming": "forward", "unconditional": {"number": "4003"}}),
     f"inside {B} unconditional (forward.unconditional)"),
    ("the cap is the line's own", At(line=D, manager=FORWARD, caller=ANONYMOUS, forwarding=(OF_HIDDEN,) * 5),
     f"voicemail {D} busy (voicemail.forwards_full)"),
]  # fmt: skip


@pytest.mark.parametrize(("here", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_loops_and_the_cap(here: At, expected: str) -> None:
    assert told(here.decide()) == expected


@pytest.mark.parametrize(
    ("lines", "given", "most"),
    [(1, None, 5), (4, None, 20), (20, None, 100), (300, None, 100), (4, 7, 7), (4, 0, 0)],
)
def test_a_company_may_hold_five_outside_calls_for_each_line_and_at_most_100(
    lines: int, given: int | None, most: int
) -> None:
    """Spec §1."""
    company = Company("c", "C", max_calls=given)
    where = Directory()
    where.put_company(company)
    for index in range(lines):
        where.put_line(Line(f"02229700{index:02d}" if index < 100 else f"0222971{index:03d}", "c", "L"))
    assert where.most_outside_calls(company) == most


def test_the_default_limit_of_a_company_stops_calls_out_and_forwards() -> None:
    where = directory()
    state = At(outside_calls=20).called(where).state
    step = decide_outgoing(LINES[0], COMPANY, where.settings(A), state, "0660606060", where)
    assert told(step) == "refuse company-limit-reached busy (outgoing.company_full)"
    assert told(at(outside_calls=20).decide()) == f"voicemail {A} (voicemail.company_full)"
    assert told(at(outside_calls=19).decide()) == OUTSIDE
