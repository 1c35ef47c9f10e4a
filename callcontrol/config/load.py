"""The configuration of a whole system: every key and its default, once (contract.md, "Configuration"); what each
means is in config_model.py.

``load`` reads ``callcontrol.yaml`` and the environment (``CALLCONTROL_SIP_PORT`` for ``sip.port``; it wins)
into frozen dataclasses. The only things it may write are the generated secrets in the runtime folder, made
once, mode 0600.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from callcontrol.config.environment import from_environment, refuse_unknown
from callcontrol.config.model import (
    DEFAULT_FROM,
    AsteriskConfig,
    Config,
    DatabaseConfig,
    LimitsConfig,
    RtpConfig,
    SipConfig,
    SmtpConfig,
    TrunkConfig,
    WebConfig,
)
from callcontrol.config.secrets import Secrets
from callcontrol.config.trunks import TRUNK_KEYS, read_trunks
from callcontrol.config.values import ConfigDocument, ConfigError, Values, parse

__all__ = ["Config", "ConfigError", "TrunkConfig", "load"]

DEMO_TRUNK = "demo-trunk"
"""The trunk of demo/callcontrol.yaml."""

_KEYS = frozenset(
    f"{section}.{key}"
    for section, keys in {
        "database": ("url", "listen_url"),
        "asterisk": ("ari_url", "ari_user", "ari_password", "app", "rootfs"),
        "sip": (
            "bind", "port", "tls_port", "phone_networks", "session_expires", "external_address", "local_net",
            "keep_alive",
        ),
        "rtp": ("start", "end", "timeout", "external_address"),
        "web": ("bind", "port", "public_url"),
        "smtp": ("url", "from", "catch_all"),
        "media": ("dir", "keep_free_mb"),
        "dev": ("clock",),
        "demo": ("outside_port",),
        "runtime": ("dir",),
        "log": ("level",),
        "limits": ("emergency_calls",),
    }.items()
    for key in keys
)  # fmt: skip


def load(path: Path | None, environ: Mapping[str, str], *, make_secrets: bool = True) -> Config:
    """Read ``path`` (None: the file that CALLCONTROL_CONFIG names, else ``callcontrol.yaml`` of this folder
    if there is one).

    With ``make_secrets`` false nothing is written: secrets that do not exist yet read as empty. Raises
    ConfigError.
    """
    path, document = _read(path, environ)
    refuse_unknown(environ, _KEYS)
    values = Values({**document.scalars, **from_environment(environ, _KEYS)})
    runtime_dir = values.path("runtime.dir", Path.cwd() / ".runtime")
    secrets = Secrets.make(runtime_dir) if make_secrets else Secrets.read(runtime_dir)
    return Config(
        database=_database(values, runtime_dir, secrets),
        asterisk=_asterisk(values, runtime_dir, secrets),
        sip=SipConfig(
            values.address("sip.bind", "0.0.0.0"),  # noqa: S104 - phones are elsewhere: this is the product's purpose
            values.port("sip.port", 5060),
            values.port("sip.tls_port", 5061),
            values.networks("sip.phone_networks"),
            values.number("sip.session_expires", 300, 90, 86_400),
            values.optional_address("sip.external_address"),
            values.networks("sip.local_net"),
            values.number("sip.keep_alive", 30, 5, 3600),
        ),
        rtp=_rtp(values),
        web=_web(values),
        smtp=_smtp(values),
        media_dir=values.path("media.dir", runtime_dir / "media"),
        keep_free=values.number("media.keep_free_mb", 200, 0, 100_000_000) * 1_000_000,
        trunks=_demo_moved(read_trunks(document.lists.get("trunks", ()), path), values),
        limits=LimitsConfig(values.number("limits.emergency_calls", 5, 1, 1000)),
        clock=values.clock("dev.clock"),
        runtime_dir=runtime_dir,
        log_level=values.choice("log.level", "info", ("debug", "info", "warning", "error")),
        source=path,
        link_key=secrets.link_key,
    )


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[Path | None, ConfigDocument]:
    wanted = path or (Path(named) if (named := environ.get("CALLCONTROL_CONFIG")) else None)
    path = wanted or Path("callcontrol.yaml")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if wanted is None:
            return None, ConfigDocument({}, {})
        raise ConfigError(f"The configuration file {path} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error}.") from None
    return path.absolute(), parse(text, path.name, _KEYS, {"trunks": TRUNK_KEYS})


def _database(values: Values, runtime_dir: Path, secrets: Secrets) -> DatabaseConfig:
    given = values.url("database.url", None, ("postgresql", "postgres"))
    url = given or (
        f"postgresql://callcontrol:{quote(secrets.postgres_password)}@127.0.0.1:{secrets.postgres_port}/callcontrol"
    )
    return DatabaseConfig(
        url, values.url("database.listen_url", url, ("postgresql", "postgres")) or url, embedded=given is None
    )


def _asterisk(values: Values, runtime_dir: Path, secrets: Secrets) -> AsteriskConfig:
    url = values.url("asterisk.ari_url", None, ("http", "https")) or "http://127.0.0.1:8088/ari"
    return AsteriskConfig(
        ari_url=url.rstrip("/"),
        ari_user=values.word("asterisk.ari_user", "callcontrol"),
        ari_password=values.text("asterisk.ari_password", secrets.ari_password),
        app=values.word("asterisk.app", "callcontrol"),
        rootfs=values.path("asterisk.rootfs", runtime_dir / "rootfs"),
    )


def _rtp(values: Values) -> RtpConfig:
    rtp = RtpConfig(
        values.port("rtp.start", 10000),
        values.port("rtp.end", 20000),
        values.number("rtp.timeout", 3600, 1, 86_400),
        values.optional_address("rtp.external_address"),
    )
    if rtp.end < rtp.start + 3:
        raise ConfigError(f"rtp.end ({rtp.end}) must be at least 3 above rtp.start ({rtp.start}).")
    return rtp


def _smtp(values: Values) -> SmtpConfig:
    url = values.server_url("smtp.url", ("smtp", "smtps"))
    name, address = values.mailbox("smtp.from", DEFAULT_FROM)
    return SmtpConfig(
        url or "smtp://127.0.0.1:1025", address, values.flag("smtp.catch_all", url is None), name
    )


def _web(values: Values) -> WebConfig:
    bind, port = values.address("web.bind", "127.0.0.1"), values.port("web.port", 8080)
    shown = "127.0.0.1" if bind in ("0.0.0.0", "::") else bind  # noqa: S104 - compared, not bound
    default = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    return WebConfig(
        bind, port, (values.url("web.public_url", default, ("http", "https")) or default).rstrip("/")
    )


def _demo_moved(trunks: tuple[TrunkConfig, ...], values: Values) -> tuple[TrunkConfig, ...]:
    """``demo.outside_port``: where the demo's outside is, when its port is another program's here."""
    return tuple(
        replace(trunk, port=values.port("demo.outside_port", trunk.port))
        if trunk.name == DEMO_TRUNK
        else trunk
        for trunk in trunks
    )
