"""The configuration of a whole system: every key, its default and its meaning, once (contract.md,
"Configuration").

``load`` reads ``callcontrol.yaml`` and the environment (``CALLCONTROL_SIP_PORT`` for ``sip.port``; it wins)
into frozen dataclasses. The only things it may write are the generated secrets in the runtime folder, made
once, mode 0600.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from callcontrol import config_values
from callcontrol.config_values import ConfigError, Value, Values
from callcontrol.runtime.secrets import Secrets

__all__ = ["Config", "ConfigError", "TrunkConfig", "load"]

_KEYS = frozenset(
    f"{section}.{key}"
    for section, keys in {
        "database": ("url", "listen_url"),
        "asterisk": ("ari_url", "ari_user", "ari_password", "app", "rootfs"),
        "sip": ("bind", "port", "tls_port"),
        "rtp": ("start", "end"),
        "web": ("bind", "port", "public_url"),
        "smtp": ("url", "from", "catch_all"),
        "media": ("dir",),
        "dev": ("clock",),
        "runtime": ("dir",),
        "log": ("level",),
    }.items()
    for key in keys
)
_TRUNK_KEYS = frozenset(
    ("name", "host", "port", "register", "user", "password", "match", "trusted", "foreign_caller_id")
)


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
    """Where Asterisk listens for phones and trunks: UDP and TCP on ``port``, TLS on ``tls_port``."""

    bind: str
    port: int
    tls_port: int


@dataclass(frozen=True, slots=True)
class RtpConfig:
    """The UDP ports of the media, both ends included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where the portal and the API listen; ``public_url`` (no slash at its end) is how links in mails
    begin."""

    bind: str
    port: int
    public_url: str


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where mails go. ``catch_all`` is true when our own mail server of ``callcontrol run`` takes them."""

    url: str
    from_address: str
    catch_all: bool


