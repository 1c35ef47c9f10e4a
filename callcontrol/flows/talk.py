"""Caller and callee talk until one of them leaves."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.leg import Leg
from callcontrol.call.together import Part, alone
from callcontrol.errors import ChannelGone
from callcontrol.telephony import ChannelEnded, ChannelLeft, HangupRequested, TransferAsked


@dataclass(frozen=True, slots=True)
class LegLeft:
    """The callee hung up."""


class Talking(Part[LegLeft]):
    """Caller and ``leg`` in the call's bridge. Hold, resume and keys pass through it by themselves."""

    def __init__(self, call: Call, leg: Leg) -> None:
        self._call, self._leg = call, leg

    async def begin(self) -> LegLeft | None:
        if not {self._call.channel, self._leg.id} <= self._call.joined:
            try:
                await self._call.join(self._leg)
            except ChannelGone:
                return LegLeft()
        return None if self._leg.alive else LegLeft()

    async def on(self, event: CallEvent | None) -> LegLeft | None:
        match event:
            case (
                ChannelEnded(channel=channel)
                | ChannelLeft(channel=channel)
                | HangupRequested(channel=channel)
            ) if channel.id == self._leg.id:
                return LegLeft()
            case TransferAsked(channel=channel):
                await self._refuse_transfer(channel.id)
            case _:
                pass
        return None if self._leg.alive else LegLeft()

    async def end(self) -> None:
        """Whoever ends a talk says what becomes of the leg."""

    async def _refuse_transfer(self, channel: str) -> None:
        """Transfers come with a later issue: the phone is told so and the call goes on."""
        try:
            await self._call.to_caller(self._call.phones.transfer_progress(channel, "channel_unavailable"))
        except ChannelGone:
            return  # the phone left at once; its end is on the way


async def talk(call: Call, leg: Leg) -> None:
    """Join the caller and ``leg`` and wait; returns when the leg left, raises ``CallerHungUp`` when the caller did."""
    await alone(call, Talking(call, leg))
