"""Every cell of the greeting matrix (spec §5): kind × caller × line × hours, with and without each recording."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from callcontrol.mailbox.greeting import (
    Greeting,
    NoMessages,
    Occasion,
    Recorded,
    Said,
    System,
    WithName,
    WithNumber,
    greeting,
    is_open,
)
from callcontrol.settings.mailbox_documents import BusinessHours, Greetings


def greetings(kind: str, *, recorded: bool = True, switched: bool = True, name: bool = True) -> Greetings:
    """All variants switched and recorded (or not); the kind's own recording as well."""

    def variant(what: str) -> dict[str, Any]:
        return {"enabled": switched, "recording": f"{kind}-{what}" if recorded else None}

    kinds = {
        each: {
            "recording": f"{each}-normal" if recorded else None,
            **{what: variant(what) for what in ("busy", "outside_hours", "internal")},
        }
        for each in ("personal", "name", "number", "system")
    }
    raw = {"kind": kind, "kinds": kinds, "recorded_name": "my-name" if name else None}
    return Greetings.model_validate(raw)


NORMAL: dict[str, Said] = {
    "personal": Recorded("personal-normal"),
    "name": WithName("my-name"),
    "number": WithNumber(),
    "system": System(),
}
OCCASIONS = [Occasion(*each) for each in itertools.product([False, True], repeat=3)]


@pytest.mark.parametrize("kind", NORMAL)
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_internal_comes_before_busy_and_busy_before_the_hours(kind: str, occasion: Occasion) -> None:
    expected = NORMAL[kind]
    if occasion.internal:
        expected = Recorded(f"{kind}-internal")
    elif occasion.busy:
        expected = Recorded(f"{kind}-busy")
    elif not occasion.open:
        expected = Recorded(f"{kind}-outside_hours")
    assert greeting(greetings(kind), occasion) == Greeting(expected)


@pytest.mark.parametrize("kind", NORMAL)
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_a_variant_that_is_off_does_not_apply(kind: str, occasion: Occasion) -> None:
    assert greeting(greetings(kind, switched=False), occasion) == Greeting(NORMAL[kind])


@pytest.mark.parametrize("kind", NORMAL)
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_what_has_no_recording_falls_to_the_normal_one_and_that_to_the_systems(
    kind: str, occasion: Occasion
) -> None:
    expected = System() if kind == "personal" else NORMAL[kind]
    assert greeting(greetings(kind, recorded=False), occasion) == Greeting(expected)


def test_without_a_recorded_name_the_system_greets() -> None:
    assert greeting(greetings("name", name=False), Occasion()) == Greeting(System())


def test_a_switched_on_variant_without_a_recording_stops_the_search_at_the_normal_one() -> None:
    """Internal is switched on and empty: a colleague hears the normal greeting, not the one for outside hours."""
    raw = greetings("personal").model_dump()
    raw["kinds"]["personal"]["internal"]["recording"] = None
    chosen = greeting(Greetings.model_validate(raw), Occasion(internal=True, open=False))
    assert chosen == Greeting(Recorded("personal-normal"))


@pytest.mark.parametrize(
    ("absence", "internal", "expected"),
    [
        ({"recording": "away"}, False, Greeting(Recorded("away"))),
        ({"recording": "away", "accept_messages": False}, False, Greeting(Recorded("away"), accepts_message=False)),
        ({"recording": "away", "internal_recording": "in"}, True, Greeting(Recorded("away"))),
        ({"recording": "away", "internal_recording": "in", "internal_different": True}, True, Greeting(Recorded("in"))),
        ({"recording": "away", "internal_recording": "in", "internal_different": True}, False,
         Greeting(Recorded("away"))),
        ({"recording": "away", "internal_different": True}, True, Greeting(Recorded("away"))),
        ({}, False, Greeting(System())),
        ({"accept_messages": False}, False, Greeting(NoMessages(), accepts_message=False)),
    ],
)  # fmt: skip
def test_absence(absence: dict[str, Any], internal: bool, expected: Greeting) -> None:
    made = Greetings.model_validate({"kind": "absence", "absence": absence})
    for busy, in_hours in itertools.product([False, True], repeat=2):
        assert greeting(made, Occasion(internal, busy, in_hours)) == expected


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        ("2026-11-27T08:59", False),
        ("2026-11-27T09:00", True),
        ("2026-11-27T12:29", True),
        ("2026-11-27T12:30", False),
        ("2026-11-27T14:00", True),
        ("2026-11-27T17:59", True),
        ("2026-11-27T18:00", False),
        ("2026-11-28T10:00", False),  # a Saturday
        ("2026-07-14T10:00", False),  # a public holiday
        ("2026-07-15T10:00", True),
        ("2026-12-25T10:00", False),
    ],
)
def test_business_hours_to_the_minute(moment: str, within: bool) -> None:
    assert is_open(BusinessHours(), datetime.fromisoformat(moment), "FR") is within


def test_a_holiday_is_a_day_like_others_where_the_owner_says_so() -> None:
    assert is_open(BusinessHours(closed_holidays=False), datetime.fromisoformat("2026-07-14T10:00"), "FR")


def test_the_holidays_are_those_of_the_lines_country() -> None:
    moment = datetime.fromisoformat("2026-07-21T10:00")  # Belgium's national day
    assert is_open(BusinessHours(), moment, "FR")
    assert not is_open(BusinessHours(), moment, "BE")


def test_midnight_ends_the_day() -> None:
    late = BusinessHours.model_validate({"fri": [["22:00", "24:00"]]})
    assert is_open(late, datetime.fromisoformat("2026-11-27T23:59"), "FR")
    assert not is_open(late, datetime.fromisoformat("2026-11-28T00:00"), "FR")
