"""The first word after our answer: it waits for the phone's sound path, or its first syllable is lost (ADR 17)."""

from __future__ import annotations

import asyncio

from callcontrol.call.call import Call
from callcontrol.call.events import pause
from callcontrol.call.party import Party
from callcontrol.errors import ChannelGone, PhoneSystemRefused

SETTLE_SECONDS, LOOK_SECONDS = 0.3, 0.01
DUE_SECONDS, DUE_LOOK_SECONDS = (0.019, 0.023), 0.001
"""A phone that fills a packet of 20 ms (RFC 3551 §4.2) before it sends its first is heard then: one looks often."""
SOON_SECONDS = 0.01
"""One that sends at once is heard then; before that one does not look."""


async def settle(call: Call) -> None:
    """Until sound comes from the caller, whose phone has opened its path then, ``SETTLE_SECONDS`` after the answer at
    the latest. Keys pressed meanwhile are kept. Raises ``CallerHungUp``."""
    loop = asyncio.get_running_loop()
    while (answered := call.unheard_since) is not None:
        gone_by = loop.time() - answered
        if gone_by >= SETTLE_SECONDS or (gone_by >= SOON_SECONDS and await is_heard(call, call.caller)):
            call.unheard_since = None
        else:
            await pause(call, next_look(loop.time() - answered))


def next_look(gone_by: float) -> float:
    """In how many seconds to look again, so long after the answer."""
    due, over = DUE_SECONDS
    if due <= gone_by < over:
        return DUE_LOOK_SECONDS
    until = SOON_SECONDS if gone_by < SOON_SECONDS else due if gone_by < due else SETTLE_SECONDS
    return max(min(until - gone_by, LOOK_SECONDS), DUE_LOOK_SECONDS)


async def is_heard(call: Call, party: Party) -> bool:
    """Whether sound has come from a party yet."""
    try:
        return await call.to_caller(call.phones.sends_sound(party.id))
    except (ChannelGone, PhoneSystemRefused):  # it is hanging up: its end is on the way
        return False
