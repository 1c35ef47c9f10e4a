"""The counts of calls always equal those of a naive model, whatever the order; what a story occupies, row by row."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callcontrol.because import Because
from callcontrol.call.occupancy import (
    EmergencyPlace,
    ForwardPlace,
    LinePlace,
    Occupancy,
    Place,
    TrunkPlace,
    occupied,
)
from callcontrol.facts import Caller, OutsideForward, Presentation
from callcontrol.journal import entries
from callcontrol.journal.fold import fold
from callcontrol.journal.story import Story
from callcontrol.routes import ClickToCall, FromLine, FromTrunk
from callcontrol.routing import steps
from tests.unit.calls.story_entries import MORNING

PLACES = st.sampled_from(
    [
        LinePlace("0222969569"),
        LinePlace("0222969570"),
        *(TrunkPlace(company, leg) for company in ("demo", "other") for leg in ("in", "out")),
        *(ForwardPlace("0222969569", OutsideForward(to, None, "0222969569")) for to in ("+331", "+332")),
    ]
)
CALLS = st.sampled_from(["call1", "call2", "call3", "call4"])


class Counting(RuleBasedStateMachine):
    """Every change is made to the real one and to a plain table."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, int] = {}
        self.real = Occupancy(self._tell)
        self.model: dict[str, frozenset[Place]] = {}

    def _tell(self, line: str, calls: int) -> None:
        assert self.told.get(line, 0) != calls, "told although nothing changed"
        self.told[line] = calls

    @rule(call=CALLS, places=st.frozensets(PLACES, max_size=4))
    def renew(self, call: str, places: frozenset[Place]) -> None:
        self.real.renew(call, places)
        self.model[call] = places

    @rule(call=CALLS)
    def leave(self, call: str) -> None:
        self.real.leave(call)
        self.model.pop(call, None)

    @invariant()
    def counts_are_equal(self) -> None:
        for line in ("0222969569", "0222969570", "0222969571"):
            held = {call for call, places in self.model.items() if LinePlace(line) in places}
            assert self.real.calls_of(line) == self.told.get(line, 0) == len(held)
            for call in ("call1", "call4"):
                assert self.real.calls_of(line, but=call) == len(held - {call})
        forwards = [
            p.forward for places in self.model.values() for p in places if isinstance(p, ForwardPlace)
        ]
        assert sorted(f.target for f in self.real.forwards_of("0222969569")) == sorted(
            f.target for f in forwards
        )
        for company in ("demo", "other", "nobody"):
            legs = [p for places in self.model.values() for p in places if isinstance(p, TrunkPlace)]
            assert self.real.outside_calls_of(company) == sum(leg.company == company for leg in legs)
        assert self.real.calls == sum(1 for places in self.model.values() if places)
        assert self.real.empty == (not any(self.model.values()))

    def teardown(self) -> None:
        for call in ("call1", "call2", "call3", "call4"):
            self.real.leave(call)
        assert self.real.empty
        assert self.real.calls_of("0222969569") == 0


TestCounting = Counting.TestCase
TestCounting.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

WHY = Because("test")
A, B, C = "0222969569", "0222969570", "0222969571"
OUTSIDE = Caller(Presentation.SHOWN, "+33145678901")
CAMILLE = Caller(Presentation.SHOWN, "+33222969569", line=A, company="demo")
RING = steps.Ring((), 20.0, WHY)
FORWARD = steps.ForwardOutside("+33612345678", steps.DiversionReason.NO_ANSWER, WHY)
MESSAGE = steps.TakeMessage(B, WHY)


def trunk_call() -> list[entries.Entry]:
    return [
        entries.Entered(MORNING, "c", "ch", OUTSIDE, B, by=FromTrunk("op")),
        entries.Reached(MORNING, B, "demo"),
    ]


def line_call(step: steps.OutgoingStep) -> list[entries.Entry]:
    entered = entries.Entered(MORNING, "c", "ch", CAMILLE, "dialled", by=FromLine(A))
    return [entered, entries.OutgoingDecided(MORNING, step)]


def rings(*more: entries.Entry) -> list[entries.Entry]:
    return [
        *trunk_call(), entries.Decided(MORNING, RING), entries.LegStarted(MORNING, "l", "sip:b", B),
        entries.LegDialled(MORNING, "l"), *more,
    ]  # fmt: skip


def heard(*more: entries.Entry) -> list[entries.Entry]:
    return [
        *trunk_call(), entries.Decided(MORNING, MESSAGE), entries.LegStarted(MORNING, "l", "sip:b", B, confirms=True),
        entries.LegDialled(MORNING, "l"), entries.LegAnswered(MORNING, "l"), *more,
    ]  # fmt: skip


