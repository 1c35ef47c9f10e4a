"""How a call ends that cannot just end: something of ours broke, its phones are told why, Asterisk does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.flows import announce
from callcontrol.ports import PhoneSystem
from callcontrol.routes import FromTrunk
from callcontrol.sip.reasons import told_to_legs
from callcontrol.telephony import HangupCause

log = structlog.get_logger()

CLOSE_SECONDS = 1.0
"""Between two tries to end what Asterisk was too busy to end."""


async def apologise(call: Call, services: CallServices, language: str) -> None:
    """Something of ours is broken: the caller hears so instead of silence. Whatever fails here too, the
    call is still ended and recorded."""
    try:
        if call.first is None or call.given_away:
            return
        await call.drop([leg for leg in call.legs.values() if leg is not call.first], HangupCause.NORMAL)
        await call.leave_bridge()
        await announce.announce(call, services, "service-unavailable", language)
    except Exception as error:
        log.warning("call.no_apology", call=call.id, error=repr(error))


def told_why(call: Call, services: CallServices) -> HangupCause:
    """Why the caller left, for the phones that still ring (RFC 3326)."""
    by = call.journal.story.by
    trunk = services.trunks.named(by.trunk) if isinstance(by, FromTrunk) else None
    return told_to_legs(
        call.caller_cause,
        answered=call.first is None or call.first.answered,
        tells_elsewhere=trunk is None or trunk.cancels_elsewhere,
    )


async def close_later(phones: PhoneSystem, channels: Sequence[str], bridge: str | None) -> None:
    """Asterisk did not answer when a call ended: as soon as it does, nobody is left in silence there."""
    while True:
        await asyncio.sleep(CLOSE_SECONDS)
        try:
            for channel in channels:
                await phones.hang_up(channel, HangupCause.NORMAL)
            if bridge is not None:
                await phones.destroy_bridge(bridge)
        except (PhoneSystemDown, PhoneSystemRefused) as error:
            log.warning("call.close.waits", channels=channels, error=str(error))
        else:
            return
