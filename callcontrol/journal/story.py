"""The story of one call: what its entries, folded one by one (``fold``), say of it. Pure.

Everything a call needs to go on after the death of the app is in its entries: who called, the hops, what was
decided and came of it, the legs, the recording. The same entries give the records of the history,
so that a call that ended while nobody watched has its complete record too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from callcontrol import numbers
from callcontrol.facts import Caller, Guest, Presentation
from callcontrol.history import LegRecord, Peer
from callcontrol.journal.entries import (
    Sending,
)
from callcontrol.message import Message, MessageKind
from callcontrol.routes import FromLine, FromTrunk, Route
from callcontrol.routing import steps
from callcontrol.routing.steps import Outcome, OutgoingStep, Step, Tried


@dataclass(slots=True)
class Hop:
    """One of our lines that the call reached, and what was tried there."""

    line: str
    started_at: datetime
    company: str | None = None
    tried: tuple[Tried, ...] = ()
    step: Step | None = None
    """The step under way (no outcome yet), or the last one."""
    step_at: datetime | None = None
    ended_at: datetime | None = None
    legs: list[str] = field(default_factory=list)
    message: str | None = None
    seen: Caller | None = None
    """Who called it."""
    back: bool = False
    """It transferred the call, which comes back."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of the call: blind with its ``step``, attended without one."""

    at: datetime
    by: str
    line: str
    guest: Guest
    first_hop: int
    """How many hops lie before it."""
    step: OutgoingStep | None = None
    to_mailbox: bool = False


@dataclass(slots=True)
class InMenu:
    """Where a call stands in the voice menu; what it does not say is begun anew at the main menu."""

    access: str | None = None
    """The company whose access number was called."""
    box: str | None = None
    """The box that the caller has shown to be its own."""
    playback: str | None = None
    """The last long thing that was played."""
    drafts: set[str] = field(default_factory=set)
    """Recordings that nobody has accepted yet."""
    sending: Sending | None = None
    """Messages that are being sent, whatever happens to the call."""


@dataclass(slots=True)
class Story:
    """All entries of a call, folded. Written by ``fold`` alone."""

    call: str = ""
    channel: str = ""
    caller: Caller = field(default_factory=lambda: Caller(Presentation.UNAVAILABLE))
    dialled: str = ""
    diversions: tuple[str, ...] = ()
    route: Route | None = None
    max_forwards: int | None = None
    started_at: datetime | None = None
    first_step: OutgoingStep | None = None
    """Of a call that we make: how its first party is called."""
    first_legs: set[str] = field(default_factory=set)
    """And the legs by which it was called."""
    away: Outcome | None = None
    """Why nobody answered there, where that is the end of the call."""
    snoozed_at: datetime | None = None
    """When whoever was given a reminder asked for it again."""
    outgoing: OutgoingStep | None = None
    hops: list[Hop] = field(default_factory=list)
    legs: dict[str, LegRecord] = field(default_factory=dict)
    leg_lines: dict[str, str | None] = field(default_factory=dict)
    leg_accounts: dict[str, str] = field(default_factory=dict)
    """Of legs to devices that registered at a second account of their line: which."""
    dialled_legs: set[str] = field(default_factory=set)
    answered_legs: set[str] = field(default_factory=set)
    """Legs whose far end answered: of those that confirm, the history tells no answer before they have."""
    confirming: set[str] = field(default_factory=set)
    """Legs that have the call only once they have confirmed it, and have not yet."""
    confirmed: set[str] = field(default_factory=set)
    """Those that have."""
    taken_legs: dict[str, str] = field(default_factory=dict)
    """Channels that another call gave away to this one, and the line that they belong to."""
    given_to: str | None = None
    """The call that a channel was given to."""
    given: str = ""
    """And which one; nothing else of this call goes on."""
    transfers: list[Transfer] = field(default_factory=list)
    guests: set[str] = field(default_factory=set)
    """Channels that came from another call when the two were joined."""
    chain: str | None = None
    """The first of the calls that were joined with this one."""
    caller_answered_at: datetime | None = None
    recording: Message | None = None
    """A recording that has not ended yet as far as we know."""
    messages: list[Message] = field(default_factory=list)
    """Messages that were left, delivered or to be delivered."""
    menu: InMenu = field(default_factory=InMenu)
    over: bool = False
    ended_at: datetime | None = None

    @property
    def seen(self) -> Caller:
        """The caller as the lines called see it: hidden, or shown for this call, as was decided (spec §2.4); after a
        transfer, whoever was transferred."""
        if self.transfer is not None and self.transfer.guest.channel == self.channel:
            return self.transfer.guest.caller
        match self.outgoing:
            case steps.CallLine(withheld=True):
                return replace(self.caller, presentation=Presentation.ANONYMOUS, number=None, name=None)
            case steps.CallLine(shown=True) if self.caller.line is not None:
                number = numbers.canonical(self.caller.line)
                return replace(self.caller, presentation=Presentation.SHOWN, number=number)
            case _:
                return self.caller

    @property
    def transfer(self) -> Transfer | None:
        """The last one."""
        return self.transfers[-1] if self.transfers else None

    @property
    def blind(self) -> Transfer | None:
        """The last blind one: the call goes the way from there on."""
        return next((each for each in reversed(self.transfers) if each.step is not None), None)

    @property
    def way(self) -> list[Hop]:
        """The hops of the way that the call goes now: since it was last transferred, or all."""
        return self.hops[self.blind.first_hop if self.blind else 0 :]

    @property
    def by(self) -> Route:
        """How the call came to be; worked out for a journal of before it was written down."""
        if self.route is not None:
            return self.route
        return FromTrunk("") if self.caller.line is None else FromLine(self.caller.line)

    @property
    def takers(self) -> tuple[str, ...]:
        """Lines that took this call from another phone and still hold it."""
        return tuple(
            line
            for leg, line in self.taken_legs.items()
            if self.legs[leg].ended_at is None and not self.has_left(leg)
        )

    @property
    def live_takers(self) -> tuple[str, ...]:
        """Lines that took this call while its message was spoken, and still hold it."""
        lines = ((self.leg_lines[leg], self.legs[leg]) for leg in self.confirmed if not self.has_left(leg))
        return tuple(line for line, leg in lines if line is not None and leg.ended_at is None)

    def has_left(self, channel: str) -> bool:
        """Whether it is that of somebody who transferred the call."""
        return any(channel == transfer.by for transfer in self.transfers)

    @property
    def rings_at(self) -> str | None:
        """The line at which it rings and nobody has taken it yet."""
        hop = self.hop
        if (
            self.over
            or self.takers
            or hop is None
            or hop.step_at is None
            or not isinstance(hop.step, steps.Ring)
        ):
            return None
        return None if any(leg in self.answered_legs for leg in hop.legs) else hop.line

    @property
    def hop(self) -> Hop | None:
        """The line that the call is at."""
        return self.hops[-1] if self.hops else None


def kept_peer(caller: Caller) -> Peer:
    """What is kept of a caller: of one that withheld its number, nothing (spec §1)."""
    if caller.presentation is Presentation.ANONYMOUS:
        return Peer(caller.presentation)
    return Peer(caller.presentation, caller.number, caller.name)


def new_message(message_id: str, box: str, call: Story, at: datetime) -> Message:
    """The message that a recording of this call will be."""
    sender = kept_peer(call.seen)
    path = f"messages/{box}/{message_id}.wav16"
    return Message(message_id, box, MessageKind.VOICE, sender, at, path, call=call.call)
