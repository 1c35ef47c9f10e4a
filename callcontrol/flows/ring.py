"""Ring several devices together until one answers (spec §3 row 9 and "What devices say").

Each device is a leg of its own (Asterisk would ring the first contact alone). Losers are cancelled as
"answered elsewhere", so that their phones show no missed call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.routing.steps import Busy, NoAnswer, Redirected, Unreachable
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelEvent,
    ChannelRinging,
    DialRedirected,
    HangupCause,
)

RingResult = Leg | NoAnswer | Busy | Unreachable | Redirected

REFUSED = frozenset({480, 486})
REFUSED_FOR_ALL = frozenset({600, 603})
REDIRECTED = range(300, 400)
MOST_TRIES = 4
"""How often a device is asked whose redirect is not understood."""


async def start(call: Call, line: str, contacts: Sequence[str], variables: Mapping[str, str]) -> list[Leg]:
    """Make a leg to each contact of ``line``; ``ring`` dials each as it enters."""
    return list(
        await asyncio.gather(
            *(
                call.add_leg(f"PJSIP/{line}/{contact}", target=contact, line=line, variables=variables)
                for contact in contacts
            )
        )
    )


async def ring(
    call: Call, started: Sequence[Leg], seconds: float, variables: Mapping[str, str]
) -> RingResult:
    """Ring the legs that were ``started`` for at most ``seconds``; the leg that answered, or why none did.

    Legs that an earlier process started are waited for alike. A device that is asked again is given
    ``variables``, as at first.
    """
    legs = list(started)
    deadline = asyncio.get_running_loop().time() + seconds
    result: RingResult | None = next((leg for leg in legs if leg.answered and leg.alive), None)
    while result is None:
        for leg in [leg for leg in legs if _lost_its_target(leg, legs)]:
            legs += await start(call, leg.line or "", [leg.target], variables)
        if all(leg.ended for leg in legs):
            result = verdict(legs)
            if isinstance(result, Unreachable) and asyncio.get_running_loop().time() >= deadline:
                result = NoAnswer()  # the time ran out while no app looked; how each leg ended is not known
            break
        event = await call.event(deadline)
        if event is None:
            result = NoAnswer()
        else:
            result = await _on(event, call, {leg.id: leg for leg in legs}, seconds)
    cause = HangupCause.ANSWERED_ELSEWHERE if isinstance(result, Leg) else HangupCause.NO_ANSWER
    losers = [leg for leg in legs if leg is not result]
    if isinstance(result, Leg):
        await asyncio.gather(call.answer(), call.drop(losers, cause))
    else:
        await call.drop(losers, cause)
    return result


def _lost_its_target(leg: Leg, legs: Sequence[Leg]) -> bool:
    """Redirected without a word of where to: Asterisk sometimes loses the target of a 302 that comes within some
    milliseconds (seen: no Dial event names it). The device is asked again."""
    if not leg.ended or leg.sip_status not in REDIRECTED:
        return False
    of_device = [other for other in legs if other.target == leg.target]
    return leg is of_device[-1] and len(of_device) < MOST_TRIES


async def _on(event: ChannelEvent, call: Call, legs: Mapping[str, Leg], seconds: float) -> RingResult | None:
    """What one event makes of the ring; None when it goes on."""
    match event:
        case ChannelEntered(channel=channel) if channel.id in legs:
            await call.start_leg(legs[channel.id], seconds)
        case ChannelRinging(channel=channel) if channel.id in legs:
            await _together(call.ring(), call.open_bridge())  # while it rings nobody waits for the bridge
        case ChannelAnswered(channel=channel) if channel.id in legs:
            return legs[channel.id]
        case DialRedirected(channel=channel, target=target) if channel.id in legs:
            legs[channel.id].sip_status = 302  # its end says no more of it once we have ended it ourselves
            return Redirected(target)
        case ChannelEnded(sip_status=status, channel=channel) if (
            channel.id in legs and status in REFUSED_FOR_ALL
        ):
            return Busy(declined=True)
        case _:
            pass
    return None


async def _together(*commands: Awaitable[None]) -> None:
    """Carry out commands in parallel; all have ended before the first failure is raised."""
    for result in await asyncio.gather(*commands, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def verdict(legs: Sequence[Leg]) -> NoAnswer | Busy | Unreachable:
    """What a ring came to in which every leg ended by itself (spec §3)."""
    if any(_not_answered(leg) for leg in legs):
        return NoAnswer()
    if any(leg.sip_status in REFUSED or leg.sip_status in REFUSED_FOR_ALL for leg in legs):
        return Busy()
    return Unreachable()


def _not_answered(leg: Leg) -> bool:
    """It rang and ended with 408, 480 or no word: nobody took it. (486, and 480 before any ringing, are refusals.)"""
    return leg.rang and leg.sip_status in (408, 480, None)
