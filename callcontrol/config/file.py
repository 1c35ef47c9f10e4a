"""callcontrol.yaml as it is written: its sections, and the keys that ``Config`` has in another form. Pure.

``documents.read.keys(ConfigFile)`` is the table of all keys: name, kind, default and meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from callcontrol.config.kinds import Clock, Folder, Port
from callcontrol.config.model import (
    AsteriskConfig,
    DatabaseConfig,
    LimitsConfig,
    RtpConfig,
    SipConfig,
    SmtpConfig,
    WebConfig,
)
from callcontrol.config.trunks import TrunkConfig
from callcontrol.documents.fields import choice, whole

LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class MediaSection:
    """``media`` of the file."""

    dir: Annotated[Folder, "messages and recordings; else `media` in `runtime.dir`"] = Path()
    keep_free_mb: Annotated[int, whole(0, 100_000_000), "MB of its disk that no message is stored in"] = 200


@dataclass(frozen=True, slots=True)
class RuntimeSection:
    """``runtime`` of the file."""

    dir: Annotated[Folder, "all that is written; else `.runtime` in this folder"] = Path()


@dataclass(frozen=True, slots=True)
class LogSection:
    """``log`` of the file."""

    level: Annotated[str, choice(LEVELS), "`debug` adds Asterisk's notices to `asterisk.log`"] = "info"


@dataclass(frozen=True, slots=True)
class DevSection:
    """``dev`` of the file, for tests."""

    clock: Annotated[Clock | None, "an instant with its zone, or a shift of the true time (`+90m`)"] = None


@dataclass(frozen=True, slots=True)
class DemoSection:
    """``demo`` of the file."""

    outside_port: Annotated[Port | None, "the port of the demo's outside (`demo-trunk`); else its own"] = None


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """callcontrol.yaml and the environment as they are read; ``load`` fills in what follows from other keys."""

    database: Annotated[DatabaseConfig, "PostgreSQL"] = field(default_factory=DatabaseConfig)
    asterisk: Annotated[AsteriskConfig, "Asterisk"] = field(default_factory=AsteriskConfig)
    sip: Annotated[SipConfig, "phones and trunks"] = field(default_factory=SipConfig)
    rtp: Annotated[RtpConfig, "sound"] = field(default_factory=RtpConfig)
    web: Annotated[WebConfig, "API and pages"] = field(default_factory=WebConfig)
    smtp: Annotated[SmtpConfig, "mails"] = field(default_factory=SmtpConfig)
    media: Annotated[MediaSection, "messages and recordings"] = field(default_factory=MediaSection)
    limits: Annotated[LimitsConfig, "what stops a flood"] = field(default_factory=LimitsConfig)
    runtime: Annotated[RuntimeSection, "where we write"] = field(default_factory=RuntimeSection)
    log: Annotated[LogSection, "logs"] = field(default_factory=LogSection)
    dev: Annotated[DevSection, "tests only"] = field(default_factory=DevSection)
    demo: Annotated[DemoSection, "the demo"] = field(default_factory=DemoSection)
    trunks: Annotated[tuple[TrunkConfig, ...], "ways to and from the outside, in their order"] = ()
