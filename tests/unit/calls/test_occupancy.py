"""The counts of calls always equal those of a naive model, whatever the order, and are empty at the end."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callcontrol.call.occupancy import Occupancy

LINES = st.sampled_from(["0222969569", "0222969570"])
COMPANIES = st.sampled_from(["demo", "other"])
CALLS = st.sampled_from(["call1", "call2", "call3", "call4"])
LEGS = st.sampled_from(["in", "out"])


class Counting(RuleBasedStateMachine):
    """Every change is made to the real one and to two plain sets."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, int] = {}
        self.real = Occupancy(self._tell)
        self.lines: set[tuple[str, str]] = set()
        self.trunk: set[tuple[str, str, str]] = set()

    def _tell(self, line: str, calls: int) -> None:
        assert self.told.get(line, 0) != calls, "told although nothing changed"
        self.told[line] = calls

    @rule(line=LINES, call=CALLS)
    def take_line(self, line: str, call: str) -> None:
        self.real.take_line(line, call)
        self.lines.add((line, call))

    @rule(line=LINES, call=CALLS)
    def leave_line(self, line: str, call: str) -> None:
        self.real.leave_line(line, call)
        self.lines.discard((line, call))

    @rule(company=COMPANIES, call=CALLS, leg=LEGS)
    def take_trunk(self, company: str, call: str, leg: str) -> None:
        self.real.take_trunk(company, call, f"{call}-{leg}")
        self.trunk.add((company, call, f"{call}-{leg}"))

    @rule(company=COMPANIES, call=CALLS, leg=LEGS)
    def leave_trunk(self, company: str, call: str, leg: str) -> None:
        self.real.leave_trunk(company, call, f"{call}-{leg}")
        self.trunk.discard((company, call, f"{call}-{leg}"))

    @rule(call=CALLS)
    def leave(self, call: str) -> None:
        self.real.leave(call)
        self.lines = {held for held in self.lines if held[1] != call}
        self.trunk = {held for held in self.trunk if held[1] != call}

    @invariant()
    def counts_are_equal(self) -> None:
        for line in ("0222969569", "0222969570", "0222969571"):
            held = {call for held_by, call in self.lines if held_by == line}
            assert self.real.calls_of(line) == self.told.get(line, 0) == len(held)
            for call in ("call1", "call4"):
                assert self.real.calls_of(line, but=call) == len(held - {call})
        for company in ("demo", "other", "nobody"):
            assert self.real.outside_calls_of(company) == len(
                {leg for c, _, leg in self.trunk if c == company}
            )
        assert self.real.empty == (not self.lines and not self.trunk)

    def teardown(self) -> None:
        for call in ("call1", "call2", "call3", "call4"):
            self.real.leave(call)
        assert self.real.empty
        assert self.real.calls_of("0222969569") == 0


TestCounting = Counting.TestCase
TestCounting.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
