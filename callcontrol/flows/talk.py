"""Caller and callee talk until one of them leaves."""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.errors import ChannelGone
from callcontrol.telephony import ChannelEnded, ChannelLeft, HangupRequested, TransferAsked


async def talk(call: Call, leg: Leg) -> None:
    """Join the caller and ``leg`` and wait; returns when the leg left, raises when the caller did.

    Hold, resume and keys pass through the bridge by themselves.
    """
    if not {call.channel, leg.id} <= call.joined:
        try:
            await call.join(leg)
        except ChannelGone:
            return
    while leg.alive:
        match await call.event():
            case (
                ChannelEnded(channel=channel)
                | ChannelLeft(channel=channel)
                | HangupRequested(channel=channel)
            ):
                if channel.id == leg.id:
                    return
            case TransferAsked(channel=channel):
                await _refuse_transfer(call, channel.id)
            case _:
                pass


async def _refuse_transfer(call: Call, channel: str) -> None:
    """Transfers come with a later issue: the phone is told so and the call goes on."""
    try:
        await call.to_caller(call.phones.transfer_progress(channel, "channel_unavailable"))
    except ChannelGone:
        return  # the phone left at once; its end is on the way
