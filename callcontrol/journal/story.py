"""The story of one call: its entries, folded. What the journal keeps and what the history is made of. Pure.

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
    AccessReached,
    CallerAnswered,
    CameOf,
    Decided,
    DraftDropped,
    DraftStarted,
    Ended,
    Entered,
    Entry,
    FirstPartyAnswered,
    FirstPartyAway,
    FirstPartyDecided,
    GivenAway,
    LegAnswered,
    LegConfirmed,
    LegDialled,
    LegEnded,
    LegStarted,
    LegTaken,
    MarkedUrgent,
    MenuOpened,
    MenuPlays,
    OutgoingDecided,
    Over,
    Reached,
    RecordingDone,
    RecordingStarted,
    ReminderSnoozed,
    Replaced,
    Sending,
    Sent,
    Transferred,
)
from callcontrol.message import Message, MessageKind
from callcontrol.routes import FromLine, FromTrunk, OurOwn, Route
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
    """All entries of a call, folded. Built only by ``apply``."""

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

    def apply(self, entry: Entry) -> None:
        """Fold one more entry in."""
        match entry:
            case Entered():
                self.call, self.channel, self.caller = entry.call, entry.channel, entry.caller
                self.dialled, self.diversions, self.started_at = entry.dialled, entry.diversions, entry.at
                self.route, self.max_forwards = entry.by, entry.max_forwards
            case FirstPartyDecided() | FirstPartyAnswered() | FirstPartyAway() | ReminderSnoozed():
                self._first_party(entry)
            case OutgoingDecided():
                self.outgoing = entry.step
            case Reached():
                self.hops.append(Hop(entry.line, entry.at, entry.company, seen=self.seen, back=entry.back))
            case Decided() | CameOf():
                self._step(entry)
            case LegStarted() | LegDialled() | LegAnswered() | LegConfirmed() | LegTaken() | LegEnded():
                self._leg(entry)
            case CallerAnswered():
                self.caller_answered_at = self.caller_answered_at or entry.at
            case RecordingStarted() | MarkedUrgent() | RecordingDone():
                self._message(entry)
            case AccessReached() | MenuOpened() | MenuPlays() | DraftStarted() | DraftDropped():
                self._in_menu(entry)
            case Sending() | Sent():
                self._send(entry)
            case Transferred() | Replaced() | GivenAway() | Over() | Ended():
                self._leave(entry)

    def _first_party(
        self, entry: FirstPartyDecided | FirstPartyAnswered | FirstPartyAway | ReminderSnoozed
    ) -> None:
        match entry:
            case FirstPartyDecided(step=step):
                self.first_step = step
            case FirstPartyAnswered(leg=leg):
                self.channel = leg
            case FirstPartyAway(outcome=outcome):
                self.away = outcome
            case ReminderSnoozed(at=at):
                self.snoozed_at = at

    def _step(self, entry: Decided | CameOf) -> None:
        hop = self.hops[-1]
        if isinstance(entry, Decided):
            hop.step, hop.step_at = entry.step, entry.at
        elif hop.step is not None and hop.step_at is not None:  # a transfer has ended it already
            hop.tried = (*hop.tried, Tried(hop.step, entry.outcome))
            hop.step_at = None

    def _leg(self, entry: LegStarted | LegDialled | LegAnswered | LegConfirmed | LegTaken | LegEnded) -> None:
        match entry:
            case LegStarted():
                self._add_leg(entry.leg, LegRecord(entry.target, entry.at), entry.line)
                if entry.account is not None:
                    self.leg_accounts[entry.leg] = entry.account
                if entry.confirms:
                    self.confirming.add(entry.leg)
            case LegTaken():
                self._add_leg(entry.leg, LegRecord(entry.line, entry.at), entry.line)
                self.taken_legs[entry.leg] = entry.line
                self.dialled_legs.add(entry.leg)
            case LegDialled():
                self.dialled_legs.add(entry.leg)
            case LegAnswered():
                self.answered_legs.add(entry.leg)
                if entry.leg not in self.confirming:
                    self._has_call(entry.leg, entry.at)
            case LegConfirmed():
                self.confirming.discard(entry.leg)
                self.confirmed.add(entry.leg)
                self._has_call(entry.leg, entry.at)
            case LegEnded():
                leg = self.legs[entry.leg]
                result = "answered" if leg.answered_at else entry.result
                self.legs[entry.leg] = replace(
                    leg, ended_at=entry.at, result=result, sip_status=entry.sip_status
                )

    def _add_leg(self, leg: str, record: LegRecord, line: str | None) -> None:
        self.legs[leg] = record
        self.leg_lines[leg] = line
        if self.hops:
            self.hops[-1].legs.append(leg)
        elif isinstance(self.route, OurOwn) and self.outgoing is None:
            self.first_legs.add(leg)

    def _has_call(self, leg: str, at: datetime) -> None:
        self.answered_legs.add(leg)
        self.legs[leg] = replace(self.legs[leg], answered_at=at, result="answered")

    def _message(self, entry: RecordingStarted | MarkedUrgent | RecordingDone) -> None:
        match entry:
            case RecordingStarted(message=message):
                self.recording = message
            case MarkedUrgent(message=message_id, urgent=urgent):
                if self.recording is not None and self.recording.id == message_id:
                    self.recording = replace(self.recording, urgent=urgent)
            case RecordingDone():
                self._recorded(entry)

    def _recorded(self, entry: RecordingDone) -> None:
        if self.recording is not None and entry.seconds is not None:
            self.messages.append(replace(self.recording, duration=entry.seconds, new=not entry.heard))
            for hop in self.hops:
                if hop.line == self.recording.line:
                    hop.message = self.recording.id
        self.recording = None

    def _in_menu(self, entry: AccessReached | MenuOpened | MenuPlays | DraftStarted | DraftDropped) -> None:
        match entry:
            case AccessReached(company=company):
                self.menu.access = company
            case MenuOpened(box=box):
                self.menu.box = box
            case MenuPlays(playback=playback):
                self.menu.playback = playback
            case DraftStarted(recording=recording):
                self.menu.drafts.add(recording)
            case DraftDropped(recording=recording):
                self.menu.drafts.discard(recording)

    def _send(self, entry: Sending | Sent) -> None:
        if isinstance(entry, Sending):
            self.menu.sending = entry
        else:
            self.messages += entry.messages
            self.menu.sending = None

    def _transfer(self, entry: Transferred | Replaced) -> None:
        guest, blind = entry.guest, isinstance(entry, Transferred)
        if isinstance(entry, Replaced):
            self.guests.add(guest.channel)
            number = guest.caller.line or guest.caller.number or ""
            self.legs[guest.channel] = LegRecord(number, entry.at, entry.at, result="answered")
            self.leg_lines[guest.channel] = guest.caller.line
            self.dialled_legs.add(guest.channel)
            self.answered_legs.add(guest.channel)
            self.chain = entry.chain
        if blind or entry.by != self.channel:
            self._talked(entry.line)
        self.transfers.append(
            Transfer(
                entry.at, entry.by, entry.line, guest, len(self.hops),
                *((entry.step, entry.to_mailbox) if isinstance(entry, Transferred) else ()),
            )
        )  # fmt: skip
        if blind or entry.by == self.channel:
            self.channel = guest.channel

    def _talked(self, line: str) -> None:
        """What was under way at the last hop was a talk, which is over."""
        hop = self.hop
        if hop is not None and hop.step is not None and hop.step_at is not None:
            hop.tried, hop.step_at = (*hop.tried, Tried(hop.step, steps.Answered(line))), None

    def _leave(self, entry: Transferred | Replaced | GivenAway | Over | Ended) -> None:
        match entry:
            case Transferred() | Replaced():
                self._transfer(entry)
            case GivenAway(to=taker, channel=channel, chain=chain):
                self.given_to, self.given = taker, channel or self.channel
                self.chain = chain or self.chain
            case Over():
                self.over = True
            case Ended(at=at):
                self._end(at)

    def _end(self, at: datetime) -> None:
        self.ended_at, self.over = at, True
        for leg, record in self.legs.items():
            if record.ended_at is None:
                self.legs[leg] = replace(record, ended_at=at)


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
