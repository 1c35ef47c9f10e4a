"""Asterisk 22 for hosts that have none: a Debian root filesystem with Debian's own package, built once and
cached.

The build never touches the host's system: it makes a tar with mmdebstrap (as root, or as an ordinary user
through subordinate ids), unpacks it without device nodes, prunes it, and renames it into place when it is
whole. A killed build leaves a ``.building-*`` folder that the next one sweeps away. Which mirror: the one
that the host's apt uses.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from callcontrol.errors import CallControlError
from callcontrol.runtime import apt_sources

MINIMUM = (22, 10)
"""Older ones lack ``ari-only`` transfers or crash on ``Refer-Sub: false`` (design.md §5)."""

_NEVER_UNPACKED = tuple(f"usr/share/{name}" for name in ("doc", "man", "info", "locale", "lintian"))
_PRUNED = (*_NEVER_UNPACKED, "usr/share/asterisk/sounds", "var/cache/apt", "var/lib/apt/lists")
_EXPIRED = re.compile(
    r"Release file .* (is expired|is not valid yet)|E: Release file for .* expired", re.IGNORECASE
)


class RootfsError(CallControlError):
    """The root filesystem could not be built; the text says why and what to do."""


def find(folder: Path) -> Path | None:
    """The newest finished root filesystem under ``folder``, or None. Takes microseconds and needs no
    network."""
    if not folder.is_dir():
        return None
    whole = [
        entry for entry in folder.iterdir() if entry.name[:1].isdigit() and _asterisk_in(entry).is_file()
    ]
    return max(whole, key=lambda entry: version_of(entry.name), default=None)


def native() -> tuple[str, str] | None:
    """(path, version) of an Asterisk on PATH that is new enough, or None."""
    path = shutil.which("asterisk")
    if path is None:
        return None
    shown = subprocess.run([path, "-V"], capture_output=True, text=True, check=False, timeout=20).stdout
    version = shown.removeprefix("Asterisk ").strip()
    return (path, version) if version_of(version) >= MINIMUM else None


def version_of(text: str) -> tuple[int, ...]:
    """The first dotted number of ``text``: ``1:22.10.1~dfsg-1`` is (22, 10, 1); without one, ()."""
    match = re.search(r"(\d+(?:\.\d+)+)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def ensure(folder: Path, say: Callable[[str], None]) -> Path:
    """The root filesystem under ``folder``, built first if there is none (about a minute). Raises
    RootfsError."""
    if found := find(folder):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        if found := find(folder):  # another process built it while we waited
            return found
        for leftover in folder.glob(".building-*"):
            shutil.rmtree(leftover)
        draft = folder / f".building-{os.getpid()}"
        draft.mkdir()
        try:
            return _build(folder, draft, say)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _build(folder: Path, draft: Path, say: Callable[[str], None]) -> Path:
    for tool in ("mmdebstrap", "tar"):
        if shutil.which(tool) is None:
            raise RootfsError(f"{tool} is missing: apt-get install {tool}")
    say("building the Asterisk root filesystem from Debian's package (once; about a minute) ...")
    tar, root = draft / "root.tar", draft / "root"
    _mmdebstrap(tar, _host_mirror(), draft / "mmdebstrap.log", say)
    root.mkdir()
    # Device nodes need privileges and are of no use (bwrap brings its own /dev); owners would need them too.
    _run(["tar", "-xf", str(tar), "-C", str(root), "--no-same-owner", "--exclude=./dev/*"], draft / "tar.log")
    tar.unlink()
    for path in _PRUNED:
        shutil.rmtree(root / path, ignore_errors=True)
    version = _package_version(root)
    if version_of(version) < MINIMUM:
        raise RootfsError(f"Debian's asterisk is {version}, but 22.10 or newer is needed.")
    final = folder / re.sub(r"[^A-Za-z0-9.+~-]", "_", version.split(":", 1)[-1])
    root.rename(final)
    say(f"Asterisk {version} is ready in {final}")
    return final


def _mmdebstrap(tar: Path, mirror: str, log: Path, say: Callable[[str], None]) -> None:
    command = [
        "mmdebstrap",
        f"--mode={'root' if os.geteuid() == 0 else 'unshare'}",
        "--variant=apt",
        "--format=tar",
        "--include=asterisk",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Retries "3"',
        *(f"--dpkgopt=path-exclude=/{path}/*" for path in _NEVER_UNPACKED),
        *_host_proxies(),
    ]
    try:
        _run([*command, "sid", str(tar), mirror], log)
    except RootfsError as error:
        if not _EXPIRED.search(str(error)):
            raise
        say("the mirror's index is past its date: trying again without that check ...")
        relaxed = ['--aptopt=Acquire::Check-Valid-Until "false"', '--aptopt=Acquire::Check-Date "false"']
        _run([*command, *relaxed, "sid", str(tar), mirror], log)


def _run(command: list[str], log: Path) -> None:
    """Run to the end, in a session of its own (mmdebstrap signals its whole group when it ends); when we are
    interrupted, all of that session is asked to end and cleans up behind itself."""
    with log.open("wb") as out:
        dying_with_us = ["setpriv", "--pdeathsig", "TERM", "--", *command]
        done = subprocess.Popen(
            dying_with_us, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        try:
            done.wait()
        except BaseException:
            os.killpg(done.pid, signal.SIGTERM)
            done.wait(30)
            raise
    if done.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RootfsError(f"{command[0]} failed ({done.returncode}):\n{tail}")


def _host_mirror() -> str:
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    codename = re.search(r"^VERSION_CODENAME=\"?([a-z]+)", release, re.MULTILINE)
    sources: list[apt_sources.Source] = []
    apt = Path("/etc/apt")
    for path in [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]:
        if path.suffix in (".list", ".sources") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            parser = apt_sources.parse_deb822 if path.suffix == ".sources" else apt_sources.parse_one_line
            sources.extend(parser(text))
    found = apt_sources.mirror(
        sources, codename[1] if codename else "sid", lambda path: path.read_text("utf-8")
    )
    if found is None:
        raise RootfsError(
            "No Debian mirror was found in /etc/apt: install Asterisk 22.10 or newer on PATH instead."
        )
    return found


def _host_proxies() -> Iterator[str]:
    """The proxies that the host's apt uses, for mmdebstrap's own apt (it does not read the host's
    configuration)."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    for line in dump.splitlines():
        if re.match(r'Acquire::https?::Proxy "', line):
            yield f"--aptopt={line.rstrip(';')}"


def _package_version(root: Path) -> str:
    status = (root / "var/lib/dpkg/status").read_text(encoding="utf-8")
    match = re.search(r"^Package: asterisk\n(?:.+\n)*?Version: (\S+)", status, re.MULTILINE)
    if match is None:
        raise RootfsError("The root filesystem came out without an asterisk package.")
    return match[1]


def _asterisk_in(root: Path) -> Path:
    return root / "usr/sbin/asterisk"


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
