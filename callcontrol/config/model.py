"""What a whole system's configuration is, once it has been read (config.py): frozen dataclasses, and the folders that
follow from them. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from callcontrol.number_format import NumberFormat


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """``listen_url`` is a direct connection for LISTEN, another one only where ``url`` goes through a
    pooler."""

    url: str
    listen_url: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class AsteriskConfig:
    """How the app reaches Asterisk's REST interface; ``app`` is the Stasis application's name, ``rootfs`` the
    folder of the root filesystems that we build where no Asterisk is installed."""

    ari_url: str
    ari_user: str
    ari_password: str
    app: str
    rootfs: Path


@dataclass(frozen=True, slots=True)
class SipConfig:
    """Where Asterisk listens for phones and trunks: UDP and TCP on ``port``, TLS on ``tls_port``. ``phone_networks``:
    where phones may be; empty: anywhere. ``session_expires``: every call is refreshed within so many seconds
    (RFC 4028), so that one that died without a BYE is found. ``external_address``: the address that a NAT in front of
    us has, which whoever is not in one of ``local_net`` is told. ``keep_alive``: seconds between two signs of life to
    each phone, which keep the way through a NAT of its own open."""

    bind: str
    port: int
    tls_port: int
    phone_networks: tuple[str, ...] = ()
    session_expires: int = 300
    external_address: str | None = None
    local_net: tuple[str, ...] = ()
    keep_alive: int = 30


@dataclass(frozen=True, slots=True)
class RtpConfig:
    """The UDP ports of the media, both ends included. ``timeout``: a talk in which nothing was heard from one side for
    so many seconds ends. ``external_address``: that of ``SipConfig``, where sound takes another way."""

    start: int
    end: int
    timeout: int = 3600
    external_address: str | None = None


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where the portal and the API listen; ``public_url`` (no slash at its end) is how links in mails
    begin."""

    bind: str
    port: int
    public_url: str


DEFAULT_FROM = "callcontrol@localhost"
"""The sender of our mails where ``smtp.from`` names none."""


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where mails go. ``catch_all`` is true when our own mail server of ``callcontrol run`` takes them. ``from_name``:
    whom they come from, in place of “Service de Notification”."""

    url: str
    from_address: str
    catch_all: bool
    from_name: str | None = None


class Transport(StrEnum):
    """What carries SIP to a trunk."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


CODECS = ("g722", "alaw", "ulaw", "opus", "gsm")
"""What can be offered to a trunk."""


@dataclass(frozen=True, slots=True)
class TrunkConfig:
    """A way to and from the outside. ``match`` are the addresses and networks that its calls come from. A
    ``trusted`` trunk gets the true number in P-Asserted-Identity even when it is hidden.
    ``foreign_caller_id``: it lets us present numbers that are not ours, as a forwarded call needs. ``qualify``: seconds
    between two OPTIONS by which it is known to live, 0 for none. ``cancels_elsewhere``: its CANCEL with the reason
    ``SIP;cause=200`` says that the call was answered elsewhere; false where it gives ``Q.850;cause=16`` whenever a
    caller gives up, which Asterisk cannot tell from it. ``srtp``: encrypted sound (SDES) is taken from it and offered
    to it."""

    name: str
    host: str
    port: int
    match: tuple[str, ...]
    register: bool = False
    user: str | None = None
    password: str | None = None
    trusted: bool = True
    foreign_caller_id: bool = True
    srtp: bool = False
    number_format: NumberFormat = NumberFormat.AUTO
    """How it writes numbers, and wants them written."""
    qualify: int = 15
    cancels_elsewhere: bool = True
    last_resort: bool = False
    """Tried after every other one, those that are known dead included."""
    transport: Transport = Transport.UDP
    tls_verify: bool = True
    """Its certificate must be one that this machine trusts, for its host."""
    outbound_proxy: str | None = None
    """``host`` or ``host:port`` through which everything goes to it."""
    contact_user: str | None = None
    """The user part of the Contact that is registered; None: ``user``."""
    from_user: str | None = None
    from_domain: str | None = None
    """What From says of us, where the operator wants its own account or domain there."""
    number: str | None = None
    """Which number is called when a call names nobody but the account itself."""
    codecs: tuple[str, ...] = ()
    """In order, out of CODECS; none: all that phones are offered."""
    expires: int = 600
    """Seconds that a registration is asked for."""
    retry: int = 30
    """Seconds until a registration that was not answered is tried again; twice as many after a refusal."""

    @property
    def contact(self) -> str:
        """The user part of the Contact that is registered: the account's name where that can stand in a URI."""
        plain = self.user is not None and re.fullmatch(r"[A-Za-z0-9._+*~!-]+", self.user)
        return self.contact_user or (self.user if plain and self.user else self.name)

    @property
    def transport_parameter(self) -> str:
        """What a SIP URI says of the transport (RFC 3261 §19.1.1); nothing of UDP."""
        return "" if self.transport is Transport.UDP else f";transport={self.transport}"

    @property
    def at(self) -> str:
        """``host:port`` and the transport, as they stand behind a user in a SIP URI."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}{self.transport_parameter}"


@dataclass(frozen=True, slots=True)
class LimitsConfig:
    """What stops a flood. ``emergency_calls``: those of one line at once; further ones wait (spec §2.2)."""

    emergency_calls: int = 5


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
