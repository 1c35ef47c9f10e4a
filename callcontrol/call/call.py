"""``Call``: what a flow holds of one call: its parties, its bridge, its inbox, its story, and the verbs of its caller.

A call is its caller's channel and the legs made for it. Every await of a flow goes through the call, and the caller's
hangup is **one** exception, ``CallerHungUp``, from any of them. A callee's hangup is data. A call that we make has no
caller until its first party answers. A call never decides anything.

What comes to it is ``events``; what is done with its legs ``legs``, with who leaves it for another ``transfers`` and
``hand_over``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from callcontrol.call.bridge import Bridge
from callcontrol.call.ears import Ears
from callcontrol.call.inbox import ChannelRouter, Inbox
from callcontrol.call.leg import Leg, leg_result
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.party import Party
from callcontrol.call.sound_offers import SoundOffers
from callcontrol.errors import CallerHungUp, ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device
from callcontrol.journal import entries
from callcontrol.journal.files import CallJournal
from callcontrol.ports.clock import Clock
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.telephony import HangupCause

log = structlog.get_logger()
T = TypeVar("T")

RINGING = "tone:ring;tonezone=fr"
"""Ringing as media, for who has been answered."""


@dataclass(slots=True)
class Call:
    """One call. Made by ``LiveCalls`` alone; closed by it alone."""

    id: str
    phones: PhoneSystem
    switchboard: ChannelRouter
    journal: CallJournal
    clock: Clock
    occupancy: Occupancy
    offers: SoundOffers
    first: Party | None = None
    """The caller, or whoever we called first; None until that one has answered."""
    legs: dict[str, Leg] = field(default_factory=dict)
    begun: list[Leg] = field(default_factory=list)
    """Legs of the step under way that an earlier process made: ``add_leg`` goes on with them."""
    bridge: Bridge = field(init=False)
    ears: Ears = field(init=False)
    caller_gone: bool = False
    caller_cause: int | None = None
    """Q.850: why the caller left, as its network says it."""
    given_away: bool = False
    """The caller's channel belongs to another call now: nothing is done to it here."""
    unheard_since: float | None = None
    """When it was answered (loop time), as long as nobody knows whether its phone's sound path is open."""
    leaving: set[str] = field(default_factory=set)
    """Channels of who transferred the call and has left it: they are yet to be ended."""
    talks: bool = False
    """Two talk, and whoever of them is a phone of ours may transfer the other (``flows.talk``)."""
    inbox: Inbox = field(default_factory=Inbox)
    told: Callable[[], object] = int
    """Called after each entry of its story."""
    _counter: int = 0

    def __post_init__(self) -> None:
        self.bridge = Bridge(f"{self.id}-bridge", self.phones)
        self.ears = Ears(self.phones, self.switchboard, self.inbox)

    # --- who is in it -----------------------------------------------------------------------------------

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
        return {party.id for party in self.parties} | self.ears.channels | self.leaving

    @property
    def bridges(self) -> set[str]:
        """Every bridge in Asterisk that belongs to it."""
        own = {self.bridge.id} if self.bridge.exists else set()
        return own if self.ears.bridge is None else own | {self.ears.bridge}

    def party(self, channel: str) -> Party | None:
        """Whose channel it is."""
        return self.first if self.first is not None and channel == self.first.id else self.legs.get(channel)

    def own(self, leg: Leg) -> None:
        """The events of ``leg`` come here from now on."""
        self.legs[leg.id] = leg
        self.switchboard.connect(leg.id, self.inbox)

    def becomes_caller(self, party: Party) -> None:
        """Its hangup ends the call from now on; that of who was the caller before no more."""
        if self.first is not None:
            self.switchboard.connect(self.first.id, self.inbox)
        self.first = party
        self.switchboard.connect(party.id, self.inbox, self.tell_over)

    def first_party_answers(self, leg: Leg) -> None:
        """Whom a call that we make calls first has answered: the same flows serve it as any caller."""
        self.becomes_caller(leg)
        self.unheard_since = asyncio.get_running_loop().time()
        self.tell(entries.FirstPartyAnswered(self.clock.now(), leg.id))

    def leg_ended(self, channel: str, cause: int | None, sip_status: int | None) -> None:
        """Note, once, that a leg has ended; a channel that is none's has nothing to note."""
        leg = self.legs.get(channel)
        if leg is None or leg.ended:
            return
        leg.ended, leg.cause, leg.sip_status = True, cause, sip_status
        self.bridge.joined.discard(channel)
        self.switchboard.disconnect(channel)
        self.tell(entries.LegEnded(self.clock.now(), channel, leg_result(leg), sip_status))

    # --- its story --------------------------------------------------------------------------------------

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

    # --- the caller -------------------------------------------------------------------------------------

    async def to_caller(self, command: Awaitable[T]) -> T:
        """Carry out a command; the absence of the caller's channel is ``CallerHungUp``."""
        try:
            return await command
        except ChannelGone as gone:
            if self.first is not None and gone.channel == self.first.id:
                raise self.hung_up() from gone
            raise

    def hung_up(self) -> CallerHungUp:
        """Note that the caller left, and give the exception to raise."""
        self.caller_gone = True
        if self.first is not None:
            if self.caller_cause is None:
                self.caller_cause = self.inbox.hangup_cause(self.first.id)
            self.leg_ended(self.first.id, HangupCause.NORMAL, None)
        return CallerHungUp(self.id)

    async def contacts(self, line: str) -> tuple[Device, ...]:
        """The reachable devices of a line, now."""
        found = await self.to_caller(self.phones.contacts(self.first.id if self.first else None, line))
        return self.offers.suited(line, found)

    async def answer(self) -> None:
        """Answer the caller, once. Of a call that we make it has answered before: only its story hears of it now."""
        if self.journal.story.caller_answered_at is None:
            self.tell(entries.CallerAnswered(self.clock.now()))
        if not self.caller.answered:
            self.caller.answered = True
            try:
                await self.to_caller(self.caller.answer())
                self.unheard_since = asyncio.get_running_loop().time()
            except PhoneSystemRefused as error:  # it is hanging up: its end is on the way
                log.info("call.not_answered", call=self.id, error=str(error))
                raise CallerHungUp(self.id) from error

    async def ring(self) -> None:
        """Let the caller hear ringing, once: 180, or as media where it has been answered (a call that we make, a number
        that a code or the menu calls back). Of a call that we make there may be nobody yet."""
        if self.first is None:
            return
        if not self.first.answered:
            await self.to_caller(self.first.ring())
        elif self.first.playing is None and self.channel not in self.bridge.joined:
            await self.hear_ringing()

    async def hear_ringing(self, *before: str) -> None:
        """Let a caller that was answered hear the media ``before``, then ringing, until something else is played or
        somebody joins it."""
        playback = self.new_id("play")
        self.tell(entries.MenuPlays(self.clock.now(), playback))
        await self.to_caller(self.caller.start_playing(playback, [*before, RINGING]))

    async def join(self, leg: Leg) -> None:
        """The caller and ``leg`` hear each other from now on. Raises ``ChannelGone`` when the leg left."""
        await self.to_caller(self.bridge.join(self.caller, leg))

    async def hang_up(self, cause: HangupCause = HangupCause.NORMAL) -> None:
        """End the caller's channel: an unanswered caller gets the SIP status of ``cause``."""
        if not (self.caller_gone or self.given_away or self.first is None):
            await self.phones.hang_up(self.channel, cause)
            self.caller_gone = True

    # --- ids --------------------------------------------------------------------------------------------

    def continue_numbering(self, after: int) -> None:
        """Ids made from now on differ from those of the process that began the call."""
        self._counter = after

    def new_id(self, kind: str) -> str:
        """An id for something of this call: its id is the prefix."""
        self._counter += 1
        return f"{self.id}-{kind}{self._counter}"
