"""What reaches into a call from outside it: it comes through the inbox like an event, in order, and ends what waits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickedUp:
    """Another phone took the call that rings: its channel is ``leg`` of this call now (``hand_over``)."""

    leg: str


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Somebody who may asked for the end of the call (the portal, the API)."""


@dataclass(frozen=True, slots=True)
class PutInPlace:
    """A transfer joined another call with this one: its party is ``leg`` here, in the place of ``by`` (``join``)."""

    by: str
    leg: str


Interrupt = PickedUp | EndAsked | PutInPlace
