"""The closed vocabulary of decisions: steps, the reason of each, and what came of it.

Pure. A step says *what* happens next, never how: flows carry it out and answer with an outcome.
Both unions are closed: match them with ``assert_never``; the default arm is never "accept".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcontrol.because import Because
from callcontrol.facts import Device


class DiversionReason(StrEnum):
    """Reasons of RFC 5806 §4 (Diversion), with the cause of RFC 7044/4458 that belongs to each."""

    UNCONDITIONAL = "unconditional"
    USER_BUSY = "user-busy"
    NO_ANSWER = "no-answer"
    UNAVAILABLE = "unavailable"
    DO_NOT_DISTURB = "do-not-disturb"
    DEFLECTION = "deflection"
    TIME_OF_DAY = "time-of-day"
    UNKNOWN = "unknown"
    """A forward made before the call reached us, whose reason we do not repeat."""


class RefusalKind(StrEnum):
    """What a refused caller's network is told besides the announcement, and how history files the call."""

    REJECTED = "rejected"
    """Refused by a setting: *Rejected* in the history (spec §10.3). SIP 603."""
    BUSY = "busy"
    """SIP 486."""
    NO_ANSWER = "no_answer"
    """SIP 480."""
    UNREACHABLE = "unreachable"
    """SIP 480/503."""
    BARRED = "barred"
    """SIP 403."""
    UNKNOWN_NUMBER = "unknown_number"
    """SIP 404."""


# --- steps of an incoming call -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring every device together for at most ``seconds``; the caller hears ringing."""

    devices: tuple[Device, ...]
    seconds: float
    because: Because
    distinctive: bool = False
    """Send the Alert-Info of spec §9.4."""


@dataclass(frozen=True, slots=True)
class ForwardInside:
    """The call goes on to another line of the company, whose own rules now apply."""

    line: str
    reason: DiversionReason
    because: Because
    back: bool = False
    """To the line that transferred it, since nobody was found: only its phones ring (spec §2.6)."""


@dataclass(frozen=True, slots=True)
class ForwardOutside:
    """Call a number outside for at most ``seconds``, with Diversion and History-Info of this line."""

    number: str
    """Canonical."""
    reason: DiversionReason
    because: Because
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """The call goes to the mailbox of ``box`` (always the first line called)."""

    box: str
    because: Because
    busy: bool = False
    """The line was full: the greeting's busy variant applies and live screening does not (spec §5)."""
    dnd: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Play ``prompt`` to the caller and end the call."""

    prompt: str
    kind: RefusalKind
    because: Because


Step = Ring | ForwardInside | ForwardOutside | TakeMessage | Refuse


# --- outcomes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody answered, the parties talked, and the call is over."""

    by: str
    """The line or canonical outside number that answered."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody answered in the time of the step (or 408/480 after 180)."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Every device said busy or refused (486, 480, 600, 603), or the outside number is busy (486, 600)."""

    declined: bool = False
    """One of them declined the call for all (600, 603): the advanced manager's DND (spec §4.6)."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Every device failed without ringing (404, 408, 500, 503), or the outside number is not reachable now (480)."""


class Failure(StrEnum):
    """Why a number outside could not be called, where neither it nor its line is the reason."""

    REFUSED = "refused"
    """It does not take the call (403, 603, 607)."""
    UNKNOWN_NUMBER = "unknown_number"
    """There is no such number (404, 410, 484, 604)."""
    NETWORK = "network"
    """No trunk could carry the call."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A number outside could not be called; no device ever ends so."""

    why: Failure


@dataclass(frozen=True, slots=True)
class Redirected:
    """A device answered 302 with ``target`` as dialled there: a forward like any other (spec §3)."""

    target: str


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The mailbox dealt with the caller; ``message`` is its id, None when nothing was left."""

    message: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The refusal was played; the call is over."""


Outcome = Answered | NoAnswer | Busy | Unreachable | Failed | Redirected | MessageTaken | Refused


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that was carried out on the current line and what came of it."""

    step: Step
    outcome: Outcome


# --- steps of a call from one of our phones --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallLine:
    """An internal call: goes on as an incoming call of ``line`` (or hunt group number).

    ``withheld`` hides the caller (the line's setting or ``*67``); ``shown`` shows it for this call (``*82``).
    """

    line: str
    because: Because
    withheld: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class CallOutside:
    """An external call. ``present`` is the canonical number shown, ``withheld`` hides it (spec §2.4)."""

    number: str
    present: str
    withheld: bool
    because: Because


@dataclass(frozen=True, slots=True)
class CallEmergency:
    """Never barred, counted or hidden; presents the site's number (spec §2.2)."""

    number: str
    present: str
    because: Because


@dataclass(frozen=True, slots=True)
class RunStarCode:
    """A star code (spec §7). ``argument`` is what was dialled after the code."""

    code: str
    argument: str
    because: Because


OutgoingStep = CallLine | CallOutside | CallEmergency | RunStarCode | Refuse


@dataclass(frozen=True, slots=True)
class Explained:
    """One told line of ``explain``: when and where, the step, and its outcome as assumed."""

    at: datetime
    """The instant for which the step was decided (aware)."""
    line: str
    step: Step
    outcome: Outcome | None = None
    """None when the call goes on at another line."""
