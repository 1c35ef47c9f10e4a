"""The probe that asks for a line's phones: what it finds, and that its own end is never the trouble."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import pytest

from callcontrol.asterisk.devices import registered_devices
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device

LINE = "0222969569"
DESK = "sip:x@192.0.2.7:5060"
ANSWERS = {
    f"PJSIP_AOR({LINE},contact)": f"{LINE};@desk,{LINE};@lost",
    f"PJSIP_DIAL_CONTACTS({LINE})": f"PJSIP/{LINE}/{DESK}",
    f"PJSIP_CONTACT({LINE};@desk,uri)": DESK,
    f"PJSIP_CONTACT({LINE};@desk,user_agent)": "Yealink",
    f"PJSIP_CONTACT({LINE};@lost,uri)": "sip:x@192.0.2.8",
    f"PJSIP_CONTACT({LINE};@lost,user_agent)": "",
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
