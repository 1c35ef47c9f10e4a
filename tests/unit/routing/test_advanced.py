"""Spec §4, the home page of the advanced manager: one row is one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.routing.steps import Busy, NoAnswer, Outcome, Redirected, Tried, Unreachable
from tests.unit.routing.world import ANONYMOUS, At, B, C, everybody, told

FORWARD = {"action": "forward", "number": "4003"}
REFUSE = {"action": "refuse"}


def at(advanced: dict[str, Any] | None = None, **more: Any) -> At:
    return At(line=C, advanced=advanced or {}, **more)


ARRIVING: list[tuple[str, At, str]] = [
    ("nothing set: it rings for 45 s", at(), "ring 2 for 45 (ring.default)"),
    ("the delay of the message settings",
     at(messages={"voicemail_after": 12}), "ring 2 for 12 (ring.default)"),
    ("forward to a number", at({"incoming": "forward", "number": "0660606060"}),
     "outside +33660606060 unconditional (forward.unconditional)"),
    ("voicemail", at({"incoming": "voicemail"}), f"voicemail {C} (voicemail.unconditional)"),
    ("a call that already passed this line", at(path=(B, C)), f"voicemail {B} (voicemail.loop)"),
    ("the simple manager's settings mean nothing here",
     at(manager={"incoming": "voicemail", "reject_anonymous": True, "selective_reject": everybody()}, caller=ANONYMOUS),
     "ring 2 for 45 (ring.default)"),
    ("already on the line: voicemail at once", at(busy_calls=5), f"voicemail {C} busy (voicemail.busy)"),
    ("already on the line: forward at once",
     at({"busy": FORWARD}, busy_calls=5), f"inside {B} user-busy (forward.busy)"),
    ("already on the line: refuse at once", at({"busy": REFUSE}, busy_calls=5),
     "refuse call-refused rejected (refuse.busy)"),
    ("a forward wins over a full line", at({"incoming": "forward", "number": "4003"}, busy_calls=5),
     f"inside {B} unconditional (forward.unconditional)"),
    ("no device counts as no answer, at once", at(devices=()), f"voicemail {C} (voicemail.unavailable)"),
    ("no device: the no-answer forward",
     at({"no_answer": FORWARD}, devices=()), f"inside {B} no-answer (forward.unavailable)"),
    ("no device: the no-answer refusal", at({"no_answer": REFUSE}, devices=()),
     "refuse call-refused rejected (refuse.unavailable)"),
    ("a delay of 0 does not ring", at({"no_answer": FORWARD}, messages={"voicemail_after": 0}),
     f"inside {B} no-answer (forward.no_answer)"),
    ("a barred forward goes to voicemail",
     at({"incoming": "forward", "number": "0660606060"}, calls={"barring": {"national": True}}),
     f"voicemail {C} (voicemail.forward_barred)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("here", "expected"), [row[1:] for row in ARRIVING], ids=[row[0] for row in ARRIVING]
)
def test_a_call_arrives(here: At, expected: str) -> None:
    assert told(here.decide()) == expected


AFTER: list[tuple[str, At, Outcome, str]] = [
    ("nobody answers: voicemail", at(), NoAnswer(), f"voicemail {C} (voicemail.no_answer)"),
    ("nobody answers: forward",
     at({"no_answer": FORWARD}), NoAnswer(), f"inside {B} no-answer (forward.no_answer)"),
    ("nobody answers: refuse",
     at({"no_answer": REFUSE}), NoAnswer(), "refuse call-refused rejected (refuse.no_answer)"),
    ("every device busy: as when already on the line", at({"busy": FORWARD}), Busy(),
     f"inside {B} user-busy (forward.declined)"),
    ("DND on the phone refuses",
     at({"busy": FORWARD}), Busy(declined=True), "refuse call-refused rejected (refuse.phone_dnd)"),
    ("every device failed: no answer", at({"no_answer": REFUSE}), Unreachable(),
     "refuse call-refused rejected (refuse.no_answer)"),
    ("302 is a forward", at(), Redirected("4003"), f"inside {B} deflection (forward.deflected)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("here", "outcome", "expected"), [row[1:] for row in AFTER], ids=[row[0] for row in AFTER]
)
def test_after_the_ring(here: At, outcome: Outcome, expected: str) -> None:
    assert told(here.decide(Tried(at().decide(), outcome))) == expected
