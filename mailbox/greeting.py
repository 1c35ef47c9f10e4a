"""Which greeting a caller hears, and whether it may leave a message (spec §5, *Greetings*). Pure.

The order is absence, internal, busy, outside business hours, the kind's normal greeting. What has no recording falls
to the kind's normal one, and that to the system's: a caller always hears words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callcontrol.public_holidays import is_public_holiday
from callcontrol.settings.mailbox_documents import BusinessHours, GreetingKind, Greetings

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording of the owner, by its id."""

    recording: str


@dataclass(frozen=True, slots=True)
class WithName:
    """The system's greeting around the owner's recorded name."""

    recording: str


@dataclass(frozen=True, slots=True)
class WithNumber:
    """The system's greeting around the owner's number, read out."""


@dataclass(frozen=True, slots=True)
class System:
    """The system's own."""


@dataclass(frozen=True, slots=True)
class NoMessages:
    """The system's word that no message can be left."""


Said = Recorded | WithName | WithNumber | System | NoMessages


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said, and whether a message may be left behind it."""

    said: Said
    accepts_message: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """What of a call matters to the greeting."""

    internal: bool = False
    """The caller is a line of the same company."""
    busy: bool = False
    """The line was on the phone (its limit reached)."""
    open: bool = True
    """Within the business hours."""


def greeting(greetings: Greetings, occasion: Occasion) -> Greeting:
    """The greeting of a box for a call."""
    if greetings.kind == "absence":
        return _absence(greetings, occasion)
    kind: GreetingKind = getattr(greetings.kinds, greetings.kind)
    applies = (
        (occasion.internal, kind.internal),
        (occasion.busy, kind.busy),
        (not occasion.open, kind.outside_hours),
    )
    for when, variant in applies:
        if when and variant.enabled:
            return Greeting(Recorded(variant.recording) if variant.recording else _normal(greetings, kind))
    return Greeting(_normal(greetings, kind))


def _absence(greetings: Greetings, occasion: Occasion) -> Greeting:
    absence = greetings.absence
    own = absence.internal_recording if occasion.internal and absence.internal_different else None
    recording = own or absence.recording
    if recording is not None:
        return Greeting(Recorded(recording), absence.accept_messages)
    return Greeting(System() if absence.accept_messages else NoMessages(), absence.accept_messages)


def _normal(greetings: Greetings, kind: GreetingKind) -> Said:
    match greetings.kind:
        case "personal" if kind.recording is not None:
            return Recorded(kind.recording)
        case "name" if greetings.recorded_name is not None:
            return WithName(greetings.recorded_name)
        case "number":
            return WithNumber()
        case _:
            return System()


def is_open(hours: BusinessHours, local: datetime, country: str) -> bool:
    """Whether ``local`` (wall-clock time of the line, which is in ``country``) is within the business hours."""
    if hours.closed_holidays and is_public_holiday(country, local.date()):
        return False
    now = f"{local:%H:%M}"
    intervals: tuple[tuple[str, str], ...] = getattr(hours, _DAYS[local.weekday()])
    return any(begin <= now < end for begin, end in intervals)
