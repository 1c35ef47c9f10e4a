"""Which phones take nothing but encrypted sound (``RTP/SAVP``), as their last calls told. Kept in memory alone.

Such a phone refuses our usual offer, plain sound with a key beside it, and is asked once more by ``SDES`` (ADR 14). A
process that has just begun finds out again, which costs the phone's next call one refusal that nobody hears.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from callcontrol.call.leg import Leg
from callcontrol.facts import Device
from callcontrol.sip_account import SDES

MOST = 10_000
"""Contacts that are kept; the oldest gives way."""


class SoundOffers:
    """Shared by all calls. Never awaits."""

    def __init__(self) -> None:
        self._encrypted: dict[tuple[str, str], None] = {}

    def suited(self, line: str, devices: Iterable[Device]) -> tuple[Device, ...]:
        """The devices of ``line``, each to be offered what it took last."""
        return tuple(
            replace(device, account=SDES)
            if device.account is None and (line, device.contact) in self._encrypted
            else device
            for device in devices
        )

    def taken(self, leg: Leg) -> None:
        """Its device rings, or has answered: it takes what it was offered."""
        if leg.account == SDES and leg.line is not None:
            self._encrypted.pop((leg.line, leg.target), None)
            self._encrypted[leg.line, leg.target] = None
            if len(self._encrypted) > MOST:
                del self._encrypted[next(iter(self._encrypted))]

    def refused(self, leg: Leg) -> None:
        """Its device does not take it: it was set up anew."""
        if leg.account == SDES and leg.line is not None:
            self._encrypted.pop((leg.line, leg.target), None)
