"""Spec §3, the simple manager: one row of a table is one sentence."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from callcontrol.facts import Barring, Caller, Presentation
from callcontrol.routing.steps import (
    Answered,
    Busy,
    MessageTaken,
    NoAnswer,
    Outcome,
    Redirected,
    Refused,
    Tried,
    Unreachable,
)
from tests.unit.routing.world import (
    ANONYMOUS,
    COLLEAGUE,
    COMPANY,
    DESK,
    GROUP,
    SOFTPHONE,
    STRANGER,
    UNAVAILABLE,
    A,
    At,
    B,
    D,
    everybody,
    patched,
    told,
)

TO_MOBILE = {"forward_enabled": True, "number": "06 60 60 60 60"}
NO_VOICEMAIL = {"voicemail_enabled": False}


def to(number: str) -> dict[str, object]:
    """A call manager that forwards everything to ``number``."""
    return {"incoming": "forward", "unconditional": {"number": number}}


ALONE: list[tuple[str, At, str]] = [
    ("nothing set: every device rings for 60 s", At(), "ring 2 for 60 (ring.default)"),
    # 1
    ("a call that already passed this line ends in the first line's mailbox", At(path=(B, A)),
     f"voicemail {B} (voicemail.loop)"),
    ("a Diversion header that names this line counts as passed", At(path=("+33222969569",), first_line=A),
     f"voicemail {A} (voicemail.loop)"),
    ("a call forwarded five times still rings", At(forwards=5), "ring 2 for 60 (ring.default)"),
    ("a call forwarded five times is not forwarded again",
     At(forwards=5, manager=to("4003")),
     f"voicemail {A} (voicemail.forwarded_too_often)"),
    ("a call forwarded four times is forwarded once more",
     At(forwards=4, manager=to("4003")),
     f"inside {B} unconditional (forward.unconditional)"),
    # 2
    ("an anonymous caller is refused, never to voicemail", At(ANONYMOUS, {"reject_anonymous": True}),
     "refuse anonymous-refused rejected (refuse.anonymous)"),
    ("a caller whose number the network did not give is not anonymous",
     At(UNAVAILABLE, {"reject_anonymous": True}), "ring 2 for 60 (ring.default)"),
    ("a colleague who hides is anonymous too",
     At(replace(COLLEAGUE, presentation=Presentation.ANONYMOUS, number=None), {"reject_anonymous": True}),
     "refuse anonymous-refused rejected (refuse.anonymous)"),
    ("a shown caller is not refused as anonymous", At(manager={"reject_anonymous": True}),
     "ring 2 for 60 (ring.default)"),
    # 3
    ("a caller on the reject list is refused", At(manager={"selective_reject": everybody()}),
     "refuse caller-refused rejected (refuse.selective)"),
    ("a reject list that is switched off refuses nobody",
     At(manager={"selective_reject": everybody(enabled=False)}), "ring 2 for 60 (ring.default)"),
    # 4
    ("a caller on the forward list goes to the list's number",
     At(manager={"selective_forward": everybody(number="0660606060")}),
     "outside +33660606060 unconditional (forward.selective)"),
    # 5
    ("unconditional forward to a mobile",
     At(manager=to("06.60.60.60.60")),
     "outside +33660606060 unconditional (forward.unconditional)"),
    ("unconditional forward to an extension",
     At(manager=to("4003")),
     f"inside {B} unconditional (forward.unconditional)"),
    ("unconditional forward to a short code",
     At(manager=to("550")),
     "outside +33970711058 unconditional (forward.unconditional)"),
    ("unconditional forward to a colleague's full number stays inside",
     At(manager=to("0033222969570")),
     f"inside {B} unconditional (forward.unconditional)"),
    ("unconditional forward to a hunt group",
     At(manager=to("4900")),
     f"inside {GROUP} unconditional (forward.unconditional)"),
    ("straight to voicemail", At(manager={"incoming": "voicemail"}), f"voicemail {A} (voicemail.unconditional)"),
    # 6
    ("do not disturb: voicemail", At(manager={"dnd": {"enabled": True}}), f"voicemail {A} dnd (voicemail.dnd)"),
    ("do not disturb with the busy forward on: its number", At(manager={"dnd": {"enabled": True}, "busy": TO_MOBILE}),
     "outside +33660606060 do-not-disturb (forward.dnd)"),
    ("do not disturb goes to voicemail even if busy voicemail is off",
     At(manager={"dnd": {"enabled": True}, "busy": NO_VOICEMAIL}), f"voicemail {A} dnd (voicemail.dnd)"),
    ("a priority caller rings through",
     At(manager={"dnd": {"enabled": True, "priority_enabled": True, "priority": {"numbers": ["0140000000"]}}}),
     "ring 2 for 60 (ring.priority)"),
    ("the priority list alone, without its option, lets nobody through",
     At(manager={"dnd": {"enabled": True, "priority": {"numbers": ["0140000000"]}}}),
     f"voicemail {A} dnd (voicemail.dnd)"),
    # 7
    ("the sixth call goes to voicemail", At(busy_calls=5), f"voicemail {A} busy (voicemail.busy)"),
    ("the fifth call rings", At(busy_calls=4), "ring 2 for 60 (ring.default)"),
    ("the sixth call with the busy forward on", At(busy_calls=5, manager={"busy": TO_MOBILE}),
     "outside +33660606060 user-busy (forward.busy)"),
    ("the sixth call with both off hears the busy announcement", At(busy_calls=5, manager={"busy": NO_VOICEMAIL}),
     "refuse line-busy busy (refuse.busy)"),
    # 8
    ("no device: voicemail", At(devices=()), f"voicemail {A} (voicemail.unavailable)"),
    ("no device with its own number set", At(devices=(), manager={"unavailable": TO_MOBILE}),
     "outside +33660606060 unavailable (forward.unavailable)"),
    # 9
    ("a caller on the distinctive list rings distinctively", At(manager={"distinctive_ring": everybody()}),
     "ring 2 for 60 distinctively (ring.distinctive)"),
    ("a caller who is not on it rings as ever",
     At(manager={"distinctive_ring": {"enabled": True, "callers": {"numbers": ["0140000001"]}}}),
     "ring 2 for 60 (ring.default)"),
    # 10
    ("voicemail at 0 answers without ringing", At(manager={"no_answer": {"voicemail_after": 0}}),
     f"voicemail {A} (voicemail.immediate)"),
    ("the forward's delay ends the ring when it is the shorter",
     At(manager={"no_answer": {**TO_MOBILE, "forward_after": 6}}), "ring 2 for 6 (ring.default)"),
    ("voicemail's delay ends the ring when it is the shorter",
     At(manager={"no_answer": {**TO_MOBILE, "forward_after": 36, "voicemail_after": 30}}),
     "ring 2 for 30 (ring.default)"),
    ("voicemail off: the forward's delay",
     At(manager={"no_answer": {**TO_MOBILE, "forward_after": 600, **NO_VOICEMAIL}}),
     "ring 2 for 600 (ring.default)"),
    ("both off: 180 s", At(manager={"no_answer": NO_VOICEMAIL}), "ring 2 for 180 (ring.default)"),
    ("voicemail off at 0: it rings all the same", At(manager={"no_answer": {**NO_VOICEMAIL, "voicemail_after": 0}}),
     "ring 2 for 180 (ring.default)"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "expected"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE])
def test_a_row_alone(at: At, expected: str) -> None:
    assert told(at.decide()) == expected


ROWS: list[tuple[str, dict[str, object], str]] = [
    ("1 loop guard", {"path": (B, A)}, "voicemail.loop"),
    ("2 anonymous", {"caller": ANONYMOUS, "manager": {"reject_anonymous": True}}, "refuse.anonymous"),
    ("3 reject list", {"manager": {"selective_reject": everybody()}}, "refuse.selective"),
    ("4 forward list", {"manager": {"selective_forward": everybody(number="0660606060")}}, "forward.selective"),
    ("5 unconditional", {"manager": {"incoming": "forward", "unconditional": {"number": "4003"}}},
     "forward.unconditional"),
    ("6 do not disturb", {"manager": {"dnd": {"enabled": True}}}, "voicemail.dnd"),
    ("7 busy", {"busy_calls": 5}, "voicemail.busy"),
    ("8 unavailable", {"devices": ()}, "voicemail.unavailable"),
    ("10 voicemail at 0", {"manager": {"no_answer": {"voicemail_after": 0}}}, "voicemail.immediate"),
    ("9 distinctive ring", {"manager": {"distinctive_ring": everybody()}}, "ring.distinctive"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "below"),
    list(combinations(ROWS, 2)),
    ids=[f"{a[0]} wins over {b[0]}" for a, b in combinations(ROWS, 2)],
)
def test_a_row_against_each_row_below(
    above: tuple[str, dict[str, object], str], below: tuple[str, dict[str, object], str]
) -> None:
    manager = patched("call-manager", below[1].get("manager", {}), above[1].get("manager", {}))
    at = At(**{**below[1], **above[1], "manager": manager})
    assert at.decide().because.rule == above[2]


AFTER_RING: list[tuple[str, At, Outcome, str]] = [
    ("nobody answers: voicemail", At(), NoAnswer(), f"voicemail {A} (voicemail.no_answer)"),
    ("nobody answers by the forward's delay: its number",
     At(manager={"no_answer": {**TO_MOBILE, "forward_after": 6}}), NoAnswer(),
     "outside +33660606060 no-answer (forward.no_answer)"),
    ("M = N: voicemail wins", At(manager={"no_answer": {**TO_MOBILE, "forward_after": 30, "voicemail_after": 30}}),
     NoAnswer(), f"voicemail {A} (voicemail.no_answer)"),
    ("M < N: voicemail wins", At(manager={"no_answer": {**TO_MOBILE, "forward_after": 36, "voicemail_after": 30}}),
     NoAnswer(), f"voicemail {A} (voicemail.no_answer)"),
    ("voicemail off: the forward", At(manager={"no_answer": {**TO_MOBILE, "forward_after": 600, **NO_VOICEMAIL}}),
     NoAnswer(), "outside +33660606060 no-answer (forward.no_answer)"),
    ("both off: the announcement", At(manager={"no_answer": NO_VOICEMAIL}), NoAnswer(),
     "refuse no-answer no_answer (refuse.no_answer)"),
    ("every device refused: the busy row's voicemail", At(), Busy(), f"voicemail {A} (voicemail.declined)"),
    ("every device refused: the busy row's forward", At(manager={"busy": TO_MOBILE}), Busy(),
     "outside +33660606060 user-busy (forward.declined)"),
    ("every device refused, both off: the busy announcement", At(manager={"busy": NO_VOICEMAIL}), Busy(),
     "refuse line-busy busy (refuse.declined)"),
    ("every device failed: the unavailable row's voicemail", At(), Unreachable(),
     f"voicemail {A} (voicemail.unreachable)"),
    ("every device failed: the unavailable row's forward", At(manager={"unavailable": TO_MOBILE}), Unreachable(),
     "outside +33660606060 unavailable (forward.unreachable)"),
    ("302 to a mobile is a forward", At(), Redirected("0660606060"),
     "outside +33660606060 deflection (forward.deflected)"),
    ("302 to an extension", At(), Redirected("4003"), f"inside {B} deflection (forward.deflected)"),
    ("302 to a barred number: voicemail", At(calls={"barring": {"national": True}}), Redirected("0660606060"),
     f"voicemail {A} (voicemail.forward_barred)"),
    ("302 to the line itself: voicemail", At(), Redirected(A), f"voicemail {A} (voicemail.forward_loop)"),
    ("302 to an emergency number: voicemail", At(), Redirected("112"), f"voicemail {A} (voicemail.forward_impossible)"),
    ("302 to a star code: voicemail", At(), Redirected("*72"), f"voicemail {A} (voicemail.forward_impossible)"),
    ("302 after five forwards: voicemail", At(forwards=5), Redirected("4003"),
     f"voicemail {A} (voicemail.forwarded_too_often)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "outcome", "expected"), [row[1:] for row in AFTER_RING], ids=[row[0] for row in AFTER_RING]
)
def test_what_devices_say(at: At, outcome: Outcome, expected: str) -> None:
    ring = At().decide()
    assert told(at.decide(Tried(ring, outcome))) == expected


MOBILE_FORWARD, COLLEAGUE_FORWARD = to("0660606060"), to("4003")
FULL_COMPANY = replace(COMPANY, max_calls=3)

FORWARDS: list[tuple[str, At, str]] = [
    ("barred by the line", At(manager=MOBILE_FORWARD, calls={"barring": {"national": True}}),
     f"voicemail {A} (voicemail.forward_barred)"),
    ("barred by the company",
     At(manager=MOBILE_FORWARD, company=replace(COMPANY, barring=frozenset({Barring.NATIONAL}))),
     f"voicemail {A} (voicemail.forward_barred)"),
    ("a short code has the class of its target",
     At(manager=to("551"), calls={"barring": {"international": True}}),
     f"voicemail {A} (voicemail.forward_barred)"),
    ("inside is not barred",
     At(manager=COLLEAGUE_FORWARD, calls={"barring": dict.fromkeys(["national", "international", "premium"], True)}),
     f"inside {B} unconditional (forward.unconditional)"),
    ("a line of another company has the class of its number",
     At(manager=to("0345000000"), calls={"barring": {"national": True}}),
     f"voicemail {A} (voicemail.forward_barred)"),
    ("a company at its maximum makes no outside forward",
     At(manager=MOBILE_FORWARD, company=FULL_COMPANY, outside_calls=3), f"voicemail {A} (voicemail.company_full)"),
    ("a company at its maximum still forwards inside",
     At(manager=COLLEAGUE_FORWARD, company=FULL_COMPANY, outside_calls=3),
     f"inside {B} unconditional (forward.unconditional)"),
    ("a company below its maximum forwards outside", At(manager=MOBILE_FORWARD, company=FULL_COMPANY, outside_calls=2),
     "outside +33660606060 unconditional (forward.unconditional)"),
    ("the sixth call of a company at its maximum, busy forward outside",
     At(busy_calls=5, manager={"busy": TO_MOBILE}, company=FULL_COMPANY, outside_calls=3),
     f"voicemail {A} (voicemail.company_full)"),
    ("to a line that the call already passed", At(manager=COLLEAGUE_FORWARD, path=(B,)),
     f"voicemail {B} (voicemail.forward_loop)"),
    ("to an outside number that the call already passed",
     At(manager=MOBILE_FORWARD, path=("+33660606060",), first_line=A),
     f"voicemail {A} (voicemail.forward_loop)"),
    ("to itself by extension", At(manager=to("4002")),
     f"voicemail {A} (voicemail.forward_loop)"),
    ("to a number that does not exist", At(manager=to("4999")),
     f"voicemail {A} (voicemail.forward_impossible)"),
    ("to an emergency number", At(manager=to("15")),
     f"voicemail {A} (voicemail.forward_impossible)"),
    ("any voicemail of a forwarded call is the first line's", At(path=(D,), devices=()),
     f"voicemail {D} (voicemail.unavailable)"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "expected"), [row[1:] for row in FORWARDS], ids=[row[0] for row in FORWARDS])
def test_a_forward(at: At, expected: str) -> None:
    assert told(at.decide()) == expected


@pytest.mark.parametrize(
    ("outcome", "rule"),
    [
        (Busy(), "voicemail.forward_busy"),
        (NoAnswer(), "voicemail.forward_no_answer"),
        (Unreachable(), "voicemail.forward_unreachable"),
        (Redirected("0899000000"), "voicemail.forward_unreachable"),
    ],
    ids=["busy", "unanswered after 60 s", "unreachable", "302 from outside, which is not followed"],
)
def test_an_outside_target_that_fails_falls_back_to_the_first_lines_voicemail(
    outcome: Outcome, rule: str
) -> None:
    at = At(manager={**MOBILE_FORWARD, "no_answer": NO_VOICEMAIL, "busy": NO_VOICEMAIL}, path=(D,))
    step = at.decide()
    assert told(at.decide(Tried(step, outcome))) == f"voicemail {D} ({rule})"


def test_an_outside_target_rings_for_sixty_seconds() -> None:
    step = At(manager=MOBILE_FORWARD).decide()
    assert getattr(step, "seconds", None) == 60


def test_a_mailbox_that_fails_is_a_dead_end_with_words() -> None:
    step = At(devices=()).decide()
    assert (
        told(At(devices=()).decide(Tried(step, Unreachable())))
        == "refuse line-unavailable unreachable (refuse.no_mailbox)"
    )


@pytest.mark.parametrize("outcome", [Answered(A), MessageTaken(), Refused()], ids=lambda o: type(o).__name__)
def test_nobody_may_ask_once_the_call_is_over(outcome: Outcome) -> None:
    with pytest.raises(ValueError, match="over"):
        At().decide(Tried(At().decide(), outcome))


OWN = Caller(
    Presentation.SHOWN, "+33222969569", line=A, company="demo", extension="4002", device=DESK.contact
)

DEVICES: list[tuple[str, At, str]] = [
    ("a line that calls itself rings its other device only", At(OWN), "ring 1 for 60 (ring.default)"),
    ("a line that calls itself from its only device is unavailable", At(OWN, devices=(DESK,)),
     f"voicemail {A} (voicemail.unavailable)"),
    ("a line that calls itself from a device that we cannot tell apart rings nothing", At(replace(OWN, device=None)),
     f"voicemail {A} (voicemail.unavailable)"),
    ("a caller who is forwarded back is not rung on the device it calls from",
     At(OWN, path=(B,), devices=(DESK, SOFTPHONE)),
     "ring 1 for 60 (ring.default)"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "expected"), [row[1:] for row in DEVICES], ids=[row[0] for row in DEVICES])
def test_the_callers_own_device(at: At, expected: str) -> None:
    assert told(at.decide()) == expected


LISTS: list[tuple[str, Caller, dict[str, list[str]], bool]] = [
    ("a number in another spelling", STRANGER, {"numbers": ["+33 (0)1 40 00 00 00"]}, True),
    ("another number", STRANGER, {"numbers": ["0140000001"]}, False),
    ("a wildcard", STRANGER, {"numbers": ["01 40*"]}, True),
    ("a wildcard in another spelling", STRANGER, {"numbers": ["0033140*"]}, True),
    ("another wildcard", STRANGER, {"numbers": ["02*"]}, False),
    ("00* is every foreign number", Caller(Presentation.SHOWN, "+441632960000"), {"numbers": ["00*"]}, True),
    ("00* is no number of the country", STRANGER, {"numbers": ["00*"]}, False),
    ("a contact", STRANGER, {"contacts": ["dupont"]}, True),
    ("a contact by another number of its", Caller(Presentation.SHOWN, "+33660606060"), {"contacts": ["dupont"]}, True),
    ("another contact", STRANGER, {"contacts": ["nick"]}, False),
    ("a contact that was deleted", STRANGER, {"contacts": ["gone"]}, False),
    ("a group", STRANGER, {"contact_groups": ["friends"]}, True),
    ("a group nested in another, in a circle", STRANGER, {"contact_groups": ["family"]}, True),
    ("a group whose contacts are gone", STRANGER, {"contact_groups": ["nobody", "never-was"]}, False),
    ("an extension", COLLEAGUE, {"extensions": ["4003"]}, True),
    ("an extension of the same digits in another company",
     replace(COLLEAGUE, company="other"), {"extensions": ["4003"]}, False),
    ("a colleague by full number", COLLEAGUE, {"numbers": ["0222969570"]}, True),
    ("a colleague by extension among the numbers", COLLEAGUE, {"numbers": ["4003"]}, True),
    ("a colleague by a wildcard of extensions", COLLEAGUE, {"numbers": ["400*"]}, True),
    ("a colleague as a contact", COLLEAGUE, {"contacts": ["colleague"]}, True),
    ("a colleague who hides is on no list", replace(COLLEAGUE, presentation=Presentation.ANONYMOUS, number=None),
     {"extensions": ["4003"], "numbers": ["0222969570", "02*", "4003"]}, False),
    ("an anonymous caller is on no list", ANONYMOUS, {"numbers": ["0*", "00*"]}, False),
    ("a caller without a number is on no list", UNAVAILABLE, {"numbers": ["0*", "00*"]}, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("caller", "callers", "on"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS]
)
def test_a_list_of_callers(caller: Caller, callers: dict[str, list[str]], on: bool) -> None:
    at = At(caller, {"selective_reject": {"enabled": True, "callers": callers}})
    assert (at.decide().because.rule == "refuse.selective") is on
