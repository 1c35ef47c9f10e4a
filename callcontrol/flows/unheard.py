"""Devices that say nothing: how long a ring waits for them, and what its caller hears meanwhile (spec §3).

A phone that was unplugged, or that changed its address, stays registered for a while. Nothing comes from it: no 18x,
often no 100. It must keep no caller waiting, and nobody in silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from callcontrol import answers
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.legs import last_answer
from callcontrol.call.together import NEVER

RINGBACK_SECONDS = 1.0
"""So long nothing at all is heard by the caller; then it hears ringing, whatever the devices do."""
PATIENCE_SECONDS = 4.0
"""After which a device that has said nothing counts as failed, once every other one has refused or failed (spec §3)."""


class Unheard:
    """Looks twice at each device that has not said a word: to let the caller hear ringing, and to give it up."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._since: dict[str, float] = {}
        self._looked: set[str] = set()
        self._given_up: set[str] = set()

    def watch(self, legs: Iterable[Leg]) -> None:
        """The patience with these begins. Numbers outside are not devices: networks take their time."""
        now = asyncio.get_running_loop().time()
        for leg in legs:
            if leg.line is not None and not leg.inbound:
                self._since.setdefault(leg.id, now)

    def failed(self, leg: Leg) -> bool:
        """Whether ``leg`` ended by itself, or said nothing for too long."""
        return leg.ended or (leg.id in self._given_up and not leg.rang)

    def next_look(self, legs: Iterable[Leg]) -> float:
        """When ``look`` has something to do again (loop time)."""
        return min((self._due(leg) for leg in legs if self._waits_for(leg)), default=NEVER)

    async def look(self, legs: Iterable[Leg], at: float) -> None:
        """Ask what the devices said that have said nothing so far: of a 182 no event tells. ``at`` is the time that
        ``next_look`` gave; the clock may be a hair earlier."""
        now = max(at, asyncio.get_running_loop().time())
        for leg in [leg for leg in legs if self._waits_for(leg) and self._due(leg) <= now]:
            said = await last_answer(self._call, leg)
            if said is not None and answers.is_ringing(said):
                leg.rang = True
            elif leg.id in self._looked:
                self._given_up.add(leg.id)
                await self._call.phones.qualify(leg.line or "")
            self._looked.add(leg.id)
        if self._looked:
            await self._call.ring()

    def _waits_for(self, leg: Leg) -> bool:
        return leg.id in self._since and leg.alive and not leg.rang and leg.id not in self._given_up

    def _due(self, leg: Leg) -> float:
        return self._since[leg.id] + (PATIENCE_SECONDS if leg.id in self._looked else RINGBACK_SECONDS)
