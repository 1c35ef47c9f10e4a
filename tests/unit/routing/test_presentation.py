"""What devices and trunks are shown (spec §3): one row is one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.facts import Caller, Presentation
from callcontrol.routing.presentation import forwarded_caller, shown_caller
from tests.unit.routing.world import (
    ANONYMOUS,
    BOOK,
    COLLEAGUE,
    COMPANY,
    LINES,
    STRANGER,
    UNAVAILABLE,
    A,
    directory,
)

UNKNOWN = Caller(Presentation.SHOWN, "+33155555555", name="Réseau")
FOREIGN = Caller(Presentation.SHOWN, "+442079460958", name="London")

DEVICES: list[tuple[str, Caller, dict[str, Any], tuple[str | None, str | None, str]]] = [
    ("a contact's name wins over the network's", STRANGER, {}, ("0140000000", "Jeanne Dupont", "shown")),
    ("the network's name", UNKNOWN, {}, ("0155555555", "Réseau", "shown")),
    ("names off: no name", UNKNOWN, {"show_caller_name": False}, ("0155555555", None, "shown")),
    (
        "names off: a contact's name still",
        STRANGER,
        {"show_caller_name": False},
        ("0140000000", "Jeanne Dupont", "shown"),
    ),
    ("numbers off: anonymous", UNKNOWN, {"show_caller_number": False}, (None, None, "anonymous")),
    (
        "numbers off: a contact's name still",
        STRANGER,
        {"show_caller_number": False},
        (None, "Jeanne Dupont", "anonymous"),
    ),
    ("a foreign number", FOREIGN, {}, ("+442079460958", "London", "shown")),
    ("an anonymous caller", ANONYMOUS, {}, (None, None, "anonymous")),
    ("a caller without a number", UNAVAILABLE, {}, (None, None, "unavailable")),
]


@pytest.mark.parametrize(
    ("caller", "settings", "expected"), [r[1:] for r in DEVICES], ids=[r[0] for r in DEVICES]
)
def test_a_device_shows(
    caller: Caller, settings: dict[str, Any], expected: tuple[str | None, str | None, str]
) -> None:
    where = directory()
    where.put_document(A, "call-settings", settings)
    shown = shown_caller(caller, where.settings(A), BOOK, COMPANY)
    assert (shown.number, shown.name, shown.presentation.value) == expected


TRUNKS: list[tuple[str, Caller, bool, tuple[str, bool]]] = [
    ("the original caller", STRANGER, True, ("+33140000000", False)),
    ("the first line where the trunk refuses a foreign number", STRANGER, False, ("+33222969569", False)),
    ("a colleague's number is ours and always allowed", COLLEAGUE, False, ("+33222969570", False)),
    ("an anonymous caller stays hidden", ANONYMOUS, True, ("+33222969569", True)),
    ("a caller without a number: the first line", UNAVAILABLE, True, ("+33222969569", False)),
]


@pytest.mark.parametrize(
    ("caller", "foreign", "expected"), [r[1:] for r in TRUNKS], ids=[r[0] for r in TRUNKS]
)
def test_a_forwarded_call_presents(caller: Caller, foreign: bool, expected: tuple[str, bool]) -> None:
    presented = forwarded_caller(caller, LINES[0], COMPANY, foreign_allowed=foreign)
    assert (presented.number, presented.withheld) == expected
