"""Where a call stands when a step is carried out."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.facts import IncomingCall, Line
from callcontrol.routing.decide import CalledLine
from callcontrol.sip import leg_identity


@dataclass(frozen=True, slots=True)
class Place:
    """Where the call stands: the line that it is at, and how it came there."""

    incoming: IncomingCall
    called: CalledLine
    first_line: Line
    """The line that was called first."""
    diversions: tuple[leg_identity.Diversion, ...]
    """Every forward so far, oldest first, without one that the step itself makes."""
    language: str
    """What the caller hears."""
