"""The entries of a call's story: what happened, in the order in which the journal keeps it. Pure data.

A closed union: ``fold.fold`` folds every one of them into the story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callcontrol.because import Because
from callcontrol.facts import Caller, Device, Guest
from callcontrol.history import Peer
from callcontrol.journal.codec import Codec
from callcontrol.message import Message
from callcontrol.routes import Awaited, Route
from callcontrol.routing.steps import Outcome, OutgoingStep, Step


@dataclass(frozen=True, slots=True)
class Entered:
    """A call came in from a line's device, from a trunk, or was made by us (``channel`` is "" then)."""

    at: datetime
    call: str
    channel: str
    caller: Caller
    dialled: str
    diversions: tuple[str, ...] = ()
    by: Route | None = None
    """None in a journal of before this was written down: ``Story.by`` works it out."""
    max_forwards: int | None = None
    """How many hops the call may still go; None when nobody said."""


@dataclass(frozen=True, slots=True)
class FirstPartyDecided:
    """Of a call that we make: how its first party is called, or why not."""

    at: datetime
    step: OutgoingStep


@dataclass(frozen=True, slots=True)
class FirstPartyAnswered:
    """Of a call that we make: ``leg`` answered first and is its caller from now on."""

    at: datetime
    leg: str


@dataclass(frozen=True, slots=True)
class FirstPartyAway:
    """Of a call that we make for nobody else: nobody answered it, and why."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReminderSnoozed:
    """Whoever was given a reminder wants it again in ten minutes."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OutgoingDecided:
    """What the calling line's call is to become."""

    at: datetime
    step: OutgoingStep


@dataclass(frozen=True, slots=True)
class Reached:
    """The call reached a line of ours (a hop), of ``company``."""

    at: datetime
    line: str
    company: str | None = None
    back: bool = False
    """It is the line that transferred the call: nobody was found."""


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
    """A leg is about to be made. ``target`` is a contact or a canonical number; ``line`` whose device it is, and
    ``account`` where that registered (``facts.Device``).

    One that ``confirms`` has the call only once it has said so.
    """

    at: datetime
    leg: str
    target: str
    line: str | None
    confirms: bool = False
    account: str | None = None


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
class LegConfirmed:
    """The leg's party said that it takes the call (pressed the key)."""

    at: datetime
    leg: str


@dataclass(frozen=True, slots=True)
class LegTaken:
    """The caller of call ``giver``, from ``line``, took this call: its channel is a leg of this call now (pickup)."""

    at: datetime
    leg: str
    line: str
    giver: str


@dataclass(frozen=True, slots=True)
class GivenAway:
    """A channel belongs to the call ``to`` now: whatever happens to it is told there. Nothing else of this call goes
    on. ``channel`` is "" for the caller's."""

    at: datetime
    to: str
    channel: str = ""
    chain: str = ""
    """The first of the calls that were joined; "" where nothing was."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """``line`` transferred the party with whom it talked, the ``guest``, by its phone's key (blind): the call goes on
    as ``step``, which it might have dialled. ``by`` is its channel, which leaves."""

    at: datetime
    by: str
    line: str
    guest: Guest
    step: OutgoingStep
    to_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """``line`` joined two calls of its (attended): the ``guest`` of the call ``giver`` has taken its place here. ``by``
    is its channel, which leaves."""

    at: datetime
    by: str
    line: str
    guest: Guest
    giver: str
    chain: str


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
class RecordingStarted:
    """A message is about to be recorded under ``message``'s id and path."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class MarkedUrgent:
    """The caller made the message that it has just spoken urgent, or took that back."""

    at: datetime
    message: str
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class RecordingDone:
    """The recording ended; a message without ``seconds`` was too short and is dropped. ``heard``: the box's owner
    listened while it was spoken (live screening), so it is no new message."""

    at: datetime
    message: str
    seconds: float | None
    heard: bool = False


@dataclass(frozen=True, slots=True)
class AccessReached:
    """The call came to the number at which ``company``'s boxes are opened from outside."""

    at: datetime
    company: str


@dataclass(frozen=True, slots=True)
class MenuOpened:
    """Its caller has shown that the box ``box`` is its own, and is in the voice menu."""

    at: datetime
    box: str


@dataclass(frozen=True, slots=True)
class MenuPlays:
    """Something long is about to be played (in the menu, or ringing): whoever takes the call over stops it first."""

    at: datetime
    playback: str


@dataclass(frozen=True, slots=True)
class DraftStarted:
    """Something that nobody has accepted yet is about to be recorded in the menu."""

    at: datetime
    recording: str


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """It was accepted and put to its use, or given up."""

    at: datetime
    recording: str


@dataclass(frozen=True, slots=True)
class Sending:
    """These messages are sent, all or none: each is the recording ``draft``, the kept file ``original`` behind it, or
    both."""

    at: datetime
    messages: tuple[Message, ...]
    draft: str | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The files of the messages are there: what is left is to deliver them."""

    at: datetime
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """Nobody talks any more: the call occupies nothing from now on; what is left is to deliver and to tidy up."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. Nothing follows."""

    at: datetime


Entry = (
    Entered
    | FirstPartyDecided
    | FirstPartyAnswered
    | FirstPartyAway
    | ReminderSnoozed
    | OutgoingDecided
    | Reached
    | Decided
    | CameOf
    | LegStarted
    | LegDialled
    | LegAnswered
    | LegConfirmed
    | LegTaken
    | GivenAway
    | Transferred
    | Replaced
    | LegEnded
    | CallerAnswered
    | RecordingStarted
    | MarkedUrgent
    | RecordingDone
    | AccessReached
    | MenuOpened
    | MenuPlays
    | DraftStarted
    | DraftDropped
    | Sending
    | Sent
    | Over
    | Ended
)

CODEC = Codec(
    *Entry.__args__, *Step.__args__, *Outcome.__args__, *OutgoingStep.__args__, *Route.__args__,
    Awaited, Because, Caller, Device, Guest, Message, Peer,
)  # fmt: skip

RETIRED = frozenset({"Bridged"})
"""Entries that earlier releases told and that mean nothing any more: passed over where a journal is read."""
