"""A leg: a party that we called for a call, at a device or through a trunk, or that another call gave away to it."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.call.party import Party
from callcontrol.telephony import HangupCause


@dataclass(slots=True, eq=False, kw_only=True)
class Leg(Party):
    """``rang`` tells "no answer" from "unreachable"; ``target`` is a contact or a canonical number."""

    target: str
    line: str | None
    confirms: bool = False
    """It has the call only once it has said so (a key): its answer alone may be that of a voicemail."""
    confirmed: bool = False
    inbound: bool = False
    """Another call gave it to this one (``hand_over``): its end is told as that of a caller."""
    made: bool = False
    """Asterisk has it, or had."""
    rang: bool = False
    cause: int | None = None
    sip_status: int | None = None


def leg_result(leg: Leg) -> str:
    """How the history tells the end of a leg that did not get the call (``history.LegRecord.result``)."""
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
