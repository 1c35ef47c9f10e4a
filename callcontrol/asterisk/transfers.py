"""Telling a phone that sent a REFER how its transfer goes, so that Asterisk 22.10 lives through it.

Asterisk tells us of a REFER an instant before it is ready for what we say of it, and what we say goes to every REFER of
that channel that waits: one that is just being read ends Asterisk (a null pointer in ``refer_ari_progress_framehook``).
So no REFER may come to us while we speak: for that time they are Asterisk's own to refuse (``TRANSFER_CONTEXT``,
pjsip.conf), and we wait until those that were being read before are ready.
"""

from __future__ import annotations

import asyncio

from callcontrol.asterisk.console import Console
from callcontrol.asterisk.resources import Channels

HANDLING = "PJSIP_TRANSFER_HANDLING()"
OURS, ASTERISKS = "ari-only", "core"
READ_SECONDS = 0.1
"""A REFER is read within a millisecond, on a machine that has time for it."""
DECLINED = "channel_declined"


async def tell_progress(channels: Channels, console: Console, channel: str, state: str) -> None:
    """``state`` as of ARI. The channel of a transfer that was declined may ask for another one afterwards. Raises
    ``ChannelGone`` and ``PhoneSystemRefused``."""
    await _handled_by(ASTERISKS, console, channel)
    try:
        await asyncio.sleep(READ_SECONDS)
        await channels.transfer_progress(channel, state)
    finally:
        if state == DECLINED:
            await _handled_by(OURS, console, channel)


async def _handled_by(whom: str, console: Console, channel: str) -> None:
    """By the console: a variable set by ARI waits for the end of what plays there."""
    await console.tell(f"dialplan set chanvar {channel} {HANDLING} {whom}")
