"""The legs of a call: made, dialled, answered, ended. What becomes of one is data; only the caller's end is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import structlog

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.errors import ChannelGone, CommandLost, PhoneSystemRefused
from callcontrol.journal import entries
from callcontrol.sip.leg_identity import one_hop_less
from callcontrol.telephony import HangupCause

log = structlog.get_logger()

RING_GRACE_SECONDS = 3
"""How much longer than our own timer Asterisk lets a leg ring, so that ours is the one that decides."""


async def add_leg(
    call: Call,
    endpoint: str,
    *,
    target: str,
    line: str | None,
    variables: Mapping[str, str],
    account: str | None = None,
    confirms: bool = False,
) -> Leg:
    """Create a leg to ``endpoint``; ``start_leg`` dials it once it has entered.

    One that an earlier process made for the same target in this step is that leg, in whatever state.
    """
    device = (target, line, account)
    before = next((leg for leg in call.begun if (leg.target, leg.line, leg.account) == device), None)
    if before is not None:
        call.begun.remove(before)
        return before
    leg = Leg(
        id=call.new_id("leg"),
        phones=call.phones,
        target=target,
        line=line,
        account=account,
        confirms=confirms,
    )
    call.own(leg)
    call.tell(entries.LegStarted(call.clock.now(), leg.id, target, line, confirms, account))
    originator = call.first.id if call.first is not None else None
    variables = {**variables, **one_hop_less(call.journal.story.max_forwards)}
    try:
        await call.phones.create_leg(leg.id, endpoint, originator=originator, variables=variables)
        leg.made = True
    except PhoneSystemRefused as error:  # no such contact any more, or no trunk
        log.info("leg.not_made", leg=leg.id, error=str(error))
        call.leg_ended(leg.id, HangupCause.FAILURE, None)
    return leg


async def start_leg(call: Call, leg: Leg, seconds: float) -> None:
    """Dial a leg that has entered, for at most ``seconds`` (and a little, see RING_GRACE_SECONDS)."""
    try:
        await call.phones.dial(leg.id, timeout=int(seconds) + RING_GRACE_SECONDS)
    except ChannelGone:
        leg.lost = True
        await end_leg(call, leg, HangupCause.FAILURE)  # also when it is there but cannot be dialled
    except CommandLost as error:
        log.info("leg.lost", leg=leg.id, error=str(error))
        leg.lost = True
        await end_leg(call, leg, HangupCause.NORMAL)
    else:
        call.tell(entries.LegDialled(call.clock.now(), leg.id))


async def answer_leg(call: Call, leg: Leg) -> None:
    """Answer a leg that came in by itself (``hand_over``), once; the call is its own then."""
    if not leg.answered:
        await leg.answer()
        leg.answered = True
    if leg.id not in call.journal.story.answered_legs:
        call.tell(entries.LegAnswered(call.clock.now(), leg.id))


async def last_answer(call: Call, leg: Leg) -> int | None:
    """The SIP status that the far end of a dialled leg said last; None: nothing, or the leg has left."""
    try:
        return await call.to_caller(call.phones.last_answer(leg.id))
    except (ChannelGone, PhoneSystemRefused):
        return None  # its end is on the way


def confirm(call: Call, leg: Leg) -> None:
    """A leg that had to say that it takes the call has said so."""
    leg.confirmed = True
    call.tell(entries.LegConfirmed(call.clock.now(), leg.id))


async def drop(call: Call, legs: Iterable[Leg], cause: HangupCause) -> None:
    """End those of ``legs`` that are alive."""
    await asyncio.gather(*(end_leg(call, leg, cause) for leg in legs if leg.alive))


async def end_leg(call: Call, leg: Leg, cause: HangupCause) -> None:
    """End one leg; one that is gone already is no error."""
    await call.phones.hang_up(leg.id, cause)
    call.leg_ended(leg.id, cause, leg.sip_status)
