"""The registered devices of a line: how Asterisk tells them, and with no call of it under way (for the web).

A contact's URI may hold whatever separates it from the next (RFC 3261 §25.1: ``&``, ``,``, ``;`` and ``/`` stand in a
user part as they are), so it is never found by splitting, unless it is proved that there was nothing to confuse.
Asterisk answers questions about contacts only through a channel, so for the web one is made: a Local channel that is
never dialled.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from callcontrol import ids
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk_conf.accounts import aor
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device

PROBE = "probe"
"""Stasis argument of such a channel: the front door leaves it alone."""


UNREACHABLE = "Unreachable"
"""Status of a contact that does not answer Asterisk's OPTIONS; every other one is worth a call."""


def split_contacts(listed: str, account: str) -> list[str] | None:
    """The URIs in what ``PJSIP_DIAL_CONTACTS`` gives (``PJSIP/ACCOUNT/URI&PJSIP/ACCOUNT/URI``); None when it could be
    read in two ways.

    A URI has one ``@`` at most (RFC 3261 §19.1.1: escaped everywhere else). So when each piece has one, there are as
    many contacts as pieces, and no ``&`` stands inside one.
    """
    if not listed:
        return []
    pieces, prefix = listed.split("&"), f"PJSIP/{account}/"
    if any(not piece.startswith(prefix) or piece.count("@") != 1 for piece in pieces):
        return None
    return [piece.removeprefix(prefix) for piece in pieces]


async def contacts_by_id(client: AriClient, channel: str, account: str) -> list[tuple[str, str]]:
    """The id and URI of each reachable contact of ``account``. An id is the name of its registrations
    and a hash: safe to list.

    Two commands for each contact, side by side, after one: for one with a contact that ``split_contacts`` cannot
    tell.
    """
    listed = await client.channels.get_variable(channel, f"PJSIP_AOR({aor(account)},contact)")
    known = [contact for contact in listed.split(",") if contact]
    told = await asyncio.gather(*(_contact(client, channel, contact) for contact in known))
    found = zip(known, told, strict=True)
    return [(contact, uri) for contact, (uri, status) in found if uri and status != UNREACHABLE]


async def _contact(client: AriClient, channel: str, contact: str) -> tuple[str, str]:
    """Its URI and status; both empty when it went away in between."""
    try:
        uri = await client.channels.get_variable(channel, f"PJSIP_CONTACT({contact},uri)")
        return uri, await client.channels.get_variable(channel, f"PJSIP_CONTACT({contact},status)")
    except PhoneSystemRefused:
        return "", ""


async def registered_devices(client: AriClient, account: str) -> tuple[Device, ...]:
    """The reachable contacts of ``account`` with their user agents. Raises ``PhoneSystemDown``, ``PhoneSystemRefused``
    (also when a contact went away in between) and ``ChannelGone`` (somebody ended the probe)."""
    probe = f"{PROBE}-{ids.uuid7()}"
    await client.channels.create(probe, "Local/probe@probe", originator=None, variables={}, args=PROBE)
    try:
        found = []
        for contact, uri in await contacts_by_id(client, probe, account):
            agent = await client.channels.get_variable(probe, f"PJSIP_CONTACT({contact},user_agent)")
            found.append(Device(uri, agent or None))
        return tuple(found)
    finally:
        with suppress(ChannelGone):  # ended by a resync, or with its Asterisk: that is what we want
            await client.channels.hang_up(probe, 16)
