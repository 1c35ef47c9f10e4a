"""What is known about a call and a line at the moment a decision is taken.

Pure data: no I/O, no clock, no log. Facts are gathered again before each decision (spec §3), so a value
here is never kept and trusted later. Line numbers are the 10-digit login of spec §1 (``0222969569``);
every other number is canonical (E.164 with ``+``, or a short number as dialled), see ``numbers.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Presentation(StrEnum):
    """How a caller's number is presented (spec §1): anonymous and unavailable are different things."""

    SHOWN = "shown"
    ANONYMOUS = "anonymous"
    """The caller withheld it: never shown, stored, matched against a list or called back."""
    UNAVAILABLE = "unavailable"
    """The network gave none."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    ``line`` is the number of one of our lines, known from the authenticated device, never from a header;
    it is set for an internal caller even when the number is withheld (the count of its calls needs it),
    but nothing may be matched on it then. ``device`` is that device's contact URI, when known.
    """

    presentation: Presentation
    number: str | None = None
    """Canonical, or as it was sent where the trunk's format does not explain it; None unless ``presentation`` is
    SHOWN."""
    name: str | None = None
    line: str | None = None
    company: str | None = None
    """Company id of an internal caller."""
    extension: str | None = None
    device: str | None = None

    def __post_init__(self) -> None:
        if self.presentation is not Presentation.SHOWN and self.number is not None:
            raise ValueError("a number that is not shown is not kept")


class Licence(StrEnum):
    """Licences of spec §1."""

    SIMPLE = "simple"
    FULL = "full"
    FULL_MEETING = "full_meeting"
    FULL_CONFERENCING = "full_conferencing"
    FULL_MEETING_ADVANCED = "full_meeting_advanced"
    FAX = "fax"


class Barring(StrEnum):
    """The five classes of outgoing barring (spec §2.3); the names are those of the settings document."""

    NATIONAL = "national"
    INTERNATIONAL = "international"
    PREMIUM = "premium"
    ACCESS_CODES = "access_codes"
    CONFIG_CODES = "config_codes"


@dataclass(frozen=True, slots=True)
class Company:
    """A Business Group (spec §1). ``max_calls`` limits outside (trunk) legs; None is the default,
    which the number of its lines makes (``Directory.most_outside_calls``)."""

    id: str
    name: str
    timezone: str = "Europe/Paris"
    language: str = "fr"
    country: str = "FR"
    max_calls: int | None = None
    extension_length: int = 4
    main_caller_id: str | None = None
    barring: frozenset[Barring] = frozenset()
    support_email: str | None = None
    voicemail_number: str | None = None
    """Canonical: where boxes are opened from outside."""
    max_messages: int = 100
    """Messages and faxes that a mailbox holds; deleted ones do not count (spec §5)."""
    drop_silent_messages: bool = False
    """A message of nothing but silence, as robots leave, is not kept."""
    max_costly_calls: int | None = None
    max_costly_minutes: int | None = None
    """International and premium calls and minutes of each line between two midnights; None: the system's limits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as provisioned (spec §1): what its user cannot change. No secrets are kept here. The account of
    a hunt group is one too: a log-in, settings, a mailbox and a history, but no device and no calls of its own."""

    number: str
    """Ten digits: the login and the key of everything that belongs to the line."""
    company: str
    name: str
    extension: str | None = None
    licence: Licence = Licence.FULL
    language: str = "fr"
    site: str | None = None
    site_number: str | None = None
    """Presented by emergency calls."""
    max_calls: int = 5
    fax_number: str | None = None
    administrator: bool = False
    dtls: bool = False
    """It has a second SIP account, for phones that speak DTLS alone."""
    pickup_groups: tuple[str, ...] = ()
    """Names of the pickup groups of its company that it belongs to."""
    group: bool = False
    """It is the account of a hunt group: it has everything that a line has but devices (spec §1)."""


