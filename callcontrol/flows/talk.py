"""Caller and callee talk until one of them leaves, no minute is left to pay for it, or one of them is transferred."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.interrupts import PutInPlace
from callcontrol.call.leg import Leg
from callcontrol.call.legs import drop
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part, together
from callcontrol.errors import ChannelGone
from callcontrol.flows import costly, transfer
from callcontrol.flows.display import show_each_other
from callcontrol.telephony import (
    ChannelEnded,
    ChannelLeft,
    HangupCause,
    HangupRequested,
    HoldChanged,
    TransferAsked,
)


class TalkEnd(StrEnum):
    """How a talk ended."""

    LEFT = "left"
    """The callee hung up."""
    SPENT = "spent"
    """The line that pays has no minute left: the callee is gone, the caller still there."""
    TRANSFERRED = "transferred"
    """The call goes on otherwise, or in another call (``flows.transfer``)."""


class LegLeft:
    """The callee hung up."""


Happened = LegLeft | TransferAsked | PutInPlace | HoldChanged


class Talking(Part[Happened]):
    """Caller and ``leg`` in the call's bridge. Hold, resume and keys pass through it by themselves."""

    def __init__(self, call: Call, services: CallServices, leg: Leg) -> None:
        self._call, self._services, self._leg = call, services, leg

    async def begin(self) -> Happened | None:
        if not {self._call.channel, self._leg.id} <= self._call.bridge.joined:
            try:
                await self._call.join(self._leg)
            except ChannelGone:
                return LegLeft()
        await show_each_other(self._call, self._services, self._leg)
        return None if self._leg.alive else LegLeft()

    async def on(self, event: CallEvent | None) -> Happened | None:
        match event:
            case (
                ChannelEnded(channel=channel)
                | ChannelLeft(channel=channel)
                | HangupRequested(channel=channel)
            ) if channel.id == self._leg.id:
                return LegLeft()
            case TransferAsked() | PutInPlace():
                return event
            case HoldChanged(held=False):
                return event
            case _:
                return None if self._leg.alive else LegLeft()

    async def end(self) -> None:
        """Whoever ends a talk says what becomes of the leg."""


async def talk(call: Call, services: CallServices, leg: Leg) -> TalkEnd:
    """Join the caller and ``leg`` and wait for the end of it. Raises ``CallerHungUp`` when the caller leaves."""
    refused: transfer.Refusal | None = None
    """What a phone has yet to hear that had put the other on hold."""
    while True:
        watching = costly.watch(call, services)
        call.talks = True
        try:
            _, happened = await together(call, Talking(call, services, leg), *watching)
        finally:
            call.talks = False
        match happened:
            case costly.Spent(line=line):
                costly.ring(services, line)
                await drop(call, [leg], HangupCause.NORMAL)
                await call.bridge.leave(call.channel)
                return TalkEnd.SPENT
            case LegLeft():
                return TalkEnd.LEFT
            case PutInPlace(by=by, leg=guest):
                leg = call.legs[guest] if by == leg.id else leg
            case HoldChanged(channel=channel):
                if refused is not None and refused.by == channel.id:
                    await transfer.say(call, services, refused)
                    refused = None
            case TransferAsked():
                refused = await transfer.transfer(call, services, leg, happened)
                if refused is None:
                    return TalkEnd.TRANSFERRED
                if not refused.held:
                    await transfer.say(call, services, refused)
                    refused = None
            case _:
                assert_never(happened)
