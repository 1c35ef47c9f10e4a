"""What the web asks and is told about live calls: the data of ``ports.CallSide``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Registration(StrEnum):
    """How our registration at a trunk stands."""

    NONE = "none"
    """The trunk needs none."""
    TRYING = "trying"
    REGISTERED = "registered"
    REFUSED = "refused"
    """The last try was refused or not answered; it is tried again and again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A registration that was refused: ``status`` is SIP's, None where nothing was answered."""

    at: datetime
    status: int | None = None


@dataclass(frozen=True, slots=True)
class TrunkNow:
    """A trunk: ``alive``, ``dead`` (calls go round it) or ``unknown``, since when, and why it is known."""

    name: str
    state: str
    since: datetime | None = None
    reachable: bool | None = None
    """Whether it answers our OPTIONS; None: it is not asked, or not known yet."""
    registration: Registration = Registration.NONE
    registration_since: datetime | None = None
    last_refusal: Refusal | None = None
    unresolved: tuple[str, ...] = ()
    """Its host names that have no address now."""
    certificate: str | None = None
    """Why its certificate is not accepted, over TLS."""


def trouble(trunk: TrunkNow) -> str | None:
    """What is wrong with a trunk, in words for whoever runs the system; None: nothing that is known."""
    if trunk.unresolved:
        return f"trunk {trunk.name}: the name {', '.join(trunk.unresolved)} has no address; it is asked for again"
    if trunk.certificate:
        return f"trunk {trunk.name}: its certificate is not accepted: {trunk.certificate}"
    if trunk.registration is Registration.REFUSED:
        said = trunk.last_refusal.status if trunk.last_refusal else None
        how = "the operator does not answer" if said is None else f"the operator refuses ({said})"
        return f"trunk {trunk.name}: not registered, {how}; it is tried again and again"
    if trunk.reachable is False and trunk.state == "dead":
        return f"trunk {trunk.name}: the operator does not answer our OPTIONS"
    if trunk.state == "dead":
        return f"trunk {trunk.name}: the operator left a call without any answer"
    return None


@dataclass(frozen=True, slots=True)
class AlarmCount:
    """How often there was an alarm of one kind since the process began."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class CallsNow:
    """How the process that holds the calls does at this moment."""

    connected: bool
    """The telephone system is connected, its calls are known, and what it tells is heard."""
    under_way: int
    """Calls that it looks after."""
    counted: int
    """Calls that count for a line or a company."""
    tasks: int
    """Tasks of its event loop; grows only with calls."""
    emergency_floods: int = 0
    """Emergency calls that had to wait since its start, because their line had too many at once."""
    journals_behind: int = 0
    """Calls of whose journal a full disk refused a part: a crash would lose it."""
    trunks: tuple[TrunkNow, ...] = ()
    """In the order in which calls try them."""
    alarms: tuple[AlarmCount, ...] = ()
    wrong_sip_passwords: int = 0
    sip_kept_out: int = 0
    """Addresses from which SIP is refused now, altogether or for some lines, because they guessed."""


class Doing(StrEnum):
    """What a call does."""

    RINGING = "ringing"
    TALKING = "talking"
    MESSAGE = "message"
    """Its caller leaves a message."""
    MENU = "menu"
    """Its caller is in the voice menu."""
    HEARS = "hears"
    """Its caller hears an announcement, or the call is just being decided."""


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call under way. Our lines are ten digits; numbers of others are masked."""

    id: str
    started_at: datetime
    from_line: str | None
    caller: str
    """A number, ``anonymous`` or ``unavailable``."""
    to_line: str | None
    """The line that it is at."""
    called: str
    doing: Doing


class MadeState(StrEnum):
    """How far a call that we make has come."""

    RINGING_FROM = "ringing_from"
    """Who is called first has not answered yet."""
    RINGING_TO = "ringing_to"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A call that we make for a line. ``first`` and ``to`` as given; ``started_at`` is UTC."""

    id: str
    first: str
    to: str
    state: MadeState
    started_at: datetime


@dataclass(frozen=True, slots=True)
class MadeCallChanged:
    """A call that we make for ``line`` has come so far."""

    line: str
    call: str
    state: MadeState


@dataclass(frozen=True, slots=True)
class CallsChanged:
    """``line`` now holds ``calls`` calls (spec §3 "Five calls")."""

    line: str
    calls: int


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """A message of the box of ``line`` came, went, or changed."""

    line: str


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """A phone of ``line`` registered, went, or stopped or began again to answer."""

    line: str


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """What is set or known of ``line`` changed: a setting, its contacts, what was provisioned."""

    line: str


@dataclass(frozen=True, slots=True)
class ReadAnew:
    """Something may have been missed: what is shown must be asked for again."""


LiveEvent: TypeAlias = (
    CallsChanged | MadeCallChanged | MailboxChanged | DevicesChanged | SettingsChanged | ReadAnew
)
