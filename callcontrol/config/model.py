"""What a whole system's configuration is, once it has been read: every key with its kind, its default and what it
means, once (contract.md, "Configuration"), and the folders that follow from them. Frozen dataclasses. Pure.

A new key is one field: it is then read from file and environment, refused with its line when it is
wrong, and known to ``documents.read.keys``. Its sentence is that of its kind (``kinds.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field

from callcontrol.config.kinds import (
    SENDER,
    Address,
    Folder,
    HttpUrl,
    Line,
    Networks,
    Port,
    PostgresUrl,
    Sender,
    SmtpUrl,
    Switch,
    Word,
)
from callcontrol.config.trunks import TrunkConfig
from callcontrol.documents.fields import whole

DEFAULT_FROM = "callcontrol@localhost"
"""The sender of our mails where ``smtp.from`` names none."""
_SENDER = Sender(None, DEFAULT_FROM)


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """``listen_url`` is a direct connection for LISTEN, another one only where ``url`` goes through a
    pooler."""

    url: Annotated[PostgresUrl, "a PostgreSQL of your own, 15 or newer; else an embedded one"] = ""
    listen_url: Annotated[PostgresUrl, "a direct connection, where `database.url` is a pooler"] = ""
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class AsteriskConfig:
    """How the app reaches Asterisk's REST interface; ``app`` is the Stasis application's name, ``rootfs`` the
    folder of the root filesystems that we build where no Asterisk is installed."""

    ari_url: Annotated[HttpUrl, "Asterisk's REST interface; ours listens there"] = "http://127.0.0.1:8088/ari"
    ari_user: Annotated[Word, "who logs in there"] = "callcontrol"
    ari_password: Annotated[Line, "with what; else generated"] = ""
    app: Annotated[Word, "the Stasis application's name"] = "callcontrol"
    rootfs: Annotated[Folder, "where Asterisk is built; else `rootfs` in `runtime.dir`"] = Path()


@dataclass(frozen=True, slots=True)
class SipConfig:
    """Where Asterisk listens for phones and trunks: UDP and TCP on ``port``, TLS on ``tls_port``. ``phone_networks``:
    where phones may be; empty: anywhere. ``session_expires``: every call is refreshed within so many seconds
    (RFC 4028), so that one that died without a BYE is found."""

    bind: Annotated[Address, "where phones and trunks reach us"] = "0.0.0.0"  # noqa: S104 - the purpose
    port: Annotated[Port, "UDP and TCP"] = 5060
    tls_port: Annotated[Port, "TLS"] = 5061
    phone_networks: Annotated[Networks, "where phones are; else anywhere"] = ()
    session_expires: Annotated[int, whole(90, 86_400), "seconds; every talk is refreshed in half of them"] = (
        300
    )
    external_address: Annotated[Address | None, "that of the NAT before us, told outside `local_net`"] = None
    local_net: Annotated[Networks, "the networks on our side of it; else private ones"] = ()
    keep_alive: Annotated[int, whole(5, 3600), "seconds between signs of life to each phone"] = 30


@dataclass(frozen=True, slots=True)
class RtpConfig:
    """The UDP ports of the media, both ends included. ``timeout``: a talk in which nothing was heard from one side for
    so many seconds ends."""

    start: Annotated[Port, "first UDP port of the sound, at the address of `sip.bind`"] = 10000
    end: Annotated[Port, "last UDP port of the sound"] = 20000
    timeout: Annotated[int, whole(1, 86_400), "seconds without sound after which a talk ends"] = 3600
    external_address: Annotated[Address | None, "another one for sound; else that of `sip`"] = None


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where the portal and the API listen; ``public_url`` (no slash at its end) is how links in mails
    begin."""

    bind: Annotated[Address, "API, `/healthz`, `/metrics`"] = "127.0.0.1"
    port: Annotated[Port, "their port"] = 8080
    public_url: Annotated[HttpUrl, "how links in mails begin; else by `bind` and `port`"] = ""


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where mails go. ``catch_all`` is true when our own mail server of ``callcontrol run`` takes them."""

    url: Annotated[SmtpUrl, "the mail server; else `smtp://127.0.0.1:1025`, our own"] = ""
    sender: Annotated[Sender, SENDER, Field(alias="from"), "an address, or `Name <address>`"] = _SENDER
    catch_all: Annotated[Switch | None, "our own server takes all; else without `smtp.url`"] = None

    @property
    def from_name(self) -> str | None:
        """Whom mails come from, in place of “Service de Notification”."""
        return self.sender.name

    @property
    def from_address(self) -> str:
        """The address that they come from."""
        return self.sender.address


@dataclass(frozen=True, slots=True)
class LimitsConfig:
    """What stops a flood, and what fraud would cost (docs/security.md). ``emergency_calls``: those of one line at once;
    further ones wait (spec §2.2). ``costly_calls_per_day`` and ``costly_minutes_per_day``: international and premium
    calls of one line, forwards among them, between two midnights; a company file may say otherwise.
    ``outside_calls_per_hour``: more of one line are told as an alarm. ``reminders_per_second``: as many calls are
    begun in a second when many are due at once. ``sip_guesses``: wrong SIP passwords from one
    address within ten minutes before it is kept out."""

    emergency_calls: Annotated[int, whole(1, 1000), "emergency calls of one line at once"] = 5
    costly_calls_per_day: Annotated[
        int, whole(0, 1_000_000), "international and premium calls of one line"
    ] = 100
    costly_minutes_per_day: Annotated[int, whole(0, 1_000_000), "and minutes of them"] = 300
    outside_calls_per_hour: Annotated[int, whole(1, 1_000_000), "more of one line ring an alarm"] = 60
    reminders_per_second: Annotated[int, whole(1, 1000), "calls that are begun for reminders"] = 20
    sip_guesses: Annotated[int, whole(3, 1_000_000), "wrong SIP passwords before an address is kept out"] = 20


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured. ``keep_free``: bytes of the media folder's disk below which no message is
    taken. ``clock`` (tests only) is a fixed instant, a shift of the true time, or None."""

    database: DatabaseConfig
    asterisk: AsteriskConfig
    sip: SipConfig
    rtp: RtpConfig
    web: WebConfig
    smtp: SmtpConfig
    media_dir: Path
    keep_free: int
    trunks: tuple[TrunkConfig, ...]
    limits: LimitsConfig
    clock: datetime | timedelta | None
    runtime_dir: Path
    log_level: str
    source: Path | None
    link_key: str = field(default="", repr=False)
    """Signs the links in mails; generated."""
    node: str = field(default="", repr=False)
    """What tells this system's calls process from those of others on the same database; generated."""

    @property
    def recording_dir(self) -> Path:
        """Where Asterisk writes ARI recordings: in the media folder's file system, so that a rename delivers
        them."""
        return self.media_dir / "spool" / "recording"

    @property
    def sounds_dir(self) -> Path:
        """Where recordings of one's own voice lie that are played before the shipped ones
        (import-prompts)."""
        return self.media_dir / "sounds"

    @property
    def fallback_dir(self) -> Path:
        """Where messages land that were taken without the app (asterisk_conf/render.py names the files)."""
        return self.media_dir / "fallback"
