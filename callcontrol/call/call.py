"""``Call``: the one object that flows talk to. Phone verbs in, typed results out.

A call is the caller's channel and the legs made for it. Its events come through one inbox in order; every
await of a flow goes through a verb of the call, and the caller's hangup is **one** exception,
``CallerHungUp``, from any of them. A callee's hangup is data. A call never decides anything.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from callcontrol.call.inbox import ChannelRouter, Inbox
from callcontrol.call.leg import Leg, leg_result
from callcontrol.errors import CallerHungUp, ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Device
from callcontrol.journal import entries
from callcontrol.journal.files import CallJournal
from callcontrol.ports import Clock, PhoneSystem
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEvent,
    ChannelLeft,
    ChannelRinging,
    HangupCause,
    HangupRequested,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
)

log = structlog.get_logger()
T = TypeVar("T")

RING_GRACE_SECONDS = 3
"""How much longer than our own timer Asterisk lets a leg ring, so that ours is the one that decides."""


@dataclass(slots=True)
class Call:
    """One call. Made by ``LiveCalls`` alone; closed by it alone."""

    id: str
    channel: str
    phones: PhoneSystem
    switchboard: ChannelRouter
    journal: CallJournal
    clock: Clock
    answered: bool = False
    legs: dict[str, Leg] = field(default_factory=dict)
    begun: list[Leg] = field(default_factory=list)
    """Legs of the step under way that an earlier process made: ``add_leg`` goes on with them."""
    joined: set[str] = field(default_factory=set)
    """Channels in the bridge: the caller's and its legs'."""
    keys: deque[str] = field(default_factory=deque)
    """Keys pressed by the caller and not yet asked for."""
    bridge: str | None = None
    caller_gone: bool = False
    inbox: Inbox = field(default_factory=Inbox)
    playing: str | None = None
    recording: str | None = None
    taken: set[str] = field(default_factory=set)
    """Of ``playing`` and ``recording`` what Asterisk has said yes to."""
    _ringing: bool = False
    _counter: int = 0

    # --- events ---------------------------------------------------------------------------------------

    async def event(self, deadline: float | None = None) -> ChannelEvent | None:
        """The next event, after its bookkeeping; None at ``deadline`` (loop time, seconds).

        Raises ``CallerHungUp`` when it is the caller's hangup.
        """
        event = await self.inbox.get(deadline)
        if event is not None:
            self._note(event)
        return event

    def _note(self, event: ChannelEvent) -> None:
        match event:
            case HangupRequested(channel=channel) | ChannelLeft(channel=channel) if (
                channel.id == self.channel
            ):
                raise self.hung_up()
            case ChannelEnded(channel=channel):
                if channel.id == self.channel:
                    raise self.hung_up()
                self._leg_ended(channel.id, event.cause, event.sip_status)
            case ChannelAnswered(channel=channel) if (leg := self.legs.get(channel.id)) and not leg.answered:
                leg.answered = True
                self.tell(entries.LegAnswered(self.clock.now(), leg.id))
            case ChannelRinging(channel=channel) if leg := self.legs.get(channel.id):
                leg.rang = True
            case KeyPressed(channel=channel) if channel.id == self.channel:
                self.keys.append(event.digit)
            case PlaybackEnded(playback=playback) if playback == self.playing:
                self.playing = None
            case RecordingEnded(name=name) if name == self.recording:
                self.recording = None
            case _:
                pass

    def hung_up(self) -> CallerHungUp:
        """Note that the caller left, and give the exception to raise."""
        self.caller_gone = True
        return CallerHungUp(self.id)

    def _leg_ended(self, leg_id: str, cause: int | None, sip_status: int | None) -> None:
        leg = self.legs.get(leg_id)
        if leg is None or leg.ended:
            return
        leg.ended, leg.cause, leg.sip_status = True, cause, sip_status
        self.joined.discard(leg_id)
        self.switchboard.disconnect(leg_id)
        self.tell(entries.LegEnded(self.clock.now(), leg_id, leg_result(leg), sip_status))

    def tell(self, entry: entries.Entry) -> None:
        """Put an entry into the story of this call."""
        self.journal.write(entry)

    async def to_caller(self, command: Awaitable[T]) -> T:
        """Carry out a command on the caller's channel; its absence is ``CallerHungUp``."""
        try:
            return await command
        except ChannelGone as gone:
            if gone.channel == self.channel:
                raise self.hung_up() from gone
            raise

    # --- verbs on the caller ----------------------------------------------------------------------------

    async def pause(self, seconds: float) -> None:
        """Let ``seconds`` go by; keys pressed meanwhile are kept."""
        deadline = asyncio.get_running_loop().time() + seconds
        while await self.event(deadline) is not None:
            pass

    async def answer(self) -> None:
        """Answer the caller, once."""
        if not self.answered:
            self.answered = True
            self.tell(entries.CallerAnswered(self.clock.now()))
            try:
                await self.to_caller(self.phones.answer(self.channel))
            except (
                PhoneSystemRefused
            ) as error:  # it is hanging up: its end is on the way, and ``close`` sees to it
                log.info("call.not_answered", call=self.id, error=str(error))
                raise CallerHungUp(self.id) from error

    async def ring(self) -> None:
        """Let the caller hear ringing (180), once; an answered caller hears nothing more of it."""
        if not (self.answered or self._ringing):
            self._ringing = True
            await self.to_caller(self.phones.ring(self.channel))

    async def play(self, media: Sequence[str], *, until_key: bool = False) -> str | None:
        """Play to the caller, as early media when unanswered, to the end or (``until_key``) to the first key.

        Gives that key, which stays in ``keys`` for the verb that asks for it.
        """
        playback = self._new_id("play")
        self.playing = playback
        await self.to_caller(self.phones.play(self.channel, playback, media))
        self.taken.add(playback)
        while self.playing == playback:
            event = await self.event()
            if until_key and isinstance(event, KeyPressed) and event.channel.id == self.channel:
                self.playing = None
                await self.phones.stop_playback(playback)
                return event.digit
        return None

    async def start_recording(
        self, name: str, *, max_seconds: int, max_silence: int, terminate_on: str
    ) -> None:
        """Record the caller; ``recording`` is set until its end is told."""
        self.recording = name
        await self.to_caller(
            self.phones.record(
                self.channel,
                name,
                max_seconds=max_seconds,
                max_silence=max_silence,
                terminate_on=terminate_on,
                beep=False,
            )
        )
        self.taken.add(name)

    async def contacts(self, line: str) -> tuple[Device, ...]:
        """The reachable devices of a line, now."""
        return await self.to_caller(self.phones.contacts(self.channel, line))

    # --- verbs on legs ------------------------------------------------------------------------------------

    async def add_leg(
        self,
        endpoint: str,
        *,
        target: str,
        line: str | None,
        variables: Mapping[str, str],
    ) -> Leg:
        """Create a leg to ``endpoint``; ``start_leg`` dials it once it has entered.

        One that an earlier process made for the same target in this step is that leg, in whatever state.
        """
        before = next((leg for leg in self.begun if (leg.target, leg.line) == (target, line)), None)
        if before is not None:
            self.begun.remove(before)
            return before
        leg = Leg(self._new_id("leg"), target, line)
        self.legs[leg.id] = leg
        self.switchboard.connect(leg.id, self.inbox)
        self.tell(entries.LegStarted(self.clock.now(), leg.id, target, line))
        try:
            await self.phones.create_leg(leg.id, endpoint, originator=self.channel, variables=variables)
            leg.made = True
        except PhoneSystemRefused as error:  # no such contact any more, or no trunk
            log.info("leg.not_made", leg=leg.id, error=str(error))
            self._leg_ended(leg.id, HangupCause.FAILURE, None)
        return leg

    async def start_leg(self, leg: Leg, seconds: float) -> None:
        """Dial a leg that has entered, for at most ``seconds`` (and a little, see RING_GRACE_SECONDS)."""
        try:
            await self.phones.dial(leg.id, timeout=int(seconds) + RING_GRACE_SECONDS)
        except ChannelGone:
            await self._drop(leg, HangupCause.FAILURE)  # also when it is there but cannot be dialled
        else:
            self.tell(entries.LegDialled(self.clock.now(), leg.id))

    async def drop(self, legs: Iterable[Leg], cause: HangupCause) -> None:
        """End legs; those that are gone already are no error."""
        await asyncio.gather(*(self._drop(leg, cause) for leg in legs if leg.alive))

    async def _drop(self, leg: Leg, cause: HangupCause) -> None:
        await self.phones.hang_up(leg.id, cause)
        self._leg_ended(leg.id, cause, leg.sip_status)

    async def join(self, leg: Leg) -> None:
        """Put the caller and ``leg`` into the call's bridge. Raises ``ChannelGone`` when the leg left."""
        await self.open_bridge()
        assert self.bridge is not None
        self.tell(entries.Bridged(self.clock.now(), self.bridge, leg.id))
        await self.to_caller(self.phones.add_to_bridge(self.bridge, (self.channel, leg.id)))
        self.joined |= {self.channel, leg.id}

    async def open_bridge(self) -> None:
        """Make the call's bridge, once."""
        if self.bridge is None:
            self.bridge = f"{self.id}-bridge"
            await self.phones.create_bridge(self.bridge)

    async def leave_bridge(self) -> None:
        """Take the caller out of the bridge (commands on a bridged channel would wait).

        Before it is destroyed: a playback that comes while Asterisk still empties the bridge would wait for ever.
        """
        if self.bridge is not None:
            await self.phones.remove_from_bridge(self.bridge, self.channel)
            await self.phones.destroy_bridge(self.bridge)
            self.bridge = None
            self.joined.clear()

    # --- the end --------------------------------------------------------------------------------------------

    async def hang_up(self, cause: HangupCause = HangupCause.NORMAL) -> None:
        """End the caller's channel: an unanswered caller gets the SIP status of ``cause``."""
        if not self.caller_gone:
            await self.phones.hang_up(self.channel, cause)
            self.caller_gone = True

    async def close(self) -> list[str]:
        """Leave nothing behind: no channel, bridge, or route. Safe to call whatever happened before.

        Gives the channels that may be left, because Asterisk did not answer.
        """
        legs = [leg for leg in self.legs.values() if leg.alive]
        drops = (self._drop(leg, HangupCause.NORMAL) for leg in legs)
        for result in await asyncio.gather(
            *drops, self.hang_up(), self.leave_bridge(), return_exceptions=True
        ):
            if isinstance(result, (PhoneSystemDown, PhoneSystemRefused)):
                log.warning("call.close.refused", call=self.id, error=str(result))
            elif isinstance(result, BaseException):
                raise result
        left = [leg.id for leg in legs if leg.alive] + ([] if self.caller_gone else [self.channel])
        for leg in legs:
            self._leg_ended(leg.id, HangupCause.NORMAL, None)
        self.switchboard.disconnect(self.channel)
        for leg_id in self.legs:
            self.switchboard.disconnect(leg_id)
        return left

    def continue_numbering(self, after: int) -> None:
        """Ids made from now on differ from those of the process that began the call."""
        self._counter = after

    def _new_id(self, kind: str) -> str:
        self._counter += 1
        return f"{self.id}-{kind}{self._counter}"
