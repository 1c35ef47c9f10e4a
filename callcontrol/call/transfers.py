"""What a transfer does to the call (spec §2.6): whoever asked for it is told how it goes and leaves, whoever came from
another call takes its place.

Whether a transfer may be is decided in ``flows.transfer``.
"""

from __future__ import annotations

import structlog

from callcontrol.call.call import Call
from callcontrol.call.interrupts import PutInPlace
from callcontrol.call.party import Party
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.telephony import HangupCause

log = structlog.get_logger()


async def tell_transfer(call: Call, channel: str, state: str) -> None:
    """Tell a phone how the transfer goes that it asked for; one that has left already needs no word."""
    try:
        await call.phones.transfer_progress(channel, state)
    except (ChannelGone, PhoneSystemRefused) as error:
        log.info("transfer.not_told", call=call.id, state=state, error=str(error))


def leaves(call: Call, by: str, guest: Party) -> None:
    """Whoever has the channel ``by`` has transferred the call; a caller is followed by ``guest``."""
    call.leaving.add(by)
    if call.first is not None and by == call.first.id:
        call.becomes_caller(guest)


async def let_go(call: Call) -> None:
    """End the channels of those who transferred the call."""
    for channel in list(call.leaving):
        await call.phones.hang_up(channel, HangupCause.NORMAL)
        call.leg_ended(channel, HangupCause.NORMAL, None)
        call.bridge.joined.discard(channel)
        call.leaving.discard(channel)
        if channel not in call.legs:
            call.switchboard.disconnect(channel)


async def take_place(call: Call, event: PutInPlace) -> None:
    """Who came from the other call hears what its place heard: the talk, or ringing."""
    guest = call.legs[event.leg]
    try:
        if call.talks and event.by in call.bridge.joined:
            await call.bridge.take_out(event.by)
            await call.to_caller(call.bridge.join(guest))
        else:
            await call.hear_ringing()
    except ChannelGone:
        log.info("transfer.guest_gone", call=call.id)  # its end is on the way
    await let_go(call)
