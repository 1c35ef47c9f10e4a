"""A company as its file tells it: what ``parse`` answers with and ``store.companies`` applies. Pure.

Line and group numbers are the digits of the login (``0222969569``); every other number is canonical (``numbers.py``).
Secrets are in clear here and nowhere else: this never reaches a log, and ``repr`` leaves them out. A new key is one
field: it is then read, refused with its line when it is wrong, and known to ``documents.read.keys``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from callcontrol.documents.fields import Bounded, Flag, Mail, Text, choice, whole
from callcontrol.facts import Barring, Licence
from callcontrol.provisioning.names import (
    CompanyLanguage,
    Country,
    ExtensionLength,
    FaxNumber,
    FullNumber,
    GroupExtension,
    GroupNumber,
    Language,
    LineExtension,
    LineNumber,
    Members,
    PickupGroupName,
    Pin,
    PortalPassword,
    ShortCode,
    SipPassword,
    Site,
    SiteName,
    TargetNumber,
    TimeZone,
)

DTLS = ("savp", "savpf")
"""The profiles that phones offer which speak DTLS-SRTP alone (RFC 5764): without and with feedback (RFC 5124)."""
HUNTING = ("simultaneous", "linear", "circular", "longest_idle")


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site or department."""

    name: Annotated[SiteName, "how lines and groups name it"]
    number: Annotated[FullNumber | None, "what its emergency calls present"] = None


@dataclass(frozen=True, slots=True)
class BarringEntry:
    """What no line of a company may call, whatever its own settings."""

    national: Annotated[Flag, "national numbers and mobiles"] = False
    international: Annotated[Flag, "international numbers"] = False
    premium: Annotated[Flag, "premium rate numbers"] = False
    access_codes: Annotated[Flag, "star codes"] = False
    config_codes: Annotated[Flag, "star codes that change settings"] = False

    def classes(self) -> frozenset[Barring]:
        """The classes that are barred."""
        return frozenset(barring for barring in Barring if getattr(self, barring.value))


@dataclass(frozen=True, slots=True, eq=False)
class _Barred:
    """Reads the classes of a ``BarringEntry``."""

    model: type = BarringEntry

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        switches = handler.generate_schema(BarringEntry)
        return core_schema.no_info_after_validator_function(BarringEntry.classes, switches)


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """The company itself; see ``facts.Company``."""

    name: Annotated[Text, "by which the file finds its company again"]
    timezone: Annotated[TimeZone, "IANA name"] = "Europe/Paris"
    language: Annotated[CompanyLanguage, "fr or en"] = "fr"
    country: Annotated[Country, "whose numbering plan is used"] = "FR"
    max_calls: Annotated[
        int | None, whole(1, 1_000_000), "outside calls at once; else five for each line, at most 100"
    ] = None
    extension_length: Annotated[ExtensionLength, "digits of an extension, 2 to 6"] = 4
    main_caller_id: Annotated[FullNumber | None, "shown for lines that may show it"] = None
    barring: Annotated[frozenset[Barring], _Barred(), "classes barred for all"] = frozenset()
    support_email: Annotated[Mail | None, "where users write for help"] = None
    voicemail_number: Annotated[FaxNumber | None, "where boxes are opened from outside"] = None
    max_messages: Annotated[int, whole(1, 10_000), "messages of a box"] = 100
    drop_silent_messages: Annotated[Flag, "messages without a word are not kept"] = False
    max_costly_calls: Annotated[
        int | None,
        whole(0, 1_000_000),
        "international and premium calls of a line in a day; else the system's",
    ] = None
    max_costly_minutes: Annotated[int | None, whole(0, 1_000_000), "and minutes of them"] = None
    sites: Annotated[tuple[SiteEntry, ...], Bounded, "sites and departments"] = ()


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line. ``at`` is where it stands in the file. ``portal_password``, ``pin`` and ``email`` are first values: they
    are applied again only when they change in the file."""

    at: int
    number: Annotated[LineNumber, "its full number, in any spelling: its log-in"]
    name: Annotated[Text, "shown to those it calls"]
    extension: Annotated[LineExtension | None, "dialled inside the company"] = None
    licence: Annotated[Licence, choice(Licence, Licence), "what it may use"] = Licence.FULL
    language: Annotated[Language, "fr or en; else the company's"] = "fr"
    site: Annotated[Site | None, "one of the company's sites"] = None
    max_calls: Annotated[int, whole(1, 1000), "calls at once"] = 5
    fax_number: Annotated[FaxNumber | None, "its own number for faxes"] = None
    administrator: Annotated[Flag, "may manage the company"] = False
    dtls: Annotated[
        str | None, choice(DTLS), "a second SIP account, `NUMBER-dtls`, for phones that encrypt by DTLS alone"
    ] = None
    email: Annotated[Mail | None, "its security address; a first value"] = None
    sip_password: Annotated[SipPassword, "of its phones; without it one is made and shown once"] = field(
        default=None, repr=False
    )
    portal_password: Annotated[PortalPassword | None, "a first value, 12 to 20 characters"] = field(
        default=None, repr=False
    )
    pin: Annotated[Pin | None, "of its voice menu, 6 to 8 digits; a first value"] = field(
        default=None, repr=False
    )


@dataclass(frozen=True, slots=True)
class ShortCodeEntry:
    """An abbreviated number."""

    at: int
    code: Annotated[ShortCode, "2 to 6 digits"]
    number: Annotated[TargetNumber, "what it dials"]


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A hunt group. ``members`` are line numbers, in hunting order. It is an account: its secrets are as a line's."""

    at: int
    number: Annotated[GroupNumber, "its full number, in any spelling"]
    name: Annotated[Text, "its name"]
    extension: Annotated[GroupExtension | None, "dialled inside the company"] = None
    hunting: Annotated[str, choice(HUNTING), "in which order members ring"] = "simultaneous"
    supervised: Annotated[Flag, "members log in and out"] = False
    advanced: Annotated[Flag, "with rule lists of its own"] = False
    site: Annotated[Site | None, "one of the company's sites"] = None
    members: Annotated[Members, "lines, by number or extension"] = ()
    email: Annotated[Mail | None, "its security address; a first value"] = None
    portal_password: Annotated[PortalPassword | None, "a first value, 12 to 20 characters"] = field(
        default=None, repr=False
    )
    pin: Annotated[Pin | None, "of its voice menu, 6 to 8 digits; a first value"] = field(
        default=None, repr=False
    )


@dataclass(frozen=True, slots=True)
class PickupGroupEntry:
    """A pickup group. ``members`` are line numbers."""

    at: int
    name: Annotated[PickupGroupName, "its name"]
    members: Annotated[Members, "lines, by number or extension"] = ()


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A whole file, right in itself; only the database can still object."""

    company: Annotated[CompanyEntry, "the company itself"]
    lines: Annotated[tuple[LineEntry, ...], "its lines"] = ()
    short_codes: Annotated[tuple[ShortCodeEntry, ...], "abbreviated numbers"] = ()
    groups: Annotated[tuple[GroupEntry, ...], "hunt groups"] = ()
    pickup_groups: Annotated[tuple[PickupGroupEntry, ...], "whose members pick up each other's calls"] = ()

    @property
    def entries(self) -> tuple[LineEntry | GroupEntry, ...]:
        """Everything of the file that has a number which can be called."""
        return (*self.lines, *self.groups)