@dataclass(frozen=True, slots=True)
class TrunkConfig:
    """A way to and from the outside. ``match`` are the addresses and networks that its calls come from. A
    ``trusted`` trunk gets the true number in P-Asserted-Identity even when it is hidden.
    ``foreign_caller_id``: it lets us present numbers that are not ours, as a forwarded call needs."""

    name: str
    host: str
    port: int
    match: tuple[str, ...]
    register: bool = False
    user: str | None = None
    password: str | None = None
    trusted: bool = True
    foreign_caller_id: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured. ``clock`` (tests only) is a fixed instant, a shift of the true time,
    or None."""

    database: DatabaseConfig
    asterisk: AsteriskConfig
    sip: SipConfig
    rtp: RtpConfig
    web: WebConfig
    smtp: SmtpConfig
    media_dir: Path
    trunks: tuple[TrunkConfig, ...]
    clock: datetime | timedelta | None
    runtime_dir: Path
    log_level: str
    internal_token: str
    source: Path | None

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


def load(path: Path | None, environ: Mapping[str, str], *, make_secrets: bool = True) -> Config:
    """Read ``path`` (None: the file that CALLCONTROL_CONFIG names, else ``callcontrol.yaml`` of this folder
    if there is one).

    With ``make_secrets`` false nothing is written: secrets that do not exist yet read as empty. Raises
    ConfigError.
    """
    path, document = _read(path, environ)
    values = Values({**document.scalars, **config_values.from_environment(environ, _KEYS)})
    runtime_dir = values.path("runtime.dir", Path.cwd() / ".runtime")
    secrets = Secrets.make(runtime_dir) if make_secrets else Secrets.read(runtime_dir)
    rtp = RtpConfig(values.port("rtp.start", 10000), values.port("rtp.end", 20000))
    if rtp.end < rtp.start + 3:
        raise ConfigError(f"rtp.end ({rtp.end}) must be at least 3 above rtp.start ({rtp.start}).")
    smtp_url = values.url("smtp.url", None, ("smtp", "smtps"))
    return Config(
        database=_database(values, runtime_dir, secrets),
        asterisk=AsteriskConfig(
            ari_url=(
                values.url("asterisk.ari_url", None, ("http", "https")) or "http://127.0.0.1:8088/ari"
            ).rstrip("/"),
            ari_user=values.word("asterisk.ari_user", "callcontrol"),
            ari_password=values.text("asterisk.ari_password", secrets.ari_password),
            app=values.word("asterisk.app", "callcontrol"),
            rootfs=values.path("asterisk.rootfs", runtime_dir / "rootfs"),
        ),
        sip=SipConfig(
            values.address("sip.bind", "0.0.0.0"),  # noqa: S104 - phones are elsewhere: this is the product's purpose
            values.port("sip.port", 5060),
            values.port("sip.tls_port", 5061),
        ),
        rtp=rtp,
        web=_web(values),
        smtp=SmtpConfig(
            smtp_url or "smtp://127.0.0.1:1025",
            values.text("smtp.from", "callcontrol@localhost"),
            values.flag("smtp.catch_all", smtp_url is None),
        ),
        media_dir=values.path("media.dir", runtime_dir / "media"),
        trunks=_trunks(document.lists.get("trunks", ()), path),
        clock=values.clock("dev.clock"),
        runtime_dir=runtime_dir,
        log_level=values.choice("log.level", "info", ("debug", "info", "warning", "error")),
        internal_token=secrets.internal_token,
        source=path,
    )


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[Path | None, config_values.Document]:
    wanted = path or (Path(named) if (named := environ.get("CALLCONTROL_CONFIG")) else None)
    path = wanted or Path("callcontrol.yaml")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if wanted is None:
            return None, config_values.Document({}, {})
        raise ConfigError(f"The configuration file {path} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error}.") from None
    return path.absolute(), config_values.parse(text, path.name, _KEYS, {"trunks": _TRUNK_KEYS})


def _database(values: Values, runtime_dir: Path, secrets: Secrets) -> DatabaseConfig:
    given = values.url("database.url", None, ("postgresql", "postgres"))
    url = given or (
        f"postgresql://callcontrol:{quote(secrets.postgres_password)}@127.0.0.1:{secrets.postgres_port}/callcontrol"
    )
    return DatabaseConfig(
        url, values.url("database.listen_url", url, ("postgresql", "postgres")) or url, embedded=given is None
    )


def _web(values: Values) -> WebConfig:
    bind, port = values.address("web.bind", "127.0.0.1"), values.port("web.port", 8080)
    shown = "127.0.0.1" if bind in ("0.0.0.0", "::") else bind  # noqa: S104 - compared, not bound
    default = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    return WebConfig(
        bind, port, (values.url("web.public_url", default, ("http", "https")) or default).rstrip("/")
    )


def _trunks(items: tuple[Mapping[str, Value], ...], path: Path | None) -> tuple[TrunkConfig, ...]:
    trunks: list[TrunkConfig] = []
    for index, item in enumerate(items):
        trunk = _trunk(Values(item, f"{path.name if path else 'configuration'}: trunks[{index}]"))
        if any(trunk.name == other.name for other in trunks):
            raise item["name"].refuse("a name that no other trunk has")
        trunks.append(trunk)
    return tuple(trunks)


def _trunk(values: Values) -> TrunkConfig:
    values.required("name")
    values.required("host")
    name = values.word("name", "")
    if name.isdigit():
        raise values.found["name"].refuse("a name with at least one letter (digits alone are phones)")
    host = values.host("host", "")
    register, user = values.flag("register", False), values.optional("user")
    if register and user is None:
        raise ConfigError(f"{values.where}: register needs user and password.")
    match = tuple(part.strip() for part in values.text("match", host).split(",") if part.strip())
    for part in match:
        _check_match(part, values)
    return TrunkConfig(
        name,
        host,
        values.port("port", 5060),
        match,
        register,
        user,
        values.optional("password"),
        values.flag("trusted", True),
        values.flag("foreign_caller_id", True),
    )


def _check_match(part: str, values: Values) -> None:
    """A network (CIDR), an address or a host name: anything else would let strangers in or break
    pjsip.conf."""
    if "/" not in part:
        Values({"match": Value("match", part, values.where)}).host("match", "")
        return
    try:
        ipaddress.ip_network(part, strict=False)
    except ValueError:
        raise values.found["match"].refuse(
            "a list of addresses, networks (192.0.2.0/24) or host names"
        ) from None
