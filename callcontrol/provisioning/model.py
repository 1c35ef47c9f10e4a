"""A company as its file tells it: what ``parse`` answers with and ``store.companies`` applies. Pure data.

Line and group numbers are the digits of the login (``0222969569``); every other number is canonical (``numbers.py``).
Secrets are in clear here and nowhere else: this never reaches a log, and ``repr`` leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from callcontrol.facts import Barring, Licence


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site or department; ``number`` is presented by its emergency calls."""

    name: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """The company itself; see ``facts.Company``."""

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
    """Where boxes are opened from outside."""
    max_messages: int = 100
    drop_silent_messages: bool = False
    sites: tuple[SiteEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line. ``at`` is where it stands in the file. ``portal_password``, ``pin`` and ``email`` are first values: they
    are applied again only when they change in the file."""

    at: int
    number: str
    name: str
    extension: str | None = None
    licence: Licence = Licence.FULL
    language: str = "fr"
    site: str | None = None
    max_calls: int = 5
    fax_number: str | None = None
    administrator: bool = False
    email: str | None = None
    sip_password: str | None = field(default=None, repr=False)
    portal_password: str | None = field(default=None, repr=False)
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShortCodeEntry:
    """An abbreviated number."""

    at: int
    code: str
    number: str


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A hunt group. ``members`` are line numbers, in hunting order. It is an account: its secrets are as a line's."""

    at: int
    number: str
    name: str
    extension: str | None = None
    hunting: str = "simultaneous"
    supervised: bool = False
    advanced: bool = False
    site: str | None = None
    members: tuple[str, ...] = ()
    email: str | None = None
    portal_password: str | None = field(default=None, repr=False)
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PickupGroupEntry:
    """A pickup group. ``members`` are line numbers."""

    at: int
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A whole file, right in itself; only the database can still object."""

    company: CompanyEntry
    lines: tuple[LineEntry, ...] = ()
    short_codes: tuple[ShortCodeEntry, ...] = ()
    groups: tuple[GroupEntry, ...] = ()
    pickup_groups: tuple[PickupGroupEntry, ...] = ()

    @property
    def entries(self) -> tuple[LineEntry | GroupEntry, ...]:
        """Everything of the file that has a number which can be called."""
        return (*self.lines, *self.groups)
