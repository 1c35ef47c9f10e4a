"""The story of one call, entry by entry: what the journal keeps and what the history is made of. Pure.

Everything a call needs to go on after the death of the app is in its entries: who called, the hops, what was
decided and came of it, the legs, the bridge, the recording. The same entries give the records of the history,
so that a call that ended while nobody watched has its complete record too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from callcontrol import numbers
from callcontrol.because import Because
from callcontrol.codec import Codec
from callcontrol.facts import Caller, Device, Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.message import Message, MessageKind
from callcontrol.routing import steps
from callcontrol.routing.steps import Outcome, OutgoingStep, RefusalKind, Step, Tried


@dataclass(frozen=True, slots=True)
class Entered:
    """A call came in from a line's device, from a trunk, or was made by us."""

    at: datetime
    call: str
    channel: str
    caller: Caller
    dialled: str
    diversions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingDecided:
    """What the calling line's call is to become."""

    at: datetime
    step: OutgoingStep


@dataclass(frozen=True, slots=True)
class Reached:
    """The call reached a line of ours (a hop)."""

    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The next step on the current line."""

    at: datetime
    step: Step


@dataclass(frozen=True, slots=True)
class CameOf:
    """The outcome of the last step."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LegStarted:
    """A leg is about to be made. ``target`` is a contact or a canonical number; ``line`` whose device it is."""

    at: datetime
    leg: str
    target: str
    line: str | None


@dataclass(frozen=True, slots=True)
class LegDialled:
    """The leg's far end is being called. A leg without it was never dialled, whatever exists of it."""

    at: datetime
    leg: str


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The leg's far end answered."""

    at: datetime
    leg: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The leg is over; ``result`` as in ``history.LegRecord``."""

    at: datetime
    leg: str
    result: str
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class CallerAnswered:
    """The caller's channel was answered by us."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Bridged:
    """Caller and leg talk in ``bridge``."""

    at: datetime
    bridge: str
    leg: str


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """A message is about to be recorded under ``message``'s id and path."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class RecordingDone:
    """The recording ended; a message without ``seconds`` was too short and is dropped."""

    at: datetime
    message: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. Nothing follows."""

    at: datetime


Entry = (
    Entered
    | OutgoingDecided
    | Reached
    | Decided
    | CameOf
    | LegStarted
    | LegDialled
    | LegAnswered
    | LegEnded
    | CallerAnswered
    | Bridged
    | RecordingStarted
    | RecordingDone
    | Ended
)

CODEC = Codec(
    *Entry.__args__, *Step.__args__, *Outcome.__args__, *OutgoingStep.__args__,
    Because, Caller, Device, Message, Peer,
)  # fmt: skip


@dataclass(slots=True)
class Hop:
    """One of our lines that the call reached, and what was tried there."""

    line: str
    started_at: datetime
    tried: tuple[Tried, ...] = ()
    step: Step | None = None
    """The step under way (no outcome yet), or the last one."""
    step_at: datetime | None = None
    ended_at: datetime | None = None
    legs: list[str] = field(default_factory=list)
    message: str | None = None


@dataclass(slots=True)
class Story:
    """All entries of a call, folded. Built only by ``apply``."""

    call: str = ""
    channel: str = ""
    caller: Caller = field(default_factory=lambda: Caller(Presentation.UNAVAILABLE))
    dialled: str = ""
    diversions: tuple[str, ...] = ()
    started_at: datetime | None = None
    outgoing: OutgoingStep | None = None
    hops: list[Hop] = field(default_factory=list)
    legs: dict[str, LegRecord] = field(default_factory=dict)
    leg_lines: dict[str, str | None] = field(default_factory=dict)
    dialled_legs: set[str] = field(default_factory=set)
    caller_answered_at: datetime | None = None
    bridge: str | None = None
    talking_to: str | None = None
    recording: Message | None = None
    """A recording that has not ended yet as far as we know."""
    messages: list[Message] = field(default_factory=list)
    """Messages that were left, delivered or to be delivered."""
    ended_at: datetime | None = None

    @property
    def seen(self) -> Caller:
        """The caller as the lines called see it: hidden, or shown for this call, as was decided (spec §2.4)."""
        match self.outgoing:
            case steps.CallLine(withheld=True):
                return replace(self.caller, presentation=Presentation.ANONYMOUS, number=None, name=None)
            case steps.CallLine(shown=True) if self.caller.line is not None:
                number = numbers.canonical(self.caller.line)
                return replace(self.caller, presentation=Presentation.SHOWN, number=number)
            case _:
                return self.caller

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
            case OutgoingDecided():
                self.outgoing = entry.step
            case Reached():
                self.hops.append(Hop(entry.line, entry.at))
            case Decided() | CameOf():
                self._step(entry)
            case LegStarted() | LegDialled() | LegAnswered() | LegEnded():
                self._leg(entry)
            case CallerAnswered():
                self.caller_answered_at = self.caller_answered_at or entry.at
            case Bridged():
                self.bridge, self.talking_to = entry.bridge, entry.leg
            case RecordingStarted():
                self.recording = entry.message
            case RecordingDone():
                self._recorded(entry)
            case Ended():
                self._end(entry.at)

    def _step(self, entry: Decided | CameOf) -> None:
        hop = self.hops[-1]
        if isinstance(entry, Decided):
            hop.step, hop.step_at = entry.step, entry.at
        elif hop.step is not None:
            hop.tried = (*hop.tried, Tried(hop.step, entry.outcome))
            hop.step_at = None

    def _leg(self, entry: LegStarted | LegDialled | LegAnswered | LegEnded) -> None:
        match entry:
            case LegStarted():
                self.legs[entry.leg] = LegRecord(entry.target, entry.at)
                self.leg_lines[entry.leg] = entry.line
                if self.hops:
                    self.hops[-1].legs.append(entry.leg)
            case LegDialled():
                self.dialled_legs.add(entry.leg)
            case LegAnswered():
                self.legs[entry.leg] = replace(self.legs[entry.leg], answered_at=entry.at, result="answered")
            case LegEnded():
                leg = self.legs[entry.leg]
                result = "answered" if leg.answered_at else entry.result
                self.legs[entry.leg] = replace(
                    leg, ended_at=entry.at, result=result, sip_status=entry.sip_status
                )

    def _recorded(self, entry: RecordingDone) -> None:
        if self.recording is not None and entry.seconds is not None:
            self.messages.append(replace(self.recording, duration=entry.seconds))
            for hop in self.hops:
                if hop.line == self.recording.line:
                    hop.message = self.recording.id
        self.recording = None

    def _end(self, at: datetime) -> None:
        self.ended_at = at
        for leg, record in self.legs.items():
            if record.ended_at is None:
                self.legs[leg] = replace(record, ended_at=at)


