"""``callcontrol doctor``: looks at everything that a system needs on this machine and says what is missing.

Changes nothing, starts nothing, builds nothing; runs from any folder.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import yaml

from callcontrol.asterisk.names import lookup
from callcontrol.asterisk_conf.accounts import password_hash
from callcontrol.asterisk_conf.addresses import names_in
from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.runtime import ports, rootfs
from callcontrol.runtime.layout import Layout, data_dir
from callcontrol.runtime.postgres_setup import programs
from callcontrol.runtime.trunk_news import healthz


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``good`` None is a remark: neither right nor wrong."""

    good: bool | None
    text: str


async def run(path: Path | None, environ: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Print one line for each thing; 0 when nothing is missing, else 1. Raises ConfigError."""
    config = configuration.load(path, environ, make_secrets=False)
    findings = [*_tools(), *_asterisk(config), *_data(), *_ports(config), *_passwords(config)]
    findings.append(await _database(config))
    findings += await trunk_findings(config)
    marks = {True: "ok  ", False: "BAD ", None: "    "}
    for finding in findings:
        say(f"{marks[finding.good]} {finding.text}")
    bad = sum(finding.good is False for finding in findings)
    say("Everything needed is here." if not bad else f"{bad} of {len(findings)} things need attention.")
    return 1 if bad else 0


def _tools() -> Iterator[Finding]:
    yield Finding(sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or newer)")
    for tool, package, why in (
        ("sox", "sox", "recordings are converted and measured with it"),
        ("setpriv", "util-linux", "child processes die with their supervisor through it"),
    ):
        where = shutil.which(tool)
        yield Finding(where is not None, f"{tool}: {where or f'missing ({why}): apt-get install {package}'}")
    where = shutil.which("openssl")
    yield Finding(None, f"openssl: {where or 'missing: SIP over TLS stays off'}")


def _asterisk(config: Config) -> Iterator[Finding]:
    needed = ".".join(map(str, rootfs.MINIMUM))
    if native := rootfs.native():
        yield Finding(True, f"Asterisk {native[1]} at {native[0]} ({needed} or newer)")
        return
    if shutil.which("asterisk"):
        yield Finding(
            None, f"the Asterisk on PATH is older than {needed} and is not used: calls would be lost on it"
        )
    for tool, package in (("bwrap", "bubblewrap"), ("mmdebstrap", "mmdebstrap")):
        where = shutil.which(tool)
        needed_now = tool == "bwrap" or rootfs.find(config.asterisk.rootfs) is None
        yield Finding(
            where is not None or (None if not needed_now else False),
            f"{tool}: {where or f'missing: apt-get install {package}'}",
        )
    found = rootfs.find(config.asterisk.rootfs)
    if found is None:
        yield Finding(
            None, f"Asterisk: none yet; `callcontrol run` builds one in {config.asterisk.rootfs} (a minute)"
        )
    else:
        good = rootfs.version_of(found.name) >= rootfs.MINIMUM
        yield Finding(good, f"Asterisk {found.name} in {found} ({needed} or newer)")


def _data() -> Iterator[Finding]:
    for name, sample in (("asterisk_conf", "extensions.conf"), ("sounds", "fr/beep.g722")):
        try:
            folder = data_dir(name)
        except FileNotFoundError as error:
            yield Finding(False, str(error))
            continue
        yield Finding((folder / sample).is_file(), f"{name}: {folder}")


def _ports(config: Config) -> Iterator[Finding]:
    """Whether what `callcontrol run` would listen on is free; while it runs, it is ours."""
    running = (Layout(config.runtime_dir).pids / "supervisor.pid").exists()
    ari = urlsplit(config.asterisk.ari_url)
    wanted = [
        ("SIP", config.sip.bind, config.sip.port, ports.UDP),
        ("SIP", config.sip.bind, config.sip.port, ports.TCP),
        ("SIP over TLS", config.sip.bind, config.sip.tls_port, ports.TCP),
        ("web", config.web.bind, config.web.port, ports.TCP),
        ("ARI", ari.hostname or "127.0.0.1", ari.port or 8088, ports.TCP),
    ]
    if config.smtp.catch_all:
        smtp = urlsplit(config.smtp.url)
        wanted.append(("mail", smtp.hostname or "127.0.0.1", smtp.port or 25, ports.TCP))
    for what, host, port, kind in wanted:
        shown, problem = ports.shown(what, host, port, kind), ports.problem(host, port, kind)
        if running and problem:
            yield Finding(None, f"{shown}: in use (callcontrol is running)")
        else:
            yield Finding(problem is None, f"{shown}: {problem or 'free'}")


def _passwords(config: Config) -> Iterator[Finding]:
    """Whether a phone could register with a password of the demo company, which everybody knows, and call through a
    real trunk. Asterisk's own file tells, whatever the database."""
    outside = [trunk.name for trunk in config.trunks if not is_loopback(trunk.host)]
    lines = Layout(config.runtime_dir).asterisk_etc / "lines.conf"
    if not outside or not lines.exists():
        return
    live = lines.read_text(encoding="utf-8")
    demo = yaml.safe_load((data_dir("demo") / "company.yaml").read_text(encoding="utf-8"))
    known = [
        line["number"]
        for line in demo["lines"]
        if password_hash(line["number"], line["sip_password"]) in live
    ]
    if known:
        yield Finding(
            False,
            f"lines {', '.join(known)} have the demo's public passwords beside trunk {outside[0]}: anybody can call at"
            f" your cost; callcontrol provision --delete-company '{demo['company']['name']}'",
        )


async def trunk_findings(config: Config) -> list[Finding]:
    """How each trunk stands: by the running system, else whether its names have an address."""
    if not config.trunks:
        return []
    health = await healthz(config)
    if health is not None and isinstance(trunks := health.get("trunks"), list):
        warnings = [str(said) for said in health.get("warnings", [])]
        good = [
            each for each in trunks if not any(said.startswith(f"trunk {each['name']}:") for said in warnings)
        ]
        return [
            *(Finding(False, said) for said in warnings),
            *(Finding(True, f"trunk {each['name']}: {standing(each)}") for each in good),
        ]
    found = await lookup(names_in(config.trunks))
    missing = [name for name, addresses in found.items() if not addresses]
    return [
        *(Finding(False, f"the name {name} of a trunk has no address now") for name in missing),
        Finding(None, f"{len(config.trunks)} trunks: how they stand is known while callcontrol runs"),
    ]


def standing(trunk: Mapping[str, Any]) -> str:
    """What ``/healthz`` says of a trunk without trouble, in words."""
    asked = {True: "answers OPTIONS", False: "answers no OPTIONS", None: "is not asked by OPTIONS"}
    registration = trunk["registration"]
    said = {"none": "no registration", "trying": "registering now"}.get(registration, registration)
    since = f" since {trunk['registration_since'][:19]}Z" if registration == "registered" else ""
    return f"{said}{since}, {asked[trunk['reachable']]}"


async def _database(config: Config) -> Finding:
    if config.database.embedded:
        try:
            where = programs()
        except CallControlError as error:
            return Finding(False, str(error))
        return Finding(os.access(where / "postgres", os.X_OK), f"PostgreSQL: embedded, {where}")
    shown = urlsplit(config.database.url).hostname or "a local socket"
    try:
        connection = await asyncpg.connect(config.database.url, timeout=5)
    except (OSError, ValueError, asyncpg.PostgresError, TimeoutError) as error:
        return Finding(False, f"PostgreSQL at {shown} does not answer: {error or type(error).__name__}")
    version = connection.get_server_version()
    await connection.close()
    return Finding(
        version.major >= 15, f"PostgreSQL {version.major}.{version.minor} at {shown} (15 or newer)"
    )
