"""``Call``: the one object that flows talk to: its parties, its bridge, its events, its story.

A call is its caller's channel and the legs made for it. Its events come through one inbox in order; every await of a
flow goes through the call, and the caller's hangup is **one** exception, ``CallerHungUp``, from any of them. A
callee's hangup is data. A call that we make has no caller until its first party answers. A call never decides
anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from callcontrol.call.inbox import CallEvent, ChannelRouter, Inbox
from callcontrol.call.interrupts import EndAsked, PutInPlace
from callcontrol.call.leg import Leg, leg_result
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.party import Party
from callcontrol.errors import CallerHungUp, ChannelGone, CommandLost, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Device
from callcontrol.journal import entries
from callcontrol.journal.files import CallJournal
from callcontrol.ports import Clock, PhoneSystem
from callcontrol.sip.leg_identity import one_hop_less
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelLeft,
    ChannelProgressing,
    ChannelRinging,
    HangupCause,
    HangupRequested,
    HoldChanged,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    TransferAsked,
)

log = structlog.get_logger()
T = TypeVar("T")

SETTLE_SECONDS, LOOK_SECONDS = 0.3, 0.005
SOON_SECONDS, SOON_LOOK_SECONDS = 0.04, 0.001
"""A phone's first packet is due within 20 ms of our answer and its way: one looks more often so long."""
RINGING = "tone:ring;tonezone=fr"
"""Ringing as media, for who has been answered."""
RING_GRACE_SECONDS = 3
"""How much longer than our own timer Asterisk lets a leg ring, so that ours is the one that decides."""


