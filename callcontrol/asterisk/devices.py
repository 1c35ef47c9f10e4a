"""The registered devices of a line when no call of it is under way (for the web).

Asterisk answers questions about contacts only through a channel, so one is made for the question: a Local
channel that is never dialled.
"""

from __future__ import annotations

from contextlib import suppress

from callcontrol import ids
from callcontrol.asterisk.client import AriClient
from callcontrol.errors import ChannelGone
from callcontrol.facts import Device

PROBE = "probe"
"""Stasis argument of such a channel: the front door leaves it alone."""


async def registered_devices(client: AriClient, line: str) -> tuple[Device, ...]:
    """The reachable contacts of ``line`` with their user agents. Raises ``PhoneSystemDown``, ``PhoneSystemRefused``
    (also when a contact went away in between) and ``ChannelGone`` (somebody ended the probe)."""
    probe = f"{PROBE}-{ids.uuid7()}"
    await client.channels.create(probe, "Local/probe@probe", originator=None, variables={}, args=PROBE)
    try:
        listed = await client.channels.get_variable(probe, f"PJSIP_AOR({line},contact)")
        reachable = await client.channels.get_variable(probe, f"PJSIP_DIAL_CONTACTS({line})")
        found = []
        for contact in filter(None, listed.split(",")):
            uri = await client.channels.get_variable(probe, f"PJSIP_CONTACT({contact},uri)")
            agent = await client.channels.get_variable(probe, f"PJSIP_CONTACT({contact},user_agent)")
            if f"PJSIP/{line}/{uri}" in reachable.split("&"):
                found.append(Device(uri, agent or None))
        return tuple(found)
    finally:
        with suppress(ChannelGone):  # ended by a resync, or with its Asterisk: that is what we want
            await client.channels.hang_up(probe, 16)
