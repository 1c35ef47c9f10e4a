"""Spec §2: what becomes of a dialled string. One row of a table is one sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callcontrol.facts import Barring, Company, LineState
from callcontrol.numbers import EMERGENCY_NUMBERS
from callcontrol.routing.outgoing import decide_outgoing
from tests.unit.routing.world import COMPANY, GROUP, LINES, A, B, directory, told

EVERYTHING = dict.fromkeys(["national", "international", "premium", "access_codes", "config_codes"], True)
OWN = "+33222969569"


def dial(
    dialled: str,
    *,
    settings: dict[str, Any] | None = None,
    company: Company = COMPANY,
    calls: int = 0,
    outside: int = 0,
) -> str:
    where = directory(company)
    if settings:
        where.put_document(A, "call-settings", settings)
    return told(
        decide_outgoing(LINES[0], company, where.settings(A), LineState((), calls, outside), dialled, where)
    )


DIALLED: list[tuple[str, str, str]] = [
    ("an extension", "4003", f"line {B} (outgoing.inside)"),
    ("a colleague's full number", "02 22 96 95 70", f"line {B} (outgoing.inside)"),
    ("a colleague's number in international form", "+33222969570", f"line {B} (outgoing.inside)"),
    ("a hunt group's extension", "4900", f"line {GROUP} (outgoing.inside)"),
    ("a hunt group's number", "0222969500", f"line {GROUP} (outgoing.inside)"),
    ("an extension means this company's line", "4002", f"line {A} (outgoing.inside)"),
    (
        "a line of another company on this installation stays inside",
        "0345000000",
        "line 0345000000 (outgoing.inside)",
    ),
    ("a short code", "550", f"outside +33970711058 as {OWN} (outgoing.outside)"),
    ("a mobile", "0660606060", f"outside +33660606060 as {OWN} (outgoing.outside)"),
    ("abroad", "00441632960000", f"outside +441632960000 as {OWN} (outgoing.outside)"),
    ("a short number of the country", "3631", f"outside 3631 as {OWN} (outgoing.outside)"),
    (
        "an extension that does not exist",
        "4999",
        "refuse number-unknown unknown_number (outgoing.unknown_number)",
    ),
    ("a number that cannot be", "0123", "refuse number-unknown unknown_number (outgoing.unknown_number)"),
    # what people put between digits is cleaned in one place, for phones, forwards and click-to-call (spec §2.1)
    ("an extension with blanks and a dash", " (40)0-3 ", f"line {B} (outgoing.inside)"),
    ("a short code with a dot", "5.50", f"outside +33970711058 as {OWN} (outgoing.outside)"),
    ("a mobile in brackets", "(06)60.60-60/60", f"outside +33660606060 as {OWN} (outgoing.outside)"),
    ("a star code with a spaced number", "*72 06 60 60 60 60", "code *72 0660606060 (outgoing.star_code)"),
    ("a code, a blank and the end", "*318 #", "code *318 (outgoing.star_code)"),
    ("letters", "anna", "refuse number-unknown unknown_number (outgoing.unknown_number)"),
    ("nothing", "", "refuse number-unknown unknown_number (outgoing.unknown_number)"),
    ("a star code", "*318", "code *318 (outgoing.star_code)"),
    ("a star code with its number", "*720660606060", "code *72 0660606060 (outgoing.star_code)"),
    ("a star code ended with #", "*72#", "code *72 (outgoing.star_code)"),
    ("*8 is no beginning of *87", "*87", "code *87 (outgoing.star_code)"),
    ("*8", "*8", "code *8 (outgoing.star_code)"),
    ("** and an extension", "**4003", "code ** 4003 (outgoing.star_code)"),
    ("** alone", "**", "refuse code-unknown unknown_number (outgoing.unknown_code)"),
    (
        "a code that takes nothing, with something",
        "*3181",
        "refuse code-unknown unknown_number (outgoing.unknown_code)",
    ),
    ("an unknown code", "*00", "refuse code-unknown unknown_number (outgoing.unknown_code)"),
    (
        "*67 hides one call",
        "*670660606060",
        f"outside +33660606060 as {OWN} hidden (outgoing.outside_hidden)",
    ),
    ("*67 hides an internal call too", "*674003", f"line {B} hidden (outgoing.inside)"),
    (
        "*67 before an emergency number changes nothing",
        "*67112",
        "emergency 112 as +33222969501 (outgoing.emergency)",
    ),
    ("*67 alone", "*67", "refuse code-unknown unknown_number (outgoing.unknown_code)"),
    ("*67 before a code", "*67*72", "refuse code-unknown unknown_number (outgoing.unknown_code)"),
    ("*67 before nonsense", "*6799", "refuse number-unknown unknown_number (outgoing.unknown_number)"),
]


@pytest.mark.parametrize("dialled", ["0222969510", "+33222969510", "02 22 96 95 10"])
def test_the_company_s_access_number_is_the_code_of_the_boxes(dialled: str) -> None:
    company = replace(COMPANY, voicemail_number="+33222969510")
    assert dial(dialled, company=company) == "code *318 (outgoing.star_code)"
    barred = replace(company, barring=frozenset({Barring.ACCESS_CODES}))
    assert dial(dialled, company=barred).startswith("refuse barred-access-codes")


@pytest.mark.parametrize(
    ("dialled", "expected"), [row[1:] for row in DIALLED], ids=[row[0] for row in DIALLED]
)
def test_dialled(dialled: str, expected: str) -> None:
    assert dial(dialled) == expected


BARRED: list[tuple[str, str, str, str]] = [
    ("national bars a mobile", "national", "0660606060", "national"),
    ("national bars 09", "national", "0970711058", "national"),
    ("national bars +33 and 0033 as well", "national", "0033222000000", "national"),
    ("national bars the target of a short code", "national", "550", "national"),
    ("national bars a line of another company", "national", "0345000000", "national"),
    ("international bars 00", "international", "00441632960000", "international"),
    ("international bars +", "international", "+441632960000", "international"),
    ("premium bars 08", "premium", "0899000000", "premium"),
    ("premium bars 08 in international form", "premium", "+33899000000", "premium"),
    ("premium bars short numbers", "premium", "3631", "premium"),
    ("access codes bar every star code", "access_codes", "*318", "access-codes"),
    ("access codes bar *67", "access_codes", "*670660606060", "access-codes"),
    ("config codes bar *72", "config_codes", "*72", "config-codes"),
]


@pytest.mark.parametrize(
    ("setting", "dialled", "prompt"), [row[1:] for row in BARRED], ids=[row[0] for row in BARRED]
)
def test_barred_by_the_line_and_by_the_company(setting: str, dialled: str, prompt: str) -> None:
    expected = f"refuse barred-{prompt} barred (barred.{setting})"
    floor = replace(COMPANY, barring=frozenset({Barring(setting)}))
    assert dial(dialled, settings={"barring": {setting: True}}) == expected
    assert dial(dialled, company=floor) == expected


NOT_BARRED: list[tuple[str, str, str]] = [
    ("national does not bar 0033 as international", "international", "0033222000000"),
    ("international does not bar a mobile", "international", "0660606060"),
    ("national does not bar abroad", "national", "00441632960000"),
    ("national does not bar 08", "national", "0899000000"),
    ("premium does not bar a mobile", "premium", "0660606060"),
    ("config codes do not bar *318", "config_codes", "*318"),
    ("config codes do not bar *67", "config_codes", "*670660606060"),
]


@pytest.mark.parametrize(
    ("setting", "dialled"), [row[1:] for row in NOT_BARRED], ids=[row[0] for row in NOT_BARRED]
)
def test_a_class_bars_nothing_else(setting: str, dialled: str) -> None:
    assert not dial(dialled, settings={"barring": {setting: True}}).startswith("refuse")


@pytest.mark.parametrize("dialled", ["4003", "0222969570", "4900"])
def test_calls_inside_are_never_barred(dialled: str) -> None:
    assert dial(dialled, settings={"barring": EVERYTHING}).endswith("(outgoing.inside)")


@pytest.mark.parametrize("number", sorted(EMERGENCY_NUMBERS))
@pytest.mark.parametrize("prefix", ["", "*67", "*82"], ids=["plain", "after *67", "after *82"])
def test_an_emergency_call_always_goes_out_and_shows_the_site(prefix: str, number: str) -> None:
    worst = replace(COMPANY, max_calls=0, barring=frozenset(Barring))
    settings = {"barring": EVERYTHING, "hide_number": True}
    assert dial(prefix + number, settings=settings, company=worst, calls=99, outside=99) == (
        f"emergency {number} as +33222969501 (outgoing.emergency)"
    )


LIMITS: list[tuple[str, dict[str, Any], str]] = [
    ("the sixth call hears the limit", {"dialled": "0660606060", "calls": 5},
     "refuse line-limit-reached busy (outgoing.line_full)"),
    ("the sixth call inside too", {"dialled": "4003", "calls": 5},
     "refuse line-limit-reached busy (outgoing.line_full)"),
    ("the fifth goes out", {"dialled": "4003", "calls": 4}, f"line {B} (outgoing.inside)"),
    ("a star code is no call", {"dialled": "*318", "calls": 5}, "code *318 (outgoing.star_code)"),
    ("a full company makes no outside call",
     {"dialled": "0660606060", "company": replace(COMPANY, max_calls=2), "outside": 2},
     "refuse company-limit-reached busy (outgoing.company_full)"),
    ("a full company still calls inside", {"dialled": "4003", "company": replace(COMPANY, max_calls=2), "outside": 2},
     f"line {B} (outgoing.inside)"),
    ("barring is told before the limit",
     {"dialled": "0660606060", "calls": 5, "settings": {"barring": {"national": True}}},
     "refuse barred-national barred (barred.national)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_a_limit(call: dict[str, Any], expected: str) -> None:
    assert dial(**call) == expected


HIDDEN: list[tuple[str, str, str]] = [
    ("the setting hides", "0660606060", f"outside +33660606060 as {OWN} hidden (outgoing.outside_hidden)"),
    ("the setting hides inside", "4003", f"line {B} hidden (outgoing.inside)"),
    ("*82 shows one call", "*820660606060", f"outside +33660606060 as {OWN} (outgoing.outside)"),
    ("*82 shows one call inside", "*824003", f"line {B} shown (outgoing.inside)"),
]


@pytest.mark.parametrize(("dialled", "expected"), [row[1:] for row in HIDDEN], ids=[row[0] for row in HIDDEN])
def test_a_hidden_number(dialled: str, expected: str) -> None:
    assert dial(dialled, settings={"hide_number": True}) == expected


def test_an_emergency_call_without_a_site_shows_the_companys_main_number() -> None:
    where = directory()
    step = decide_outgoing(LINES[1], COMPANY, where.settings(B), LineState(), "112", where)
    assert told(step) == "emergency 112 as +33222969500 (outgoing.emergency)"