@dataclass(slots=True)
class Call:
    """One call. Made by ``LiveCalls`` alone; closed by it alone."""

    id: str
    phones: PhoneSystem
    switchboard: ChannelRouter
    journal: CallJournal
    clock: Clock
    occupancy: Occupancy
    first: Party | None = None
    """The caller, or whoever we called first; None until that one has answered."""
    legs: dict[str, Leg] = field(default_factory=dict)
    begun: list[Leg] = field(default_factory=list)
    """Legs of the step under way that an earlier process made: ``add_leg`` goes on with them."""
    joined: set[str] = field(default_factory=set)
    """Channels in the bridge: the caller's and its legs'."""
    bridge: str | None = None
    ears: set[str] = field(default_factory=set)
    """Channels that listen to a party (``flows.listen``)."""
    side_bridge: str | None = None
    """Where a leg listens, apart from the caller."""
    caller_gone: bool = False
    caller_cause: int | None = None
    """Q.850: why the caller left, as its network says it."""
    given_away: bool = False
    """The caller's channel belongs to another call now: nothing is done to it here."""
    unheard: bool = False
    """It was answered, and nobody knows yet whether its phone's sound path is open."""
    leaving: set[str] = field(default_factory=set)
    """Channels of who transferred the call and has left it: they are yet to be ended."""
    talks: bool = False
    """Two talk, and whoever of them is a phone of ours may transfer the other (``flows.talk``)."""
    inbox: Inbox = field(default_factory=Inbox)
    told: Callable[[], object] = int
    """Called after each entry of its story."""
    _counter: int = 0

    @property
    def caller(self) -> Party:
        """The caller; of a call that we make, its first party once it has answered."""
        assert self.first is not None, "nobody has answered a call that we make"
        return self.first

    @property
    def channel(self) -> str:
        """The caller's channel."""
        return self.caller.id

    @property
    def parties(self) -> list[Party]:
        """Everybody in it: the caller, unless given away, and the legs."""
        caller = [] if self.first is None or self.given_away else [self.first]
        return [*caller, *(leg for leg in self.legs.values() if leg is not self.first)]

    @property
    def channels(self) -> set[str]:
        """Every channel that belongs to it."""
        return {party.id for party in self.parties} | self.ears | self.leaving

    def party(self, channel: str) -> Party | None:
        """Whose channel it is."""
        return self.first if self.first is not None and channel == self.first.id else self.legs.get(channel)

    # --- events ---------------------------------------------------------------------------------------

    async def event(self, deadline: float | None = None) -> CallEvent | None:
        """The next event, after its bookkeeping; None at ``deadline`` (loop time, seconds).

        Raises ``CallerHungUp`` when it is the caller's hangup, or when the end of the call is asked for.
        """
        event = await self.inbox.get(deadline)
        if event is not None:
            self._note(event)
        match event:
            case TransferAsked(channel=channel) if not self.talks:
                await self.tell_transfer(channel.id, "channel_declined")
            case PutInPlace():
                await self._take_place(event)
            case _:
                pass
        return event

    def _note(self, event: CallEvent) -> None:
        match event:
            case EndAsked():
                raise CallerHungUp(self.id)  # ``close`` hangs everybody up
            case (
                HangupRequested(channel=channel)
                | ChannelLeft(channel=channel)
                | ChannelEnded(channel=channel)
            ) if self.first is not None and channel.id == self.first.id:
                if isinstance(event, HangupRequested):
                    self.caller_cause = event.cause
                raise self.hung_up()
            case ChannelEnded(channel=channel):
                if (leg := self.legs.get(channel.id)) and not leg.inbound and leg.alive:
                    leg.lost = leg.id not in self.journal.story.dialled_legs
                self._leg_ended(channel.id, event.cause, event.sip_status)
            case ChannelLeft(channel=channel) if (leg := self.legs.get(channel.id)) and leg.inbound:
                self._leg_ended(leg.id, HangupCause.NORMAL, None)  # nobody tells of its ChannelDestroyed
            case ChannelAnswered(channel=channel) if leg := self.legs.get(channel.id):
                self._leg_answered(leg)
            case ChannelRinging(channel=channel) | ChannelProgressing(channel=channel) if (
                leg := self.legs.get(channel.id)
            ):
                leg.rang = leg.heard = True
            case PlaybackEnded(channel=channel_id) | RecordingEnded(channel=channel_id):
                if (party := self.party(channel_id)) is not None:
                    party.note(event)
            case KeyPressed(channel=channel) | HoldChanged(channel=channel) if (
                party := self.party(channel.id)
            ) is not None:
                party.note(event)
            case _:
                pass

    def hung_up(self) -> CallerHungUp:
        """Note that the caller left, and give the exception to raise."""
        self.caller_gone = True
        if self.first is not None:
            if self.caller_cause is None:
                self.caller_cause = self.inbox.hangup_cause(self.first.id)
            self._leg_ended(self.first.id, HangupCause.NORMAL, None)
        return CallerHungUp(self.id)

    def _leg_answered(self, leg: Leg) -> None:
        """An answer that crosses our own end of the leg is none: the caller is elsewhere already."""
        if leg.alive and not leg.answered:
            leg.answered = True
            self.tell(entries.LegAnswered(self.clock.now(), leg.id))

    def _leg_ended(self, leg_id: str, cause: int | None, sip_status: int | None) -> None:
        leg = self.legs.get(leg_id)
        if leg is None or leg.ended:
            return
        leg.ended, leg.cause, leg.sip_status = True, cause, sip_status
        self.joined.discard(leg_id)
        self.switchboard.disconnect(leg_id)
        self.tell(entries.LegEnded(self.clock.now(), leg_id, leg_result(leg), sip_status))

    def tell(self, entry: entries.Entry) -> None:
        """Put an entry into the story of this call, and book what it occupies from now on."""
        self.journal.write(entry)
        self.book()
        self.told()

    def book(self) -> None:
        """Hold the places that the story says."""
        self.occupancy.book(self.id, self.journal.story)

    def tell_over(self) -> None:
        """Nobody talks any more. Told when the hangup arrives, while the flow may still wait for Asterisk's
        answer to a command: whoever hung up may call, or be called, at once."""
        if not self.journal.story.over:
            self.tell(entries.Over(self.clock.now()))

    async def to_caller(self, command: Awaitable[T]) -> T:
        """Carry out a command; the absence of the caller's channel is ``CallerHungUp``."""
        try:
            return await command
        except ChannelGone as gone:
            if self.first is not None and gone.channel == self.first.id:
                raise self.hung_up() from gone
            raise

    # --- the caller -------------------------------------------------------------------------------------

    async def pause(self, seconds: float) -> None:
        """Let ``seconds`` go by; keys pressed meanwhile are kept."""
        deadline = asyncio.get_running_loop().time() + seconds
        while await self.event(deadline) is not None:
            pass

    async def settle(self) -> None:
        """Before the first word after our answer: until sound comes from the caller, whose phone has opened its path
        then, for ``SETTLE_SECONDS`` at most, or its first syllable is lost. Keys pressed meanwhile are kept."""
        loop = asyncio.get_running_loop()
        since = loop.time()
        while self.unheard:
            gone_by = loop.time() - since
            self.unheard = gone_by < SETTLE_SECONDS and not await self.is_heard(self.caller)
            if self.unheard:
                await self.pause(SOON_LOOK_SECONDS if gone_by < SOON_SECONDS else LOOK_SECONDS)

    async def is_heard(self, party: Party) -> bool:
        """Whether sound has come from a party yet."""
        try:
            return await self.to_caller(self.phones.sends_sound(party.id))
        except (ChannelGone, PhoneSystemRefused):  # it is hanging up: its end is on the way
            return False

    async def answer(self) -> None:
        """Answer the caller, once. Of a call that we make it has answered before: only its story hears of it now."""
        if self.journal.story.caller_answered_at is None:
            self.tell(entries.CallerAnswered(self.clock.now()))
        if not self.caller.answered:
            self.caller.answered = self.unheard = True
            try:
                await self.to_caller(self.caller.answer())
            except (
                PhoneSystemRefused
            ) as error:  # it is hanging up: its end is on the way, and ``close`` sees to it
                log.info("call.not_answered", call=self.id, error=str(error))
                raise CallerHungUp(self.id) from error

    async def ring(self) -> None:
        """Let the caller hear ringing, once: 180, or as media where it has been answered (a call that we make, a number
        that a code or the menu calls back). Of a call that we make there may be nobody yet."""
        if self.first is None:
            return
        if not self.first.answered:
            await self.to_caller(self.first.ring())
        elif self.first.playing is None and self.channel not in self.joined:
            await self.hear_ringing()

    async def contacts(self, line: str) -> tuple[Device, ...]:
        """The reachable devices of a line, now."""
        return await self.to_caller(self.phones.contacts(self.first.id if self.first else None, line))

    def becomes_caller(self, leg: Leg) -> None:
        """The first party of a call that we made has answered: the same flows serve it as any caller."""
        self.first, self.unheard = leg, True
        self.switchboard.connect(leg.id, self.inbox, self.tell_over)
        self.tell(entries.FirstPartyAnswered(self.clock.now(), leg.id))

    # --- transfers ----------------------------------------------------------------------------------------

    async def tell_transfer(self, channel: str, state: str) -> None:
        """Tell a phone how the transfer goes that it asked for; one that has left already needs no word."""
        try:
            await self.phones.transfer_progress(channel, state)
        except (ChannelGone, PhoneSystemRefused) as error:
            log.info("transfer.not_told", call=self.id, state=state, error=str(error))

    def leaves(self, by: str, guest: str) -> None:
        """Whoever has the channel ``by`` has transferred ``guest``, who is the caller from now on."""
        self.leaving.add(by)
        if self.first is not None and by == self.first.id:
            leg = self.legs[guest]
            self.first = leg
            self.switchboard.connect(by, self.inbox)
            self.switchboard.connect(leg.id, self.inbox, self.tell_over)

    async def let_go(self) -> None:
        """End the channels of those who transferred the call."""
        for channel in list(self.leaving):
            await self.phones.hang_up(channel, HangupCause.NORMAL)
            self._leg_ended(channel, HangupCause.NORMAL, None)
            self.joined.discard(channel)
            self.leaving.discard(channel)
            if channel not in self.legs:
                self.switchboard.disconnect(channel)

    async def _take_place(self, event: PutInPlace) -> None:
        """Who came from the other call hears what its place heard: the talk, or ringing."""
        leg = self.legs[event.leg]
        try:
            if self.talks and event.by in self.joined and self.bridge is not None:
                await self.phones.remove_from_bridge(self.bridge, event.by)
                await self.to_caller(leg.be_quiet())
                await self.to_caller(self.phones.add_to_bridge(self.bridge, (leg.id,)))
                self.joined.add(leg.id)
            else:
                await self.hear_ringing()
        except ChannelGone:
            log.info("transfer.guest_gone", call=self.id)  # its end is on the way
        await self.let_go()

    async def hear_ringing(self, *before: str) -> None:
        """Let a caller that was answered hear the media ``before``, then ringing, until something else is played or
        somebody joins it."""
        playback = self.new_id("play")
        self.tell(entries.MenuPlays(self.clock.now(), playback))
        await self.to_caller(self.caller.start_playing(playback, [*before, RINGING]))

    # --- legs ---------------------------------------------------------------------------------------------

    async def add_leg(
        self,
        endpoint: str,
        *,
        target: str,
        line: str | None,
        variables: Mapping[str, str],
        account: str | None = None,
        confirms: bool = False,
    ) -> Leg:
        """Create a leg to ``endpoint``; ``start_leg`` dials it once it has entered.

        One that an earlier process made for the same target in this step is that leg, in whatever state.
        """
        device = (target, line, account)
        before = next((leg for leg in self.begun if (leg.target, leg.line, leg.account) == device), None)
        if before is not None:
            self.begun.remove(before)
            return before
        leg = Leg(
            id=self.new_id("leg"),
            phones=self.phones,
            target=target,
            line=line,
            account=account,
            confirms=confirms,
        )
        self.own(leg)
        self.tell(entries.LegStarted(self.clock.now(), leg.id, target, line, confirms, account))
        originator = self.first.id if self.first is not None else None
        variables = {**variables, **one_hop_less(self.journal.story.max_forwards)}
        try:
            await self.phones.create_leg(leg.id, endpoint, originator=originator, variables=variables)
            leg.made = True
        except PhoneSystemRefused as error:  # no such contact any more, or no trunk
            log.info("leg.not_made", leg=leg.id, error=str(error))
            self._leg_ended(leg.id, HangupCause.FAILURE, None)
        return leg

    def own(self, leg: Leg) -> None:
        """The events of ``leg`` come here from now on."""
        self.legs[leg.id] = leg
        self.switchboard.connect(leg.id, self.inbox)

    async def start_leg(self, leg: Leg, seconds: float) -> None:
        """Dial a leg that has entered, for at most ``seconds`` (and a little, see RING_GRACE_SECONDS)."""
        try:
            await self.phones.dial(leg.id, timeout=int(seconds) + RING_GRACE_SECONDS)
        except ChannelGone:
            leg.lost = True
            await self._drop(leg, HangupCause.FAILURE)  # also when it is there but cannot be dialled
        except CommandLost as error:
            log.info("leg.lost", leg=leg.id, error=str(error))
            leg.lost = True
            await self._drop(leg, HangupCause.NORMAL)
        else:
            self.tell(entries.LegDialled(self.clock.now(), leg.id))

    async def answer_leg(self, leg: Leg) -> None:
        """Answer a leg that came in by itself (``hand_over``), once; the call is its own then."""
        if not leg.answered:
            await leg.answer()
            leg.answered = True
        if leg.id not in self.journal.story.answered_legs:
            self.tell(entries.LegAnswered(self.clock.now(), leg.id))

    async def last_answer(self, leg: Leg) -> int | None:
        """The SIP status that the far end of a dialled leg said last; None: nothing, or the leg has left."""
        try:
            return await self.to_caller(self.phones.last_answer(leg.id))
        except (ChannelGone, PhoneSystemRefused):
            return None  # its end is on the way

    def confirm(self, leg: Leg) -> None:
        """A leg that had to say that it takes the call has said so."""
        leg.confirmed = True
        self.tell(entries.LegConfirmed(self.clock.now(), leg.id))

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
        missing = [party for party in (self.caller, leg) if party.id not in self.joined]
        for party in missing:
            await self.to_caller(party.be_quiet())
        if missing:
            await self.to_caller(self.phones.add_to_bridge(self.bridge, [party.id for party in missing]))
        self.joined |= {self.channel, leg.id}

    async def step_aside(self, party: Party) -> None:
        """Take one party out of the bridge, to be spoken to; the next ``join`` puts it back."""
        if self.bridge is not None and party.id in self.joined:
            await self.phones.remove_from_bridge(self.bridge, party.id)
            self.joined.discard(party.id)

    async def empty_bridge(self) -> None:
        """Take everybody out of the bridge; the next ``join`` makes it anew."""
        if self.bridge is not None:
            for channel in sorted(self.joined):
                await self.phones.remove_from_bridge(self.bridge, channel)
            self.joined.clear()
            await self.phones.destroy_bridge(self.bridge)
            self.bridge = None

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
            if self.first is not None:
                await self.phones.remove_from_bridge(self.bridge, self.channel)
            await self.phones.destroy_bridge(self.bridge)
            self.bridge = None
            self.joined.clear()

    # --- the end --------------------------------------------------------------------------------------------

    async def hang_up(self, cause: HangupCause = HangupCause.NORMAL) -> None:
        """End the caller's channel: an unanswered caller gets the SIP status of ``cause``."""
        if not (self.caller_gone or self.given_away or self.first is None):
            await self.phones.hang_up(self.channel, cause)
            self.caller_gone = True

    async def close(self, cause: HangupCause = HangupCause.NORMAL) -> list[str]:
        """Leave nothing behind: no channel, bridge, or route. Safe to call whatever happened before. ``cause`` is what
        the legs are told.

        Gives the channels that may be left, because Asterisk did not answer.
        """
        legs = [leg for leg in self.legs.values() if leg.alive and leg is not self.first]
        drops = (self._drop(leg, cause) for leg in legs)
        ends = (*drops, self.hang_up(), self.leave_bridge(), self.stop_listening(), self.let_go())
        for result in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(result, (PhoneSystemDown, PhoneSystemRefused)):
                log.warning("call.close.refused", call=self.id, error=str(result))
            elif isinstance(result, BaseException):
                raise result
        remaining = [leg.id for leg in legs if leg.alive] + [*self.ears, *self.leaving]
        if not (self.caller_gone or self.given_away or self.first is None):
            remaining.append(self.channel)
        for leg in self.legs.values():
            if not (self.given_away and leg is self.first):
                self._leg_ended(leg.id, HangupCause.NORMAL, None)
        if self.first is not None and not self.given_away:
            self.switchboard.disconnect(self.channel)
        return remaining

    async def stop_listening(self) -> None:
        """End the ears of a leg that listens, and its bridge."""
        for ear in list(self.ears):
            await self.phones.hang_up(ear, HangupCause.NORMAL)
            self.switchboard.disconnect(ear)
            self.ears.discard(ear)
        if self.side_bridge is not None:
            await self.phones.destroy_bridge(self.side_bridge)
            self.side_bridge = None

    def continue_numbering(self, after: int) -> None:
        """Ids made from now on differ from those of the process that began the call."""
        self._counter = after

    def new_id(self, kind: str) -> str:
        """An id for something of this call: its id is the prefix."""
        self._counter += 1
        return f"{self.id}-{kind}{self._counter}"
