"""A leg: a channel that we made for a call, to a device or through the trunk. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.telephony import HangupCause


@dataclass(slots=True)
class Leg:
    """A channel that we made for the call. ``rang`` tells "no answer" from "unreachable"."""

    id: str
    target: str
    line: str | None
    made: bool = False
    """Asterisk has it, or had."""
    rang: bool = False
    answered: bool = False
    ended: bool = False
    cause: int | None = None
    sip_status: int | None = None

    @property
    def alive(self) -> bool:
        """Not ended yet."""
        return not self.ended


def leg_result(leg: Leg) -> str:
    """How the history tells the end of a leg that was not answered (``history.LegRecord.result``)."""
    match leg.cause:
        case HangupCause.ANSWERED_ELSEWHERE:
            return "elsewhere"
        case HangupCause.BUSY:
            return "busy"
        case HangupCause.REJECTED:
            return "refused"
        case HangupCause.NORMAL:
            return "cancelled"
        case _:
            return "no_answer" if leg.rang else "unreachable"