def records(story: Story) -> tuple[CallRecord, ...]:
    """The history of an ended call: one record for each line that took part."""
    assert story.started_at is not None
    assert story.ended_at is not None
    found = [_hop_record(story, hop) for hop in story.hops]
    if story.caller.line is not None and story.outgoing is not None:
        found.append(_outgoing_record(story))
    latest: dict[str, CallRecord] = {}
    for record in found:  # a line met twice keeps what it did last; being the caller wins
        latest[record.line] = record
    return tuple(latest.values())


def _legs(story: Story, ids: list[str]) -> tuple[LegRecord, ...]:
    """The attempts that were made; a leg taken back before it was dialled rang nobody."""
    return tuple(
        story.legs[leg]
        for leg in ids
        if leg in story.dialled_legs or story.legs[leg].result not in ("cancelled", "elsewhere")
    )


def _hop_record(story: Story, hop: Hop) -> CallRecord:
    own = [leg for leg in hop.legs if story.leg_lines[leg] == hop.line]
    answered = [at for leg in own if (at := story.legs[leg].answered_at) is not None]
    refusal = hop.step if isinstance(hop.step, steps.Refuse) else None
    if answered:
        direction = Direction.RECEIVED
    elif refusal is not None and refusal.kind is RefusalKind.REJECTED:
        direction = Direction.REJECTED
    else:
        direction = Direction.MISSED
    assert story.ended_at is not None
    return CallRecord(
        call=story.call,
        line=hop.line,
        direction=direction,
        peer=_peer(story.seen),
        started_at=hop.started_at,
        answered_at=min(answered, default=None),
        ended_at=story.ended_at,
        rule=hop.step.because if hop.step is not None else Because("call.interrupted"),
        message=hop.message,
        legs=_legs(story, hop.legs),
    )


def _peer(caller: Caller) -> Peer:
    """What is kept of a caller: of one that withheld its number, nothing (spec §1)."""
    if caller.presentation is Presentation.ANONYMOUS:
        return Peer(caller.presentation)
    return Peer(caller.presentation, caller.number, caller.name)


def _outgoing_record(story: Story) -> CallRecord:
    assert story.started_at is not None
    assert story.ended_at is not None
    assert story.caller.line is not None
    assert story.outgoing is not None
    first_answers = [at for leg in story.legs.values() if (at := leg.answered_at) is not None]
    outside = [leg for leg, line in story.leg_lines.items() if line is None]
    return CallRecord(
        call=story.call,
        line=story.caller.line,
        direction=Direction.OUTGOING,
        peer=Peer(Presentation.SHOWN, _dialled_number(story)),
        started_at=story.started_at,
        answered_at=story.caller_answered_at or min(first_answers, default=None),
        ended_at=story.ended_at,
        rule=story.outgoing.because,
        legs=_legs(story, outside) if not story.hops else (),
    )


def _dialled_number(story: Story) -> str:
    match story.outgoing:
        case steps.CallLine(line=line):
            return line
        case steps.CallOutside(number=number) | steps.CallEmergency(number=number):
            return number
        case _:
            return story.dialled


def new_message(message_id: str, box: str, call: Story, at: datetime) -> Message:
    """The message that a recording of this call will be."""
    sender = _peer(call.seen)
    path = f"messages/{box}/{message_id}.wav16"
    return Message(message_id, box, MessageKind.VOICE, sender, at, path, call=call.call)
