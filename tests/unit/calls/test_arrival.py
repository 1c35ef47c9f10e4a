"""Who calls: every form of platform.md §6 and spec §1, and rubbish."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.asterisk_conf.accounts import STASIS_ARGS, encode_stasis_args
from callcontrol.facts import Caller, Line, Presentation
from callcontrol.sip import arrival
from callcontrol.sip.address import address

NUMBER = "+33145678901"
PAI = f'"Asserted" <sip:{NUMBER}@op.invalid>'
SHOWN, ANONYMOUS, UNAVAILABLE = Presentation.SHOWN, Presentation.ANONYMOUS, Presentation.UNAVAILABLE
LINE = Line("0222969569", "demo", "Camille Martin", extension="4002")


def arrived(**given: str) -> arrival.Arrival:
    return arrival.read(encode_stasis_args({"kind": "trunk", "dialled": "0222969570", **given}))


FORMS: tuple[tuple[str, dict[str, str], bool, Caller], ...] = (
    (
        "a number with a quoted name",
        {"from": f'"Société, Dupont" <sip:{NUMBER}@op.invalid>;tag=1'},
        True,
        Caller(SHOWN, NUMBER, "Société, Dupont"),
    ),
    ("a bare name", {"from": f"Anna <sip:{NUMBER}@op>"}, True, Caller(SHOWN, NUMBER, "Anna")),
    ("no name", {"from": f"<sip:{NUMBER}@op.invalid>"}, True, Caller(SHOWN, NUMBER)),
    ("no brackets", {"from": f"sip:{NUMBER}@op.invalid;tag=x"}, True, Caller(SHOWN, NUMBER)),
    ("a national spelling", {"from": "<sip:0145678901@op.invalid>"}, True, Caller(SHOWN, NUMBER)),
    ("a 00 spelling", {"from": "<sip:0033145678901@op>"}, True, Caller(SHOWN, NUMBER)),
    ("user parameters", {"from": f"<sip:{NUMBER};phone-context=fr@op;user=phone>"}, True, Caller(SHOWN, NUMBER)),
    ("a tel URI", {"from": f"<tel:{NUMBER}>"}, True, Caller(SHOWN, NUMBER)),
    ("sips with a port", {"from": f"<sips:{NUMBER}@op.invalid:5061>"}, True, Caller(SHOWN, NUMBER)),
    ("an escaped quote in the name", {"from": rf'"A \"B\"" <sip:{NUMBER}@op>'}, True, Caller(SHOWN, NUMBER, 'A "B"')),
    ("a trusted PAI wins", {"from": "<sip:0170000000@op>", "pai": PAI}, True, Caller(SHOWN, NUMBER, "Asserted")),
    ("an untrusted PAI does not", {"from": "<sip:0170000000@op>", "pai": PAI}, False, Caller(SHOWN, "+33170000000")),
    ("PAI and Privacy: id", {"from": f"<sip:{NUMBER}@op>", "pai": PAI, "privacy": "id"}, True, Caller(ANONYMOUS)),
    ("PAI and Privacy: none", {"from": "<sip:0@op>", "pai": PAI, "privacy": "none"}, True,
     Caller(SHOWN, NUMBER, "Asserted")),
    ("Privacy without PAI", {"from": f"<sip:{NUMBER}@op>", "privacy": "id"}, True, Caller(ANONYMOUS)),
    ("Privacy of several words", {"from": f"<sip:{NUMBER}@op>", "privacy": "header; ID"}, True, Caller(ANONYMOUS)),
    ("Privacy: critical alone", {"from": f"<sip:{NUMBER}@op>", "privacy": "critical"}, True, Caller(SHOWN, NUMBER)),
    ("anonymous.invalid", {"from": '"Anonymous" <sip:anonymous@anonymous.invalid>'}, True, Caller(ANONYMOUS)),
    ("anonymous.invalid in capitals", {"from": "<sip:x@Anonymous.INVALID>"}, True, Caller(ANONYMOUS)),
    ("the user anonymous", {"from": "<sip:Anonymous@op.invalid>"}, True, Caller(ANONYMOUS)),
    ("anonymous with an untrusted PAI", {"from": "<sip:anonymous@op>", "pai": PAI}, False, Caller(ANONYMOUS)),
    ("Asterisk's presentation", {"from": f"<sip:{NUMBER}@op>", "presentation": "prohib_not_screened"}, True,
     Caller(ANONYMOUS)),
    ("no user", {"from": "<sip:op.invalid>"}, True, Caller(UNAVAILABLE)),
    ("the user unavailable", {"from": "<sip:unavailable@unknown.invalid>"}, True, Caller(UNAVAILABLE)),
    ("letters", {"from": '"Bob" <sip:bob@op.invalid>'}, True, Caller(UNAVAILABLE, name="Bob")),
    ("rubbish", {"from": '"><<;;,,"'}, True, Caller(UNAVAILABLE)),
    ("nothing", {}, True, Caller(UNAVAILABLE)),
    ("a PAI without user", {"from": f"<sip:{NUMBER}@op>", "pai": "<sip:op>"}, True, Caller(SHOWN, NUMBER)),
)  # fmt: skip


@pytest.mark.parametrize(("given", "trusted", "caller"), [pytest.param(*f[1:], id=f[0]) for f in FORMS])
def test_forms_of_an_outside_caller(given: dict[str, str], trusted: bool, caller: Caller) -> None:
    assert arrival.outside_caller(arrived(**given), trusted=trusted) == caller


@pytest.mark.parametrize(
    ("privacy", "presentation", "number"), [("", SHOWN, "+33222969569"), ("id", ANONYMOUS, None)]
)
def test_a_line_is_known_by_its_account_never_by_a_header(
    privacy: str, presentation: Presentation, number: str | None
) -> None:
    lying = arrived(
        **{"from": "<sip:0170000000@op>", "pai": PAI}, privacy=privacy, remote_addr="192.0.2.9:5060"
    )
    caller = arrival.inside_caller(lying, LINE)
    assert (caller.presentation, caller.number, caller.line) == (presentation, number, "0222969569")
    assert caller.device == "192.0.2.9:5060"


@pytest.mark.parametrize(
    ("diversion", "history", "numbers"),
    [
        pytest.param("", "", (), id="none"),
        pytest.param("<sip:+33170000001@op>;reason=unconditional", "", ("+33170000001",), id="one Diversion"),
        pytest.param(
            '"B, C" <sip:0170000002@op>;reason=no-answer, <sip:0170000001@op>', "",
            ("+33170000001", "+33170000002"), id="two in one header, newest first",
        ),
        pytest.param(
            "<sip:0170000002@op>\n<sip:0170000001@op>", "", ("+33170000001", "+33170000002"), id="two headers"
        ),
        pytest.param(
            "", "<sip:0170000001@op>;index=1, <sip:0170000002@op>;index=1.1, <sip:0222969570@op>;index=1.1.1",
            ("+33170000001", "+33170000002"), id="History-Info, oldest first, the last is the target",
        ),
        pytest.param(
            "<sip:0170000002@op>", "<sip:0170000001@op>;index=1,<sip:0170000002@op>;index=1.1,<sip:0222969570@op>",
            ("+33170000001", "+33170000002"), id="both: the longer list wins",
        ),
        pytest.param(",,,<>,<sip:op>", ",", (), id="rubbish"),
    ],
)  # fmt: skip
def test_who_forwarded_the_call_before(diversion: str, history: str, numbers: tuple[str, ...]) -> None:
    assert arrival.diverting_numbers(arrived(diversion=diversion, history_info=history)) == numbers


HEADER = st.text(max_size=60) | st.text('<>"\\,;:@=? \tsiptel+0123456789', max_size=60)


@given(st.fixed_dictionaries(dict.fromkeys(STASIS_ARGS[1:], HEADER)), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_header_can_break_an_arrival(given: dict[str, str], trusted: bool) -> None:
    made = arrived(**given)
    caller = arrival.outside_caller(made, trusted=trusted)
    assert (caller.number is not None) == (caller.presentation is SHOWN)
    assert len(caller.name or "") <= 80
    arrival.inside_caller(made, LINE)
    arrival.diverting_numbers(made)


@given(st.lists(st.text(max_size=40), max_size=14))
@settings(max_examples=300, deadline=None)
def test_arguments_of_somebody_else_are_a_value_error_and_nothing_else(args: list[str]) -> None:
    if args[:1] in (["line"], ["trunk"]):
        arrival.read(args)
        return
    with pytest.raises(ValueError, match="is not a valid Origin"):
        arrival.read(args)


@pytest.mark.parametrize(
    "rubbish", [" " * 8000, '"' + "\\" * 8000, "<" * 8000, "sip:" * 2000, " <" * 4000, '"a" ' * 2000]
)
def test_a_hostile_header_costs_no_time(rubbish: str) -> None:
    begin = time.perf_counter()
    address(rubbish)
    arrival.split_list(rubbish)
    assert time.perf_counter() - begin < 0.5


def test_a_wrong_kind_is_refused() -> None:
    wrong: Any = ["fax", "x"]
    with pytest.raises(ValueError, match="fax"):
        arrival.read(wrong)
