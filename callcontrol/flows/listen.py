"""Listen to a party while it is recorded, and take the call with ``1``: the core of live screening (spec §5).

The devices of a line ring beside the recording. Whoever picks up hears the caller through an *ear*, a channel that
only hears, in a bridge apart: nothing that is said or pressed there reaches the caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.leg import Leg
from callcontrol.call.legs import confirm, drop, start_leg
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part
from callcontrol.errors import ChannelGone
from callcontrol.facts import Device, Line
from callcontrol.flows import ring
from callcontrol.flows.asked_again import asked_again
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    HangupCause,
    KeyPressed,
    PlaybackEnded,
)

TAKE_KEY = "1"
RING_SECONDS = 320.0
"""Longer than any recording: its end is the end of the ring."""


class Listening(Part[Leg]):
    """Comes to the leg that takes the call; without one it goes on until something else ends it."""

    def __init__(self, call: Call, services: CallServices, owner: Line, variables: Mapping[str, str]) -> None:
        self._call, self._services, self._owner, self._variables = call, services, owner, variables
        self._legs: dict[str, Leg] = {}
        self._listener: Leg | None = None

    async def begin(self) -> Leg | None:
        devices = await self._call.contacts(self._owner.number)
        await self._ring(devices)
        await self._ask_again()
        return None

    async def _ring(self, devices: Sequence[Device]) -> None:
        legs = await ring.start(self._call, self._owner.number, devices, self._variables, confirms=True)
        self._legs |= {leg.id: leg for leg in legs}
        for leg in legs:
            if leg.answered and leg.alive:
                await self._picks_up(leg)

    async def _ask_again(self) -> None:
        for _, device in list(asked_again([*self._legs.values()])):
            await self._ring([device])

    async def on(self, event: CallEvent | None) -> Leg | None:
        match event:
            case ChannelEntered(channel=channel) if channel.id in self._legs:
                await start_leg(self._call, self._legs[channel.id], RING_SECONDS)
            case ChannelEntered(channel=channel) if channel.id in self._call.ears.channels:
                if self._listener is not None:
                    await self._call.ears.let_hear(channel.id, self._listener.id)
            case ChannelAnswered(channel=channel) if channel.id in self._legs:
                await self._picks_up(self._legs[channel.id])
            case KeyPressed(channel=channel, digit=digit) if (
                self._listener and channel.id == self._listener.id
            ):
                self._listener.keys.clear()
                if digit == TAKE_KEY:
                    return await self._takes(self._listener)
            case PlaybackEnded(channel=channel_id) if channel_id in self._legs:
                await drop(self._call, [self._legs[channel_id]], HangupCause.NORMAL)
            case ChannelEnded(channel=channel) if self._listener and channel.id == self._listener.id:
                self._listener = None
                await self._call.ears.stop()
            case ChannelEnded(channel=channel) if channel.id in self._legs:
                await self._ask_again()
            case _:
                pass
        return None

    async def end(self) -> None:
        await drop(self._call, self._legs.values(), HangupCause.NORMAL)
        await self._call.ears.stop()

    async def _picks_up(self, leg: Leg) -> None:
        """The first one listens; a second one hears that it is taken."""
        call = self._call
        if self._listener is not None:
            taken = self._services.prompts.media("listening-taken", self._owner.language)
            with suppress(ChannelGone):  # it left at once; its end is on the way
                await call.bridge.release(leg)
                await leg.start_playing(call.new_id("play"), [taken])
            return
        self._listener = leg
        ear, bridge = call.new_id("ear"), f"{call.new_id('side')}-bridge"
        await call.to_caller(call.ears.add(ear, call.channel, bridge))

    async def _takes(self, leg: Leg) -> Leg:
        """It has the call: all others are told so."""
        confirm(self._call, leg)
        others = [other for other in self._legs.values() if other is not leg]
        await asyncio.gather(self._call.ears.stop(), drop(self._call, others, HangupCause.ANSWERED_ELSEWHERE))
        return leg
