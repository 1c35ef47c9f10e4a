"""Which registered contacts may be called: what the URI alone tells, and where the trunks are."""

from __future__ import annotations

import ipaddress
import re

import pytest

from callcontrol.asterisk_conf.contacts import (
    Places,
    TrunkPlace,
    fallback_refuses,
    is_own_place,
    line_access,
    refused_contact,
    trunk_places,
)
from callcontrol.config.load import TrunkConfig

OPERATOR = TrunkConfig("op", "sip.operator.example", 5060, ("sip.operator.example", "198.51.100.0/24"))
NEAR = TrunkConfig("near", "127.0.0.1", 7060, ("127.0.0.1",))
TRUNKS = trunk_places((OPERATOR, NEAR), {"sip.operator.example": ("203.0.113.7", "2001:db8::7")}.__getitem__)
PLACES = Places(TRUNKS)

CONTACTS = {
    "sip:x@192.0.2.7:5060": True,
    "sip:192.0.2.7": True,
    "sip:x@192.0.2.7;transport=ws;x-ast-orig-host=abc.invalid:0": True,
    "sips:x@192.0.2.7:5061;transport=tls": True,
    "sip:a&b,c/d;e@192.0.2.7:5060": True,
    "sip:x@[2001:db8::9]:5060": True,
    "sip:x@127.0.0.1:5070": True,
    "sip:x@192.0.2.7;maddr=203.0.113.7": False,
    "sip:x@192.0.2.7;ob;MADDR=203.0.113.7": False,
    "sip:x@192.0.2.7;%6daddr=203.0.113.7": False,
    "sip:x@192.0.2.7?Replaces=1": False,
    "sip:x@192.0.2.7;ob?Replaces=1": False,
    "sip:0899@phone.example": False,
    "sip:0899@op": False,
    "sip:0899@sip.operator.example": False,
    "sip:0899@203.0.113.7": False,
    "sip:0899@203.0.113.7:5099": False,
    "sip:0899@198.51.100.200:5060": False,
    "sip:0899@[2001:db8::7]": False,
    "sip:0899@[2001:0db8:0::7]:5060": False,
    "sip:0899@[::ffff:203.0.113.7]": False,
    "sip:0899@127.0.0.1:7060": False,
    "sip:0899@127.1:7060": False,
    "sip:0899@3405803783": False,
    "tel:0899": False,
    "": False,
}


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_is_called_only_at_the_phones_own_place(contact: str) -> None:
    assert is_own_place(contact, PLACES) is CONTACTS[contact]


HEADERS = {
    '"Alice ?" <sip:x@192.0.2.7:5060;ob>;expires=60': False,
    "<sip:x@127.0.0.1:5070>": False,
    "<sip:x@192.0.2.7>;maddr=1": False,
    "<sip:x@192.0.2.7;maddr=1.2.3.4>": True,
    "<sip:x@192.0.2.7?a=b>": True,
    "<sip:x@127.0.0.1:7060>": False,  # an INVITE of the trunk that phones share an address with
    "<sip:x@sip.operator.example>": True,
    "<sip:sip.operator.example;ob>": True,
    "<sip:x@SIP.Operator.example>": True,
    "<sip:x@sip.operator.example:5080;transport=tcp>;q=1": True,
    "<sip:x@sip-operator.example>": False,
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_registration_may_not_name_what_rewriting_leaves(header: str) -> None:
    pattern = refused_contact((OPERATOR, NEAR)).replace("\\;", ";")
    assert bool(re.search(pattern, header)) is HEADERS[header]


def test_every_line_is_denied_the_networks_of_the_trunks_but_not_one_that_phones_share() -> None:
    assert line_access(PLACES).split("\n") == [
        "contact_deny = 203.0.113.7/32",
        "contact_deny = 2001:db8::7/128",
        "contact_deny = 198.51.100.0/24",
    ]


@pytest.mark.parametrize(
    ("contact", "refused"),
    [
        ("sip:x@203.0.113.7", True),
        ("sip:x@203.0.113.7:5060;ob", True),
        ("sip:x@203.0.113.70", False),
        ("sip:x@127.0.0.1:7060", True),
        ("sip:x@127.0.0.1:70600", False),
        ("sip:x@127.0.0.1;ob;maddr=1", True),
        ("sip:x@127.0.0.1;%6daddr=1", True),
        ("sip:x@127.0.0.1;x-ast-orig-host=10.0.0.1:0", False),
    ],
)
def test_the_fallback_refuses_the_same(contact: str, refused: bool) -> None:
    pattern = fallback_refuses(PLACES).replace("\\;", ";")
    assert bool(re.search(pattern, contact)) is refused


def test_a_trunk_whose_name_is_unknown_now_has_no_place() -> None:
    assert trunk_places((TrunkConfig("op", "sip.example", 5060, ("sip.example",)),), lambda _: ()) == ()
    assert trunk_places((TrunkConfig("l", "localhost", 5062, ("localhost",)),), lambda _: ()) == (
        TrunkPlace(TRUNKS[-1].network, 5062),
    )


def test_where_the_phones_networks_are_known_they_are_called_nowhere_else() -> None:
    places = Places(TRUNKS, (ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_network("203.0.113.0/24")))
    assert is_own_place("sip:x@192.0.2.7:5060", places)
    assert not is_own_place("sip:x@198.18.0.1:5060", places)
    assert not is_own_place("sip:x@203.0.113.7:5060", places), "a trunk in a network of phones"
    rules = line_access(places).split("\n")
    assert rules.index("contact_deny = 0.0.0.0/0") < rules.index("contact_permit = 192.0.2.0/24")
    assert rules.index("contact_permit = 203.0.113.0/24") < rules.index("contact_deny = 203.0.113.7/32")
    assert "permit = 192.0.2.0/24" in rules
