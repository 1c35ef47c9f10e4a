"""A forward never dials an emergency number, whoever forwards and however it is written (spec §2.2, §3)."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.facts import Device
from callcontrol.numbers import EMERGENCY_NUMBERS
from callcontrol.routing.decide import decide
from callcontrol.routing.steps import (
    Busy,
    ForwardInside,
    ForwardOutside,
    NoAnswer,
    Outcome,
    Redirected,
    Tried,
    Unreachable,
)
from tests.unit.routing.world import NOW, At, directory

SPELLINGS = (
    *("{}", "+33{}", "0033{}", "+{}", "00{}", " {} ", "{}#", "*67{}", "*82{}", "0{}", "tel:{}"),
    "{};phone-context=+33",
)

Way = tuple[dict[str, Any], tuple[Device, ...] | None, Outcome | None]


def ways(number: str) -> dict[str, Way]:
    """The setting that forwards, the devices, and what they say."""
    forward = {"forward_enabled": True, "number": number, "voicemail_enabled": False}
    unavailable = {"forward_enabled": True, "number": number}
    return {
        "all calls": ({"incoming": "forward", "unconditional": {"number": number}}, None, None),
        "some callers": (
            {
                "selective_forward": {
                    "enabled": True,
                    "number": number,
                    "callers": {"numbers": ["0140000000"]},
                }
            },
            None,
            None,
        ),
        "do not disturb": ({"dnd": {"enabled": True}, "busy": forward}, None, None),
        "busy": ({"busy": forward}, None, Busy()),
        "no answer": ({"no_answer": {**forward, "forward_after": 10}}, None, NoAnswer()),
        "unavailable": ({"unavailable": unavailable}, (), None),
        "unreachable": ({"unavailable": unavailable}, None, Unreachable()),
        "a phone's 302": ({}, None, Redirected(number)),
    }


@pytest.mark.parametrize("way", ways(""))
def test_no_way_of_forwarding_reaches_rescuers(way: str) -> None:
    tried = 0
    for number in sorted(EMERGENCY_NUMBERS):
        for spelling in SPELLINGS:
            manager, devices, outcome = ways(spelling.format(number))[way]
            where = directory()
            try:
                at = At(manager=manager) if devices is None else At(manager=manager, devices=devices)
                called = at.called(where)
            except Exception:
                assert way != "a phone's 302"
                continue
            steps = () if outcome is None else (Tried(At().decide(), outcome),)
            step = decide(at.call(), called, where, NOW, steps)
            tried += 1
            assert not isinstance(step, ForwardInside), step
            if isinstance(step, ForwardOutside):
                assert step.number not in EMERGENCY_NUMBERS, (spelling, step)
                assert step.number.removeprefix("+33").lstrip("0") not in EMERGENCY_NUMBERS, (spelling, step)
    assert tried >= len(EMERGENCY_NUMBERS)
