"""What makes a call manager: the rows that decide about a call that arrives, and what follows a ring. Pure.

There are two, ``simple.SIMPLE`` (spec §3) and ``advanced.ADVANCED`` (§4); ``decide`` picks one for each decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcontrol.routing.situation import Situation
from callcontrol.routing.steps import Busy, NoAnswer, Step, Unreachable

Row = Callable[[Situation], Step | None]
"""One line of a manager's table: a step, or None when it does not apply."""

NobodyTookIt = NoAnswer | Busy | Unreachable
"""What a ring came to when no device took the call and none sent it elsewhere."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How one manager treats the calls of its lines."""

    rows: tuple[Row, ...]
    """First that applies; the last one always does."""
    after_ring: Callable[[Situation, NobodyTookIt], Step]
