"""``explain`` tells what ``decide`` does: 100,000 random calls, each step told decided again from the story so far.

That a call lives what ``explain`` tells is shown by ``test_life_is_as_explained.py``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from callcontrol.directory.directory import Directory
from callcontrol.facts import Barring, Caller, Company, Device, IncomingCall, LineState, Presentation
from callcontrol.routing.decide import CalledLine, decide
from callcontrol.routing.explain import explain
from callcontrol.routing.steps import (
    Answered,
    Busy,
    Explained,
    ForwardInside,
    ForwardOutside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Redirected,
    Refuse,
    Refused,
    Ring,
    Step,
    TakeMessage,
    Tried,
    Unreachable,
)
from tests.unit.routing.world import (
    ANONYMOUS,
    BOOK,
    COLLEAGUE,
    DESK,
    LINES,
    NOW,
    SOFTPHONE,
    STRANGER,
    UNAVAILABLE,
    A,
    C,
    directory,
)

Called = Callable[[str], CalledLine | None]

WORLDS = 500
CALLS_IN_EACH = 200
TARGETS = [
    "4002",
    "4003",
    "4004",
    "4005",
    "4900",
    "550",
    "0660606060",
    "+441632960000",
    "0899000000",
    "4999",
    "112",
]
CALLERS = [STRANGER, ANONYMOUS, UNAVAILABLE, COLLEAGUE, Caller(Presentation.SHOWN, "+33140000001")]
DEVICES: list[tuple[Device, ...]] = [(), (DESK,), (DESK, SOFTPHONE)]


def _callers(rng: random.Random) -> dict[str, Any]:
    return {
        "numbers": rng.sample(["0140000000", "01*", "00*", "4003"], k=rng.choice((0, 1))),
        "contacts": rng.sample(["dupont", "nick", "gone"], k=rng.choice((0, 1))),
        "contact_groups": rng.sample(["family", "friends", "nobody"], k=rng.choice((0, 1))),
        "extensions": rng.sample(["4003", "4005"], k=rng.choice((0, 1))),
    }


def _manager(rng: random.Random) -> dict[str, Any]:
    def chance(of: float) -> bool:
        return rng.random() < of

    def rule(of: float, **more: Any) -> dict[str, Any]:
        return {"enabled": chance(of), "callers": _callers(rng), **more}

    def forward(of: float, **more: Any) -> dict[str, Any]:
        return {"forward_enabled": chance(of), "number": rng.choice(TARGETS), **more}

    return {
        "incoming": rng.choice(["ring", "ring", "ring", "forward", "voicemail"]),
        "unconditional": {"number": rng.choice(TARGETS)},
        "dnd": {"enabled": chance(0.2), "priority_enabled": chance(0.5), "priority": _callers(rng)},
        "no_answer": forward(0.5, voicemail_enabled=chance(0.7), voicemail_after=rng.choice((0, 5, 36, 60))),
        "busy": forward(0.5, voicemail_enabled=chance(0.5)),
        "unavailable": forward(0.5),
        "selective_forward": rule(0.2, number=rng.choice(TARGETS)),
        "selective_reject": rule(0.2),
        "distinctive_ring": rule(0.3),
        "reject_anonymous": chance(0.5),
    }


def _advanced(rng: random.Random) -> dict[str, Any]:
    def after() -> dict[str, Any]:
        return {
            "action": rng.choice(["forward", "voicemail", "refuse"]),
            "number": rng.choice(TARGETS),
        }

    return {
        "incoming": rng.choice(["ring", "ring", "forward", "voicemail"]),
        "number": rng.choice(TARGETS),
        "no_answer": after(),
        "busy": after(),
    }


def _world(rng: random.Random) -> tuple[Company, Directory]:
    barring = frozenset(one for one in Barring if rng.random() < 0.1)
    company = Company("demo", "Démo", barring=barring, max_calls=rng.choice((None, 2)))
    made = directory(company)
    for line in LINES:
        if rng.random() < 0.8:
            made.put_document(line.number, "call-manager", _manager(rng))
        if rng.random() < 0.3:
            made.put_document(line.number, "call-settings", {"barring": {"national": True}})
    made.put_document(C, "call-manager-advanced", _advanced(rng))
    return company, made


def _outcome(step: Step, rng: random.Random) -> Outcome:
    """Anything that can come of a step."""
    match step:
        case Ring():
            redirected = Redirected(rng.choice(TARGETS))
            rung: list[Outcome] = [NoAnswer(), Busy(), Busy(declined=True), Unreachable(), Answered(A)]
            return rng.choice([*rung, redirected])
        case ForwardOutside():
            outside: list[Outcome] = [NoAnswer(), Busy(), Unreachable(), Answered(step.number)]
            return rng.choice(outside)
        case TakeMessage():
            return MessageTaken()
        case Refuse():
            return Refused()
        case ForwardInside():
            raise AssertionError("it goes on at the next line")


def test_what_explain_tells_is_what_decide_does() -> None:
    rng = random.Random(20260101)
    rules: Counter[str] = Counter()
    for _ in range(WORLDS):
        company, where = _world(rng)
        for _ in range(CALLS_IN_EACH):
            _compare(company, where, rng, rules)
    assert len(rules) >= 30, sorted(rules)


def _compare(company: Company, where: Directory, rng: random.Random, rules: Counter[str]) -> None:
    states = {
        line.number: LineState(rng.choice(DEVICES), rng.choice((0, 0, 4, 5)), rng.choice((0, 1, 2)))
        for line in LINES
    }

    def called(number: str) -> CalledLine | None:
        line = where.account(number)
        if line is None:
            return None
        state = states.get(number, LineState())  # a group holds no calls
        return CalledLine(line, company, where.settings(number), state, BOOK)

    call = IncomingCall(rng.choice(CALLERS), rng.choice(LINES).number)
    told = explain(call, call.first_line, called, where, NOW, lambda step: _outcome(step, rng))
    for index, each in enumerate(told):
        _is_what_is_decided(told[: index + 1], call, called, where)
        _leads_on(each, told[index + 1 : index + 2], where)
    rules.update(each.step.because.rule for each in told)


def _is_what_is_decided(
    told: tuple[Explained, ...], call: IncomingCall, called: Called, where: Directory
) -> None:
    """The last step told is the decision for the line that it is told of, and for what is told before it."""
    *before, last = told
    left = [each.line for each in before if each.outcome is None]
    here = called(last.line)
    assert here is not None
    arrived = IncomingCall(call.caller, call.first_line, tuple(left), len(left))
    tried = tuple(
        Tried(each.step, each.outcome)
        for each in before
        if each.outcome is not None and each.line == last.line
    )
    assert last.line not in left, "no line decides about a call that it has sent on"
    assert last.step == decide(arrived, here, where, last.at, tried)


def _leads_on(each: Explained, further: tuple[Explained, ...], where: Directory) -> None:
    """The next step is told of the line that the call goes on to, or of the same; after the end there is none."""
    match each.step:
        case ForwardInside(line=line) if where.account(line) is not None:
            assert (each.outcome, further[0].line) == (None, line)
        case ForwardInside():
            assert (each.outcome, further[0].line) == (NoAnswer(), each.line)
        case _ if isinstance(each.outcome, (Answered, MessageTaken, Refused)):
            assert further == ()
        case _:
            assert further[0].line == each.line
