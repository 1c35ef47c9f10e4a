"""``callcontrol doctor``: looks at everything that a system needs on this machine and says what is missing.

Changes nothing, starts nothing, builds nothing; runs from any folder, beside a running system too. What is made of what
it sees: ``findings``.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.media.recordings import free_bytes
from callcontrol.runtime import findings, ports, public_passwords, rootfs, sandbox
from callcontrol.runtime.findings import Finding
from callcontrol.runtime.layout import Layout, data_dir, package_dir
from callcontrol.runtime.postgres_setup import as_root, programs
from callcontrol.runtime.refused_sound import refused_lines
from callcontrol.runtime.running import belongs_to, supervisor_of
from callcontrol.runtime.trunk_findings import trunk_findings
from callcontrol.star_codes import TABLE

_CLOCK_ERROR = 5
"""TIME_ERROR of adjtimex(2): nothing keeps the clock right."""


def codes(say: Callable[[str], None]) -> None:
    """Print the star codes, as calls know them."""
    after = {"none": "", "optional": " [number]", "required": " number"}
    for each in TABLE:
        say(f"{each.code + after[each.argument]:<14}  {each.en:<40}  {each.fr}")


async def run(path: Path | None, environ: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Print one line for each thing; 0 when nothing is missing, else 1. Raises ConfigError."""
    config = configuration.load(path, environ, make_secrets=False)
    running = supervisor_of(config.runtime_dir)
    seen = [*_tools(), *await _asterisk(config), *_data(), *_ports(config, running), *_passwords(config)]
    database, ahead = await _database(config, running)
    seen += [database, _disk(config), _clock(config, ahead), *_phones(config)]
    seen += await trunk_findings(config, running=running is not None)
    marks = {True: "ok  ", False: "BAD ", None: "    "}
    for finding in seen:
        say(f"{marks[finding.good]} {finding.text}")
    bad = sum(finding.good is False for finding in seen)
    say("Everything needed is here." if not bad else f"{bad} of {len(seen)} things need attention.")
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


async def _asterisk(config: Config) -> list[Finding]:
    if native := rootfs.native():
        return [
            findings.asterisk_found(
                f"{native[1]} at {native[0]}", rootfs.version_of(native[1]), rootfs.MINIMUM
            )
        ]
    seen = []
    if shutil.which("asterisk"):
        seen.append(
            Finding(None, "the Asterisk on PATH is too old and is not used: calls would be lost on it")
        )
    seen.append(findings.sandbox_tried(*await sandbox.tried(as_root() and config.database.embedded)))
    found = rootfs.find(config.asterisk.rootfs)
    if found is not None:
        name = f"{found.name} in {found}"
        return [*seen, findings.asterisk_found(name, rootfs.version_of(found.name), rootfs.MINIMUM)]
    tool = shutil.which("mmdebstrap")
    seen.append(Finding(tool is not None, f"mmdebstrap: {tool or 'missing: apt-get install mmdebstrap'}"))
    seen.append(
        Finding(
            None, f"Asterisk: none yet; `callcontrol run` builds one in {config.asterisk.rootfs} (a minute)"
        )
    )
    return seen


def _data() -> Iterator[Finding]:
    for name, sample in (("asterisk_conf", "extensions.conf"), ("sounds", "fr/beep.g722")):
        try:
            folder = data_dir(name)
        except FileNotFoundError as error:
            yield Finding(False, str(error))
            continue
        yield Finding((folder / sample).is_file(), f"{name}: {folder}")


def _ports(config: Config, running: int | None) -> Iterator[Finding]:
    """Whether what `callcontrol run` would listen on is free, or is its own already."""
    for one in ports.wanted(config):
        taken = ports.look(one)
        if taken is None:
            yield Finding(None if running else True, f"{one.shown}: free")
        elif running and taken.owner is not None and taken.owner.pid and belongs_to(taken.owner.pid, running):
            yield Finding(True, f"{one.shown}: callcontrol listens (process {taken.owner.pid})")
        elif running and (taken.owner is None or taken.owner.pid is None):
            yield Finding(None, f"{one.shown}: in use (callcontrol is running)")
        else:
            yield Finding(False, taken.sentence)
    if not running and (remark := ports.sound_remark(config)):
        yield Finding(None, remark)


def _passwords(config: Config) -> Iterator[Finding]:
    """Whether a phone could register with a password that everybody knows, and call through a real trunk. Asterisk's
    own file tells, whatever the database."""
    trunk = public_passwords.trunk_outside(config)
    if trunk is not None and (known := public_passwords.in_asterisk(config)):
        yield Finding(False, public_passwords.sentence(known, trunk))


def _phones(config: Config) -> Iterator[Finding]:
    try:
        with (Layout(config.runtime_dir).logs / "asterisk.log").open(
            encoding="utf-8", errors="replace"
        ) as log:
            lines = refused_lines(log)
    except OSError:
        return  # it never ran here
    if lines:
        yield findings.sound_refused(lines)


def _disk(config: Config) -> Finding:
    folder = config.media_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return findings.disk(free_bytes(folder), config.keep_free, str(folder))


def _clock(config: Config, database_ahead: float | None) -> Finding:
    files = [package_dir() / "cli.py", *Layout(config.runtime_dir).logs.glob("*.log")]
    youngest = max((path.stat().st_mtime for path in files if path.exists()), default=None)
    written = None if youngest is None else datetime.fromtimestamp(youngest, UTC)
    return findings.clock(datetime.now(UTC), written, database_ahead, _synchronised())


def _synchronised() -> bool | None:
    """Whether the kernel knows its clock to be kept right (adjtimex(2)); None when it cannot be asked."""
    try:
        return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) != _CLOCK_ERROR)
    except (OSError, AttributeError):
        return None


async def _database(config: Config, running: int | None) -> tuple[Finding, float | None]:
    """What is to be said of the database, and the seconds by which its clock is ahead of ours."""
    embedded = config.database.embedded
    if embedded:
        try:
            where = programs()
        except CallControlError as error:
            return Finding(False, str(error)), None
        if running is None:
            return Finding(os.access(where / "postgres", os.X_OK), f"PostgreSQL: embedded, {where}"), None
    shown = "embedded" if embedded else urlsplit(config.database.url).hostname or "a local socket"
    try:
        async with asyncio.timeout(5):
            connection = await asyncpg.connect(config.database.url)
            try:
                there = await connection.fetchval("SELECT clock_timestamp()")
            finally:
                connection.terminate()
    except (OSError, ValueError, asyncpg.PostgresError, TimeoutError) as error:
        return findings.database(shown, None, str(error) or "it says nothing"), None
    version = connection.get_server_version()
    ahead = (there - datetime.now(UTC)).total_seconds()
    return findings.database(shown, (version.major, version.minor), ""), ahead
