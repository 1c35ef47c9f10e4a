"""The probe that asks for a line's phones: what it finds, and that its own end is never the trouble."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.asterisk.console import Console
from callcontrol.asterisk.devices import registered_devices, split_contacts
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.asterisk_conf.contacts import NOWHERE
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device

LINE = "0222969569"
DESK = "sip:x@192.0.2.7:5060"
ANSWERS = {
    f"PJSIP_AOR({LINE}@callcontrol,contact)": f"{LINE};@desk,{LINE};@lost",
    f"PJSIP_CONTACT({LINE};@desk,uri)": DESK,
    f"PJSIP_CONTACT({LINE};@desk,status)": "Reachable",
    f"PJSIP_CONTACT({LINE};@desk,user_agent)": "Yealink",
    f"PJSIP_CONTACT({LINE};@lost,uri)": "sip:x@192.0.2.8",
    f"PJSIP_CONTACT({LINE};@lost,status)": "Unreachable",
}


def client() -> Mock:
    made = Mock()
    made.channels = Mock(
        create=AsyncMock(),
        hang_up=AsyncMock(),
        get_variable=AsyncMock(side_effect=lambda _, name: ANSWERS[name]),
    )
    return made


async def test_the_phones_that_can_be_reached_and_a_probe_that_is_gone_already() -> None:
    ari = client()
    ari.channels.hang_up.side_effect = ChannelGone("probe")
    assert await registered_devices(ari, LINE) == (Device(DESK, "Yealink"),)


async def test_a_refusal_is_told_and_the_probe_is_ended() -> None:
    ari = client()
    ari.channels.get_variable.side_effect = PhoneSystemRefused("GET variable", 500, "no")
    with pytest.raises(PhoneSystemRefused):
        await registered_devices(ari, LINE)
    ari.channels.hang_up.assert_awaited_once()


# --- contacts in a call: RFC 3261 §25.1 lets a user part hold & , ; / = + $, a parameter & and / -----------------

PREFIX = f"PJSIP/{LINE}/"
PLAIN = [
    "sip:x@192.0.2.7:5060",
    "sips:0222969569@[2001:db8::1]:5061;transport=tls;ob",
    "sip:a,b;c=$/d@192.0.2.8:5062",
]
HELD = [
    "sip:a&b@192.0.2.7:5060",
    f"sip:a&{PREFIX}sip:b@192.0.2.7:5060",
    f"sip:a@192.0.2.7:5060;pn-param=x&{PREFIX}sip:evil.example",
    "sip:a@192.0.2.7:5060;pn-prid=ab&cd;pn-provider=acme",
    "sip:192.0.2.7:5060",
]
"""Each could be taken for two contacts, or has no user to tell it by."""


@pytest.mark.parametrize("contacts", [[], PLAIN[:1], PLAIN])
def test_contacts_that_can_be_told_apart_are(contacts: list[str]) -> None:
    assert split_contacts("&".join(PREFIX + uri for uri in contacts), LINE) == contacts


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("others", [[], PLAIN])
def test_contacts_that_could_be_read_in_two_ways_are_not_read(held: str, others: list[str]) -> None:
    assert split_contacts("&".join(PREFIX + uri for uri in [*others, held]), LINE) is None


URI = st.tuples(st.text("ab&,;/=+$:", min_size=1, max_size=8), st.text("ab&;/:$", max_size=8)).map(
    lambda parts: f"sip:{parts[0]}@h;p={parts[1]}"
)


@given(st.lists(URI | st.just(f"sip:a&{PREFIX}sip:b@h"), max_size=5))
@settings(deadline=None)
def test_what_is_read_is_what_was_registered(contacts: list[str]) -> None:
    assert split_contacts("&".join(PREFIX + uri for uri in contacts), LINE) in (None, contacts)


@pytest.mark.parametrize(("uri", "commands"), [("sip:x@192.0.2.7:5060", 1), ("sip:a&b@192.0.2.7:5060", 4)])
async def test_one_command_tells_the_phones_to_ring_unless_a_uri_holds_a_separator(
    uri: str, commands: int
) -> None:
    answers = {
        f"PJSIP_DIAL_CONTACTS({LINE})": PREFIX + uri,
        f"PJSIP_AOR({LINE}@callcontrol,contact)": f"{LINE};@desk",
        f"PJSIP_CONTACT({LINE};@desk,uri)": uri,
        f"PJSIP_CONTACT({LINE};@desk,status)": "NonQualified",
    }
    ari = client()
    ari.channels.get_variable = AsyncMock(side_effect=lambda _, name: answers[name])
    phones = AsteriskPhoneSystem(ari, Console(Path("nobody.ctl")), NOWHERE)
    assert await phones.contacts("channel", LINE) == (Device(uri),)
    assert ari.channels.get_variable.await_count == commands
