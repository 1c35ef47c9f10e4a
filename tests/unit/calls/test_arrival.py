"""Who calls: every form of platform.md §6 and spec §1, and rubbish."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.asterisk_conf.accounts import STASIS_ARGS, UNREADABLE, encode_stasis_args
from callcontrol.facts import Caller, Line, Presentation
from callcontrol.number_format import NumberFormat
from callcontrol.sip import arrival
from callcontrol.sip.address import address

NUMBER = "+33145678901"
PAI = f'"Asserted" <sip:{NUMBER}@op.invalid>'
SHOWN, ANONYMOUS, UNAVAILABLE = Presentation.SHOWN, Presentation.ANONYMOUS, Presentation.UNAVAILABLE
LINE = Line("0222969569", "demo", "Camille Martin", extension="4002")


def arrived(**given: str) -> arrival.Arrival:
    return arrival.read(encode_stasis_args({"kind": "trunk", "dialled": "sip:0222969570@us", **given}))


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
    # issue A4 row 7, spec §1: how operators write numbers
    ("E.164 without its plus", {"from": "<sip:33145678901@op>"}, True, Caller(SHOWN, NUMBER)),
    ("without its zero", {"from": "<sip:145678901@op>"}, True, Caller(SHOWN, NUMBER)),
    ("a number that is not understood", {"from": '"Bob" <sip:4711000@op>'}, True, Caller(SHOWN, "4711000", "Bob")),
    ("visual separators", {"from": "<tel:+33-1-45-67-89-01>"}, True, Caller(SHOWN, NUMBER)),  # RFC 3966 §5.1.1
    ("an escaped plus", {"from": "<sip:%2B33145678901@op>"}, True, Caller(SHOWN, NUMBER)),  # RFC 3261 §19.1.2
    # row 1: RFC 3966 §3, RFC 4694 §4, RFC 3261 §19.1.1
    ("npdi and rn", {"from": f"<sip:{NUMBER};npdi;rn=+33999999999@op;user=phone>"}, True, Caller(SHOWN, NUMBER)),
    ("a tel URI with cic", {"from": f"<tel:{NUMBER};cic=+33123;isub=12>"}, True, Caller(SHOWN, NUMBER)),
    ("a tel URI and a tag", {"from": f"tel:{NUMBER};tag=9"}, True, Caller(SHOWN, NUMBER)),
    ("a local number of France", {"from": "<tel:145678901;phone-context=+33>"}, True, Caller(SHOWN, NUMBER)),
    ("a local number elsewhere", {"from": "<sip:02079460958;phone-context=+44@op>"}, True,
     Caller(SHOWN, "+442079460958")),
    ("a domain as context", {"from": "<tel:0145678901;phone-context=op.invalid>"}, True, Caller(SHOWN, NUMBER)),
    ("a password in the user part", {"from": "<sip:0145678901:pw@op>"}, True, Caller(SHOWN, NUMBER)),
    # row 9: RFC 3325 §9.1 (sip and tel values), draft-ietf-sip-privacy-04 (Remote-Party-ID), the first usable one
    ("a PAI that is an account", {"from": '"Anna" <sip:0145678901@op>', "pai": "<sip:acct-4711@op>"}, True,
     Caller(SHOWN, NUMBER, "Anna")),
    ("a PAI that is an account of digits", {"from": "<sip:0145678901@op>", "pai": "<sip:900482@op>"}, True,
     Caller(SHOWN, NUMBER)),
    ("an account and a tel value", {"from": "<sip:0170000000@op>", "pai": f'"A" <sip:x@op>, <tel:{NUMBER}>'}, True,
     Caller(SHOWN, NUMBER, "A")),
    ("two headers", {"from": "<sip:0170000000@op>", "pai": f"<sip:x@op>\n<tel:{NUMBER}>"}, True, Caller(SHOWN, NUMBER)),
    ("sip before tel", {"from": "<sip:0170000000@op>", "pai": f"<sip:{NUMBER}@op>, <tel:+33999999999>"}, True,
     Caller(SHOWN, NUMBER)),
    ("a comma in a name", {"from": "<sip:0@op>", "pai": f'"A, <tel:+33999999999>" <sip:{NUMBER}@op>'}, True,
     Caller(SHOWN, NUMBER, "A, <tel:+33999999999>")),
    ("RPID after an account", {"from": "<sip:0170000000@op>", "pai": "<sip:x@op>",
     "remote_party": f'"Anna" <sip:{NUMBER}@op>;party=calling;screen=yes'}, True, Caller(SHOWN, NUMBER, "Anna")),
    ("PAI before RPID", {"from": "<sip:0@op>", "pai": PAI, "remote_party": "<sip:+33999999999@op>"}, True,
     Caller(SHOWN, NUMBER, "Asserted")),
    ("an untrusted RPID", {"from": f"<sip:{NUMBER}@op>", "remote_party": "<sip:0170000000@op>"}, False,
     Caller(SHOWN, NUMBER)),
    ("RPID of the called", {"from": f"<sip:{NUMBER}@op>", "remote_party": "<sip:0170000000@op>;party=called"}, True,
     Caller(SHOWN, NUMBER)),
    ("RPID that hides", {"from": f"<sip:{NUMBER}@op>", "remote_party": f"<sip:{NUMBER}@op>;privacy=full"}, True,
     Caller(ANONYMOUS)),
    ("RPID that hides nothing", {"from": f"<sip:{NUMBER}@op>", "remote_party": f"<sip:{NUMBER}@op>;privacy=off"}, True,
     Caller(SHOWN, NUMBER)),
    ("a hidden called party", {"from": f"<sip:{NUMBER}@op>", "remote_party": "<sip:x@op>;party=called;privacy=full"},
     True, Caller(SHOWN, NUMBER)),
    ("nothing understood", {"from": "<sip:bob@op>", "pai": "<sip:4711000@op>"}, True, Caller(SHOWN, "4711000")),
    # row 8: RFC 3323; a header is parsed whole
    ("a long name", {"from": f'"{"n" * 560}" <sip:{NUMBER}@op>'}, True, Caller(SHOWN, NUMBER, "n" * 80)),
    ("a long name before anonymous", {"from": f'"{"n" * 560}" <sip:{NUMBER}@anonymous.invalid>'}, True,
     Caller(ANONYMOUS)),
    ("a second Privacy", {"from": f"<sip:{NUMBER}@op>", "privacy": "none\nid"}, True, Caller(ANONYMOUS)),
    ("brackets in a name", {"from": f'"Anna (Pro)" <sip:{NUMBER}@op>'}, True, Caller(SHOWN, NUMBER, "Anna (Pro)")),
    ("brackets in a number", {"from": "<sip:(01)45678901@op>"}, True, Caller(SHOWN, NUMBER)),
    ("a PAI without user", {"from": f"<sip:{NUMBER}@op>", "pai": "<sip:op>"}, True, Caller(SHOWN, NUMBER)),
)  # fmt: skip


@pytest.mark.parametrize(("given", "trusted", "caller"), [pytest.param(*f[1:], id=f[0]) for f in FORMS])
def test_forms_of_an_outside_caller(given: dict[str, str], trusted: bool, caller: Caller) -> None:
    assert arrival.outside_caller(arrived(**given), trusted=trusted) == caller


@pytest.mark.parametrize(
    ("spelling", "sent", "number"),
    [
        (NumberFormat.NATIONAL, "33145678901", "33145678901"),
        (NumberFormat.NATIONAL, "145678901", NUMBER),
        (NumberFormat.E164, "33145678901", NUMBER),
        (NumberFormat.E164_NO_PLUS, "442079460958", "+442079460958"),
        (NumberFormat.E164_NO_PLUS, "145678901", "145678901"),
    ],
)
def test_the_format_of_the_trunk_explains_from_pai_diversion_and_the_called_number(
    spelling: NumberFormat, sent: str, number: str
) -> None:
    uri = f"<sip:{sent}@op>"
    made = arrived(
        **{"from": uri}, dialled=f"sip:{sent}@us", diversion=uri, history_info=f"{uri};index=1, <sip:x@us>"
    )
    asserted = arrived(**{"from": "<sip:x@op>"}, pai=uri)
    for each in (made, asserted):
        assert arrival.outside_caller(each, trusted=True, spelling=spelling).number == number
    assert arrival.diverting_numbers(made, spelling) == (number,)
    assert arrival.called(made, spelling) == number


DIALLED = (
    # the request URI, from a phone, from a trunk. RFC 3966 §3 and §5, RFC 4694 §4, RFC 3261 §19.1.1 and §19.1.6
    ("sip:+33222100050;npdi@h;user=phone", "+33222100050", "+33222100050"),
    ("sip:+33222100050;npdi;rn=+33999999999;cic=+33123@h:5060", "+33222100050", "+33222100050"),
    ("sip:112;phone-context=+33@h", "112", "112"),
    ("sip:15;phone-context=+33-2@h;user=phone", "15", "15"),
    ("tel:112", "112", "112"),
    ("tel:112;phone-context=+33", "112", "112"),
    ("tel:+33-2-22-10-00-50;ext=12;isub=3", "+33222100050", "+33222100050"),
    ("tel:222100050;phone-context=+33", "+33222100050", "+33222100050"),
    ("sip:0222100050;phone-context=+33@h", "+33222100050", "+33222100050"),
    ("sips:4002;phone-context=example.net@h", "4002", "4002"),
    ("sip:+33222100050;tgrp=a;trunk-context=b@h", "+33222100050", "+33222100050"),
    ("sip:0222100050:secret@h", "0222100050", "+33222100050"),
    # issue A4 row 12, spec §2.1: cleaned in one place
    ("sip:%20112@h", "112", "112"),
    ("sip:112%20@h", "112", "112"),
    ("sip:%c2%a0112@h", "112", "112"),
    ("sip:(02)22100050@h", "0222100050", "+33222100050"),
    ("sip:%2802%2922%2010.00-50@h", "0222100050", "+33222100050"),
    ("sip:+33%20(0)2%2022%2010%2000%2050@h", "+33222100050", "+33222100050"),
    ("sip:%2B33222100050@h", "+33222100050", "+33222100050"),
    ("sip:%2A318@h", "*318", "*318"),
    ("sip:*72%200612345678%23@h", "*720612345678#", "*720612345678#"),
    ("sip:40-02@h", "4002", "4002"),
    # row 7: only a trunk has a format; a phone dials
    ("sip:33222100050@h", "33222100050", "+33222100050"),
    ("sip:222100050@h", "222100050", "+33222100050"),
    # letters stay: they are none of our numbers, and have words and a record
    ("sip:alice@h", "alice", "alice"),
    ("sip:112a@h", "112a", "112a"),
    ("sip:0222oo0050@h", "0222oo0050", "0222oo0050"),
    ("sip:%00112@h", "112", "112"),
    ("sip:%ff@h", "\ufffd", "\ufffd"),
    ("sip:h", "", ""),
    # what is too long for a URI comes as its user part
    ("112", "112", "112"),
    (" 112;phone-context=+33", "112", "112"),
    ("", "", ""),
)


@pytest.mark.parametrize(("uri", "by_phone", "by_trunk"), DIALLED, ids=[row[0] for row in DIALLED])
def test_every_dialled_string_is_cleaned(uri: str, by_phone: str, by_trunk: str) -> None:
    assert arrival.called(arrived(kind="line", dialled=uri)) == by_phone
    assert arrival.called(arrived(kind="trunk", dialled=uri)) == by_trunk


def test_a_call_whose_forwards_cannot_be_read_is_forwarded_no_further() -> None:
    assert len(arrival.diverting_numbers(arrived(history_info=UNREADABLE))) == arrival.MOST_FORWARDS
    assert len(arrival.diverting_numbers(arrived(diversion=UNREADABLE))) == arrival.MOST_FORWARDS


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
    assert arrival.called(made) == arrival.called(made).strip()


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
