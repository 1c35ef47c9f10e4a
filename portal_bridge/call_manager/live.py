"""What a line does right now, for *Accueil*: its calls and phones, as the calls know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcontrol.directory.directory import Directory
from callcontrol.facts import Device, Line
from callcontrol.portal_bridge.api.phones import address_of
from callcontrol.portal_bridge.call_manager.actions import DOCUMENT
from callcontrol.portal_bridge.middleware import NOT_NOW
from callcontrol.ports.call_side import CallSide

LONGEST_NAME = 60
"""Characters of what a phone calls itself that are shown: it may say anything."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A connected phone: what it calls itself ("" when it does not), and where it is."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Live:
    """``away``: nobody knows right now. ``stale``: the settings are not those that the page was made of."""

    most: int
    is_group: bool
    stale: bool
    away: bool = False
    calls: int = 0
    phones: Sequence[Phone] = ()


async def of_line(call_side: CallSide, line: Line, directory: Directory, etag: str) -> Live:
    """The present state. ``etag`` is the version of the page ("": none is looked at). Never fails for want of an
    answer."""
    stale = etag not in ("", str(directory.version(line.number, DOCUMENT)))
    try:
        found = await call_side.state(line.number, as_told=True)
    except NOT_NOW:
        return Live(line.max_calls, line.group, stale, away=True)
    return Live(line.max_calls, line.group, stale, False, found.calls, tuple(map(_phone, found.devices)))


def _phone(device: Device) -> Phone:
    name = "".join(c if c.isprintable() else " " for c in device.user_agent or "").strip()
    return Phone(name[:LONGEST_NAME], address_of(device.contact) or "")
