"""How a call ends: nothing is left behind, also where something of ours broke or Asterisk does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import structlog

from callcontrol.call.call import Call
from callcontrol.call.legs import drop, end_leg
from callcontrol.call.services import CallServices
from callcontrol.call.together import in_seconds
from callcontrol.call.transfers import let_go
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.flows import announce
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.routes import FromTrunk
from callcontrol.sip.reasons import told_to_legs
from callcontrol.telephony import HangupCause, HangupRequested

log = structlog.get_logger()

CLOSE_SECONDS = 1.0
"""Between two tries to end what Asterisk was too busy to end."""
WHY_SECONDS = 0.1


async def apologise(call: Call, services: CallServices, language: str) -> None:
    """Something of ours is broken: the caller hears so instead of silence. Whatever fails here too, the
    call is still ended and recorded."""
    try:
        if call.first is None or call.given_away:
            return
        await drop(call, [leg for leg in call.legs.values() if leg is not call.first], HangupCause.NORMAL)
        await call.bridge.leave(call.channel)
        await announce.announce(call, services, "service-unavailable", language)
    except Exception as error:
        log.warning("call.no_apology", call=call.id, error=repr(error))


async def told_why(call: Call, services: CallServices) -> HangupCause:
    """Why the caller left, for the phones that still ring (RFC 3326).

    The answer to a command may tell that it left before the event does that knows why: it is waited for, a moment.
    """
    deadline = in_seconds(WHY_SECONDS)
    answered = call.first is None or call.first.answered
    rings = not answered and any(leg.alive for leg in call.legs.values())
    while rings and call.caller_gone and call.caller_cause is None:
        event = await call.inbox.get(deadline)
        if event is None:
            break
        if isinstance(event, HangupRequested) and event.channel.id == call.channel:
            call.caller_cause = event.cause
    by = call.journal.story.by
    trunk = services.trunks.named(by.trunk) if isinstance(by, FromTrunk) else None
    return told_to_legs(
        call.caller_cause,
        answered=answered,
        tells_elsewhere=trunk is None or trunk.cancels_elsewhere,
    )


async def close(call: Call, cause: HangupCause) -> list[str]:
    """Leave nothing behind: no channel, bridge, or route. Safe to call whatever happened before. ``cause`` is what
    the legs are told.

    Gives the channels that may be left, because Asterisk did not answer.
    """
    legs = [leg for leg in call.legs.values() if leg.alive and leg is not call.first]
    alone = None if call.first is None else call.channel
    ends = (end_leg(call, leg, cause) for leg in legs)
    others = (call.hang_up(), call.bridge.leave(alone), call.ears.stop(), let_go(call))
    for result in await asyncio.gather(*ends, *others, return_exceptions=True):
        if isinstance(result, (PhoneSystemDown, PhoneSystemRefused)):
            log.warning("call.close.refused", call=call.id, error=str(result))
        elif isinstance(result, BaseException):
            raise result
    remaining = [leg.id for leg in legs if leg.alive] + [*call.ears.channels, *call.leaving]
    if not (call.caller_gone or call.given_away or call.first is None):
        remaining.append(call.channel)
    for leg in call.legs.values():
        if not (call.given_away and leg is call.first):
            call.leg_ended(leg.id, HangupCause.NORMAL, None)
    if call.first is not None and not call.given_away:
        call.switchboard.disconnect(call.channel)
    return remaining


async def close_later(phones: PhoneSystem, channels: Sequence[str], bridges: Collection[str]) -> None:
    """Asterisk did not answer when a call ended: as soon as it does, nobody is left in silence there."""
    while True:
        await asyncio.sleep(CLOSE_SECONDS)
        try:
            for channel in channels:
                await phones.hang_up(channel, HangupCause.NORMAL)
            for bridge in bridges:
                await phones.destroy_bridge(bridge)
        except (PhoneSystemDown, PhoneSystemRefused) as error:
            log.warning("call.close.waits", channels=channels, error=str(error))
        else:
            return
