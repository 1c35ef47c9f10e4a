"""The identity and headers of a leg: what must be there, and what can never be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.facts import Presentation
from callcontrol.routing.presentation import Presented, Shown
from callcontrol.routing.steps import DiversionReason
from callcontrol.sip import arrival, leg_identity
from callcontrol.sip.leg_identity import Diversion

NAMES = st.text(max_size=200) | st.text('"\\<>;,|${}[]()\r\n\0\t\x7f:@aé', max_size=60)
NUMBERS = st.from_regex(r"\A\+33[1-9][0-9]{8}\Z") | st.from_regex(r"\A\+44[1-9][0-9]{9}\Z")
PRESENTATIONS = st.sampled_from(Presentation)


@given(NAMES)
@settings(max_examples=300, deadline=None)
def test_no_name_escapes_from_its_quotes(name: str) -> None:
    cleaned = leg_identity.clean(name)
    assert not re.search(r'[\x00-\x1f\x7f"\\<>;,|${}\[\]]', cleaned)
    assert len(cleaned) <= 80
    assert leg_identity.clean(cleaned) == cleaned
    for variables in (
        leg_identity.to_device(Shown("0145678901", name, Presentation.SHOWN)),
        leg_identity.to_device(Shown(None, name, Presentation.UNAVAILABLE)),
        leg_identity.to_trunk(Presented("+33145678901", name, withheld=False), trusted=True),
    ):
        assert variables["CONNECTEDLINE(name,i)"] == cleaned


@given(NUMBERS, NAMES)
@settings(max_examples=200, deadline=None)
def test_an_untrusted_trunk_gets_no_digit_of_a_hidden_caller(number: str, name: str) -> None:
    variables = leg_identity.to_trunk(Presented(number, name, withheld=True), trusted=False)
    told = " ".join([*variables, *variables.values()])
    assert not re.search(r"\d", told)
    assert variables["CONNECTEDLINE(num-pres,i)"] == variables["CONNECTEDLINE(name-pres,i)"] == "prohib"


def test_a_trusted_trunk_gets_the_number_with_the_wish_to_hide_it() -> None:
    variables = leg_identity.to_trunk(Presented("+33145678901", "Dupont", withheld=True), trusted=True)
    assert variables["CONNECTEDLINE(num,i)"] == "0145678901"
    assert variables["CONNECTEDLINE(num-pres,i)"] == "prohib"
    assert "Dupont" not in variables.values()


@pytest.mark.parametrize("number", ["0145678901", None])
def test_a_device_gets_no_digit_of_an_anonymous_caller(number: str | None) -> None:
    variables = leg_identity.to_device(Shown(number, None, Presentation.ANONYMOUS))
    assert not re.search(r"\d", " ".join(variables.values()))


def test_only_the_distinctive_ring_has_an_alert_info() -> None:
    assert leg_identity.alert(False) == {}
    assert "Bellcore-dr2" in leg_identity.alert(True)["PJSIP_HEADER(add,Alert-Info)"]


PATH = (
    Diversion("0222969569", DiversionReason.UNCONDITIONAL),
    Diversion("0222969570", DiversionReason.NO_ANSWER),
)


def test_diversion_is_newest_first_and_history_info_oldest_first() -> None:
    headers = leg_identity.diverted(PATH, "+33612345678", "192.0.2.1")
    diversion = arrival.split_list(headers["PJSIP_HEADER(add,Diversion)"])
    history = arrival.split_list(headers["PJSIP_HEADER(add,History-Info)"])
    assert [arrival.address(entry).user for entry in diversion] == ["0222969570", "0222969569"]
    assert [re.findall("reason=([a-z-]+)", entry) for entry in diversion] == [
        ["no-answer"],
        ["unconditional"],
    ]
    assert [arrival.address(e).user for e in history] == ["0222969569", "0222969570", "+33612345678"]
    assert [re.findall(r"index=([\d.]+)", entry) for entry in history] == [["1"], ["1.1"], ["1.1.1"]]
    assert [re.findall(r"cause=(\d+)", entry) for entry in history] == [[], ["302"], ["408"]]


def test_a_call_that_nobody_forwarded_has_neither() -> None:
    assert leg_identity.diverted((), "+33612345678", "192.0.2.1") == {}


def test_what_we_write_we_read_back_as_the_same_forwards() -> None:
    headers = leg_identity.diverted(PATH, "+33612345678", "192.0.2.1")
    back = arrival.Arrival(
        arrival.Origin.TRUNK, "", "", "", "", "", "",
        (headers["PJSIP_HEADER(add,Diversion)"],), (headers["PJSIP_HEADER(add,History-Info)"],), "", "",
    )  # fmt: skip
    assert arrival.diverting_numbers(back) == ("+33222969569", "+33222969570")


@given(st.lists(st.text(max_size=30) | st.text('<>",;@:=\r\n x1', max_size=20), min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_a_number_from_a_header_cannot_write_a_header(numbers: list[str]) -> None:
    path = [Diversion(number, DiversionReason.UNKNOWN) for number in numbers]
    for header in leg_identity.diverted(path, "0612345678", "192.0.2.1").values():
        assert header.isprintable()
        assert 1 <= len(arrival.split_list(header)) <= len(path) + 1
        assert header.count("<") == header.count(">") == len(arrival.split_list(header))
        assert '"' not in header


def test_max_forwards_is_never_raised_and_never_negative() -> None:
    """RFC 7332 §4; RFC 3261 §8.1.1.6 and §20.22."""
    name = "PJSIP_HEADER(add,Max-Forwards)"
    assert leg_identity.one_hop_less(None) == {}
    assert [leg_identity.one_hop_less(hops)[name] for hops in (1, 70, 255, 0)] == ["0", "69", "69", "0"]
