"""The first word after our answer: it waits for the phone's sound path, or its first syllable is lost (ADR 17)."""

from __future__ import annotations

import asyncio

from callcontrol.call.call import Call
from callcontrol.call.events import pause
from callcontrol.call.party import Party
from callcontrol.errors import ChannelGone, PhoneSystemRefused

SETTLE_SECONDS, LOOK_SECONDS = 0.3, 0.005
SOON_SECONDS, SOON_LOOK_SECONDS = 0.04, 0.001
"""A phone's first packet is due within 20 ms of our answer and its way: one looks more often so long."""


async def settle(call: Call) -> None:
    """Until sound comes from the caller, whose phone has opened its path then, for ``SETTLE_SECONDS`` at most. Keys
    pressed meanwhile are kept. Raises ``CallerHungUp``."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while call.unheard:
        gone_by = loop.time() - since
        call.unheard = gone_by < SETTLE_SECONDS and not await is_heard(call, call.caller)
        if call.unheard:
            await pause(call, SOON_LOOK_SECONDS if gone_by < SOON_SECONDS else LOOK_SECONDS)


async def is_heard(call: Call, party: Party) -> bool:
    """Whether sound has come from a party yet."""
    try:
        return await call.to_caller(call.phones.sends_sound(party.id))
    except (ChannelGone, PhoneSystemRefused):  # it is hanging up: its end is on the way
        return False
