"""``callcontrol explain`` for a call that one of our lines makes: the same decision as a real one, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcontrol.commands.explain_asked import When, dialling_line, placed_call
from callcontrol.commands.explain_told import told_placed
from callcontrol.facts import Barring, LineState, Presentation
from tests.unit.routing.world import COMPANY, LINES, NOW, A, B, directory


def told(dialled: str, state: LineState | None = None) -> list[str]:
    barring = frozenset({Barring.PREMIUM})
    placed = placed_call(
        LINES[0], dialled, directory(replace(COMPANY, barring=barring)), state or LineState()
    )
    return told_placed(placed, When.of(None, COMPANY, NOW))


@pytest.mark.parametrize(
    ("caller", "number", "line"),
    [("4002", "4003", A), ("02 22 96 95 69", "0612345678", A), ("0612345678", "4003", None), ("4003", B, B)],
)
def test_who_dials(caller: str, number: str, line: str | None) -> None:
    found = dialling_line(caller, number, directory())
    assert (found.number if found else None) == line


def test_an_outside_call_says_what_the_other_side_sees() -> None:
    head, step, sees = told("0612345678")
    assert head.startswith("Camille Martin (02 22 96 95 69) compose 0612345678, maintenant :")
    assert step.endswith("Appel extérieur vers 06 12 34 56 78. [outgoing.outside]")
    assert sees == "   L’appelé voit 02 22 96 95 69."
    assert told("*670612345678")[2] == "   L’appelé ne voit pas de numéro."
    assert told("112")[1].endswith("[outgoing.emergency]")


@pytest.mark.parametrize(
    ("dialled", "state", "rule"),
    [
        ("0899123456", LineState(), "barred.premium"),
        ("0612345678", LineState(calls=5), "outgoing.line_full"),
        ("0612345678", LineState(company_outside_calls=500), "outgoing.company_full"),
        ("nobody", LineState(), "outgoing.unknown_number"),
        ("*000", LineState(), "outgoing.unknown_code"),
    ],
)
def test_barring_and_limits_are_told_with_their_rule(dialled: str, state: LineState, rule: str) -> None:
    _, step = told(dialled, state)
    assert f"[{rule}]" in step


def test_a_colleague_is_a_call_that_goes_on_there_and_a_hidden_line_is_not_seen() -> None:
    placed = placed_call(LINES[0], "4003", directory(), LineState())
    assert placed.called is not None
    assert placed.caller is not None
    assert (placed.called.number, placed.caller.line) == (B, A)
    hidden = placed_call(LINES[0], "*674003", directory(), LineState())
    assert hidden.caller is not None
    assert (hidden.caller.presentation, hidden.caller.number) == (Presentation.ANONYMOUS, None)
