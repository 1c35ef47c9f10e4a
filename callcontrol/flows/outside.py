"""Call a number outside through the trunk: an outgoing call or a forward.

The leg is put into the caller's bridge before it is dialled, so that the caller hears the network's own
ringing and announcements (early media).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.config.load import TrunkConfig
from callcontrol.errors import ChannelGone
from callcontrol.routing.steps import Busy, NoAnswer, Unreachable
from callcontrol.telephony import ChannelAnswered, ChannelEnded, ChannelEntered, ChannelRinging, HangupCause

OutsideResult = Leg | NoAnswer | Busy | Unreachable

BUSY = frozenset({486, 600, 603})
NO_ANSWER = frozenset({408, 480, 487})


Dress = Callable[[TrunkConfig], Mapping[str, str]]
"""The channel variables of a leg, for the trunk that it goes through."""


async def through_trunks(
    call: Call, trunks: Sequence[TrunkConfig], number: str, dress: Dress, seconds: float
) -> OutsideResult:
    """Call ``number`` through the first trunk that reaches it, in their order; each may ring ``seconds``."""
    result: OutsideResult = Unreachable()
    for trunk in trunks:
        leg = await start(call, trunk, number, dress(trunk))
        result = await reach(call, leg, seconds)
        if not isinstance(result, Unreachable):
            break
    return result


async def start(call: Call, trunk: TrunkConfig, number: str, variables: Mapping[str, str]) -> Leg:
    """Make the leg to a canonical ``number``."""
    dialled = numbers.national(number)
    leg = await call.add_leg(f"PJSIP/{dialled}@{trunk.name}", target=number, line=None, variables=variables)
    await call.open_bridge()
    return leg


async def reach(call: Call, leg: Leg, seconds: float) -> OutsideResult:
    """Wait until the far end answers; the caller is answered and in the bridge then."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not leg.answered:
        if leg.ended:
            return outcome(leg)
        match await call.event(deadline):
            case None:
                await call.drop([leg], HangupCause.NO_ANSWER)
                return NoAnswer()
            case ChannelEntered(channel=channel) if channel.id == leg.id:
                await _join_and_dial(call, leg, seconds)
            case ChannelRinging(channel=channel) if channel.id == leg.id:
                await call.ring()
            case ChannelAnswered() | ChannelEnded() | _:
                pass
    await call.answer()
    return leg


async def _join_and_dial(call: Call, leg: Leg, seconds: float) -> None:
    try:
        await call.join(leg)
    except ChannelGone:
        return  # its ChannelEnded is on the way
    await call.start_leg(leg, seconds)


def outcome(leg: Leg) -> NoAnswer | Busy | Unreachable:
    """What an outside leg that ended unanswered came to (spec §3, outside targets)."""
    if leg.sip_status in BUSY or leg.cause == HangupCause.BUSY:
        return Busy()
    if leg.sip_status in NO_ANSWER and leg.rang:
        return NoAnswer()
    return Unreachable()
