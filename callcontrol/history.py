"""The record of one call as one line sees it (spec §10.3). Pure data with its JSON form.

An internal call makes two records: *outgoing* for the caller's line, and *received*, *missed* or
*rejected* for the line called. A forwarded call makes one for each line that it passed.
The pair (call, line) is the key: writing a record again replaces it, so a replay after a crash is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcontrol.because import Because
from callcontrol.facts import Presentation

CHAIN = "chain"
"""The parameter of a rule that names the first of the calls that were joined by an attended transfer."""


class Direction(StrEnum):
    """How the history files a call (spec §10.3)."""

    OUTGOING = "outgoing"
    RECEIVED = "received"
    """This line answered."""
    REJECTED = "rejected"
    """Refused by a setting of this line (or, for an outgoing attempt that was barred, see ``rule``)."""
    MISSED = "missed"
    """Every other incoming call."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The other party. ``number`` is canonical, None when withheld or unknown."""

    presentation: Presentation
    number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One attempt to reach a device or an outside number. ``result`` is answered, busy, no_answer, refused,
    unreachable, cancelled or elsewhere; of a number outside also unknown_number or network_failure. ``sip_status`` is
    the final status of the far end when it gave one."""

    target: str
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = "no_answer"
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of one line. Instants are UTC. ``rule`` says which decision ended it, and why."""

    call: str
    line: str
    direction: Direction
    peer: Peer
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    rule: Because
    message: str | None = None
    legs: tuple[LegRecord, ...] = ()

    @property
    def chain(self) -> str:
        """The first of the calls that an attended transfer joined with this one, or this."""
        return dict(self.rule.params).get(CHAIN, self.call)

    @property
    def duration(self) -> float:
        """Seconds of talk; 0 when nobody answered."""
        return (self.ended_at - self.answered_at).total_seconds() if self.answered_at else 0.0