@dataclass(frozen=True, slots=True)
class Group:
    """A hunt group as provisioned (spec §11). ``members`` are line numbers, in hunting order."""

    number: str
    company: str
    name: str
    extension: str | None = None
    members: tuple[str, ...] = ()
    hunting: str = "simultaneous"
    """``simultaneous``, ``linear``, ``circular`` or ``longest_idle``."""
    supervised: bool = False
    advanced: bool = False
    site: str | None = None

    def account(self, language: str) -> Line:
        """What its user logs in as, whose settings treat its calls and whose mailbox takes its messages."""
        return Line(
            self.number,
            self.company,
            self.name,
            self.extension,
            Licence.FULL_MEETING_ADVANCED if self.advanced else Licence.FULL,
            language,
            self.site,
            group=True,
        )


@dataclass(frozen=True, slots=True)
class Device:
    """A registered, reachable contact of a line. ``contact`` is the URI that Asterisk can dial; ``account`` the
    endpoint that it is called by, where that is not the line's number: the second account that it registered at, or
    ``sip_account.SDES``."""

    contact: str
    user_agent: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class OutsideForward:
    """A call that a line forwards outside right now. Numbers are canonical, that of ``first_line`` is ten digits."""

    target: str
    caller: str | None
    """None when it is withheld or unknown."""
    first_line: str
    """The line that was called first: its number is shown where the caller's may not be."""


@dataclass(frozen=True, slots=True)
class CostlyToday:
    """International and premium calls of a line since midnight, forwards among them, and how many it may make (None: no
    limit). Those under way count."""

    calls: int = 0
    minutes: float = 0.0
    most_calls: int | None = None
    most_minutes: int | None = None

    @property
    def no_minute_left(self) -> bool:
        """Whether those under way must end."""
        return self.most_minutes is not None and self.minutes >= self.most_minutes

    @property
    def spent(self) -> bool:
        """Whether the line may make no further one today."""
        return self.no_minute_left or (self.most_calls is not None and self.calls >= self.most_calls)


@dataclass(frozen=True, slots=True)
class LineState:
    """Live facts of one line, without the call that is being decided."""

    devices: tuple[Device, ...] = ()
    calls: int = 0
    """Calls that count against ``Line.max_calls`` (ringing, talking, held; in and out)."""
    company_outside_calls: int = 0
    """Trunk legs that the whole company holds."""
    forwarding: tuple[OutsideForward, ...] = ()
    """Calls that the line forwards outside: they do not count against ``Line.max_calls``, but as many are allowed."""
    costly: CostlyToday = CostlyToday()


@dataclass(frozen=True, slots=True)
class Guest:
    """Who stays in a call when the other party transfers it: its ``channel``, and who is called now sees ``caller``."""

    channel: str
    caller: Caller
    company: str
    """Whose trunk it uses where it is outside."""
    paid_by: str | None = None
    """The line of ours that called it outside; None: it called us, or is a line."""


@dataclass(frozen=True, slots=True)
class TransferredBy:
    """A call that ``line`` transferred (spec §2.6): that line is called back when nobody is found ``until`` then
    (aware; None: as long as it takes)."""

    line: str
    until: datetime | None = None
    number: str | None = None
    """Canonical: where it goes, when that is outside."""
    to_mailbox: bool = False
    """It goes to the mailbox that the transferring party had reached itself."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """The call as it stands before the current line, the same for every decision on that line."""

    caller: Caller
    first_line: str
    """The line that was called first: its mailbox takes any voicemail of this call (spec §3)."""
    path: tuple[str, ...] = ()
    """Lines of ours that forwarded this call before the current one, first to last, and numbers
    (canonical) found in incoming Diversion and History-Info headers."""
    forwards: int = 0
    """How often the call has been forwarded, entries of incoming Diversion / History-Info counted."""
    transfer: TransferredBy | None = None
    returned: bool = False
    """Nobody was found for it: it is at the line that transferred it, to be taken back."""

    def forwarded_by(self, line: str) -> IncomingCall:
        """The call as it arrives at the next line after ``line`` forwarded it."""
        return replace(self, path=(*self.path, line), forwards=self.forwards + 1)
