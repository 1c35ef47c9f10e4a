"""A leg: a party that we called for a call, at a device or through a trunk, or that another call gave away to it."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol import answers
from callcontrol.call.party import Party
from callcontrol.telephony import HangupCause


@dataclass(slots=True, eq=False, kw_only=True)
class Leg(Party):
    """``rang`` tells "no answer" from "unreachable"; ``target`` is a contact or a canonical number; ``account`` as of
    ``facts.Device``."""

    target: str
    line: str | None
    account: str | None = None
    confirms: bool = False
    """It has the call only once it has said so (a key): its answer alone may be that of a voicemail."""
    confirmed: bool = False
    inbound: bool = False
    """Another call gave it to this one (``hand_over``): its end is told as that of a caller."""
    guest: bool = False
    """It came from another call when a transfer joined the two."""
    made: bool = False
    """Asterisk has it, or had."""
    heard: bool = False
    """Its far end has said something (1xx): of a leg through a trunk, the operator has the call."""
    rang: bool = False
    lost: bool = False
    """Nobody refused it, and it is made again: it ended before it was dialled (Asterisk ends what enters while nobody
    listens for events), or the command that dialled it got no answer, and it was ended."""
    cause: int | None = None
    sip_status: int | None = None


def outside_end(leg: Leg) -> answers.Answer:
    """What an outside leg that ended unanswered came to, and whether another trunk may mend it."""
    if leg.sip_status is None and leg.cause == HangupCause.BUSY:
        return answers.ANSWERS[486]
    return answers.answer(leg.sip_status, heard=leg.heard or leg.rang, rang=leg.rang)


def leg_result(leg: Leg) -> str:
    """How the history tells the end of a leg that did not get the call (``history.LegRecord.result``)."""
    match leg.cause:
        case HangupCause.ANSWERED_ELSEWHERE:
            return "elsewhere"
        case _ if leg.line is None and (leg.sip_status is not None or leg.cause != HangupCause.NORMAL):
            return outside_end(leg).end
        case HangupCause.BUSY:
            return "busy"
        case HangupCause.REJECTED:
            return "refused"
        case HangupCause.NORMAL:
            return "cancelled"
        case _:
            return "no_answer" if leg.rang else "unreachable"