TAKEN = entries.LegTaken(MORNING, "p", C, "other")
IN = TrunkPlace("demo", "in")
ROWS: dict[str, tuple[list[entries.Entry], set[Place]]] = {
    "an outside call before any decision holds its trunk": (trunk_call(), {IN}),
    "ringing counts for the line called": (rings(), {IN, LinePlace(B)}),
    "talking counts too": (rings(entries.LegAnswered(MORNING, "l")), {IN, LinePlace(B)}),
    "voicemail no longer counts for the line": (
        rings(entries.CameOf(MORNING, steps.NoAnswer()), entries.Decided(MORNING, MESSAGE)), {IN},
    ),
    "a forward outside holds a second trunk leg, and is counted apart for the line": (
        rings(entries.CameOf(MORNING, steps.NoAnswer()), entries.Decided(MORNING, FORWARD)),
        {IN, TrunkPlace("demo", "forward"), ForwardPlace(B, OutsideForward("+33612345678", "+33145678901", B))},
    ),
    "a forward outside that has failed holds nothing": (
        rings(entries.CameOf(MORNING, steps.NoAnswer()), entries.Decided(MORNING, FORWARD),
              entries.CameOf(MORNING, steps.Failed(steps.Failure.NETWORK)), entries.Decided(MORNING, MESSAGE)),
        {IN},
    ),
    "a call that was picked up counts for the picker alone": (rings(TAKEN), {IN, LinePlace(C)}),
    "and no longer once the picker hung up": (
        rings(TAKEN, entries.LegEnded(MORNING, "p", "answered")), {IN, LinePlace(B)},
    ),
    "a message that its owner listens to counts for nobody": (heard(), {IN}),
    "and for the owner once it has taken the call": (
        heard(entries.LegConfirmed(MORNING, "l")), {IN, LinePlace(B)},
    ),
    "a colleague counts for both lines": (
        [*line_call(steps.CallLine(B, WHY)), entries.Reached(MORNING, B, "demo"), entries.Decided(MORNING, RING)],
        {LinePlace(A), LinePlace(B)},
    ),
    "a call outside counts for line and company": (
        line_call(steps.CallOutside("+33612345678", "+33222969569", False, WHY)),
        {LinePlace(A), TrunkPlace("demo", "out")},
    ),
    "an emergency call counts for no limit, and has its place among its line's": (
        line_call(steps.CallEmergency("112", "+33222969501", WHY)), {EmergencyPlace(A)},
    ),
    "a code counts for nothing": (line_call(steps.RunStarCode("*8", "", WHY)), set()),
    "a refusal counts for nothing": (
        line_call(steps.Refuse("line-busy", steps.RefusalKind.BUSY, WHY)), set(),
    ),
    "who gave its channel away holds nothing": (
        [*line_call(steps.RunStarCode("*8", "", WHY)), entries.GivenAway(MORNING, "c2")], set(),
    ),
    "a call that we make counts for who asked, from its first ring": (
        [
            entries.Entered(MORNING, "c", "", CAMILLE, "4003", by=ClickToCall(A, A, "4003")),
            entries.LegStarted(MORNING, "l", "sip:a", A),
        ],
        {LinePlace(A)},
    ),
    "and a first party outside holds a trunk leg": (
        [
            entries.Entered(MORNING, "c", "", CAMILLE, "4003", by=ClickToCall(A, "0612345678", "4003")),
            entries.LegStarted(MORNING, "l", "+33612345678", None, confirms=True),
        ],
        {LinePlace(A), TrunkPlace("demo", "l")},
    ),
    "whose forward outside is counted once": (
        [
            entries.Entered(MORNING, "c", "", CAMILLE, "4003", by=ClickToCall(A, A, "4003")),
            entries.LegStarted(MORNING, "l", "sip:a", A), entries.FirstPartyAnswered(MORNING, "l"),
            entries.OutgoingDecided(MORNING, steps.CallLine(B, WHY)), entries.Reached(MORNING, B, "demo"),
            entries.Decided(MORNING, FORWARD), entries.LegStarted(MORNING, "f", "+33612345678", None),
        ],
        {
            LinePlace(A), TrunkPlace("demo", "forward"),
            ForwardPlace(B, OutsideForward("+33612345678", "+33222969569", B)),
        },
    ),
    "and whose emergency call is not counted, but has its place among its line's": (
        [
            entries.Entered(MORNING, "c", "", CAMILLE, "112", by=ClickToCall(A, A, "112")),
            entries.LegStarted(MORNING, "l", "sip:a", A), entries.FirstPartyAnswered(MORNING, "l"),
            entries.OutgoingDecided(MORNING, steps.CallEmergency("112", "+33222969501", WHY)),
            entries.LegStarted(MORNING, "e", "112", None),
        ],
        {LinePlace(A), EmergencyPlace(A)},
    ),
    "what is over holds nothing, whatever is still told": (
        rings(entries.Over(MORNING), entries.LegEnded(MORNING, "l", "cancelled")), set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_what_a_story_occupies(row: str) -> None:
    told, places = ROWS[row]
    story = Story()
    for number, entry in enumerate(told):
        fold(story, dataclasses.replace(entry, at=MORNING + timedelta(seconds=number)))
    assert occupied(story) == places
