"""The bubblewrap command that runs one program in a view of the file system made for it: a system tree
read-only, a few folders of ours at their own paths, and nothing else. Nothing stays mounted when the program
is gone.

Looks which folders exist; ``tried`` tries whether it may be used at all.
Works as root and as an ordinary user; needs no set-uid helper of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

_USR = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share")
_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = (
    "passwd",
    "group",
    "nsswitch.conf",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "ssl",
)
_ETC_OF_HOST = ("resolv.conf", "localtime", "timezone")
NO_NAME_SERVER = "passwd: files\ngroup: files\nhosts: files\n"
"""A /etc/nsswitch.conf (glibc) by which ``getaddrinfo`` asks /etc/hosts alone. Asterisk looks up the names in a phone's
SDP and Contact by it, in the threads that all SIP waits for; where requests are sent (the names of trunks) it asks the
name servers of resolv.conf itself, and waits for no answer."""


def command(
    program: Sequence[str],
    *,
    system: Path,
    hosts: Path,
    writable: Iterable[Path],
    readable: Iterable[Path] = (),
    at: Iterable[tuple[Path, str]] = (),
    files: Iterable[tuple[Path, str]] = (),
) -> list[str]:
    """``program`` inside ``system`` (a root filesystem, or ``/``).

    ``writable`` and ``readable`` folders stand at the same paths inside; ``at`` puts writable ones elsewhere
    (a Unix socket's path is limited to 107 bytes). ``hosts`` becomes /etc/hosts. The program is killed when
    its starter dies.
    """
    args = ["bwrap", "--die-with-parent", "--proc", "/proc", "--dev", "/dev"]
    args += ["--tmpfs", "/tmp", "--dir", "/var/tmp"]  # noqa: S108 - its own, empty, gone with it
    # /usr piece by piece, so that a clone below /usr/local or /usr/src can still be laid in.
    for name in _USR:
        if (system / "usr" / name).is_dir():
            args += ["--ro-bind", str(system / "usr" / name), f"/usr/{name}"]
    for name in _TOP:
        if (link := system / name).is_symlink():
            args += ["--symlink", str(link.readlink()), f"/{name}"]
        elif link.is_dir():
            args += ["--ro-bind", str(link), f"/{name}"]
    for name in _ETC:
        args += ["--ro-bind-try", str(system / "etc" / name), f"/etc/{name}"]
    for name in _ETC_OF_HOST:
        args += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    args += ["--ro-bind", str(hosts), "/etc/hosts"]
    for folder in readable:
        args += ["--ro-bind", str(folder), str(folder)]
    for folder in writable:
        args += ["--bind", str(folder), str(folder)]
    for folder, place in at:
        args += ["--bind", str(folder), place]
    for file, place in files:
        args += ["--ro-bind", str(file), place]
    return [*args, "--chdir", "/", "--", *program]


async def tried(as_another: bool) -> tuple[int | None, str]:
    """Start a program that does nothing as ours would be started; ``as_another``: in a user namespace of its own, as
    PostgreSQL is where we are root. How it ended (None: there is no bwrap) and what it said."""
    nested = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if as_another else []
    arguments = ["--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    try:
        process = await asyncio.create_subprocess_exec(
            *("bwrap", *arguments, "--", *nested, "true"),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    except FileNotFoundError:
        return None, ""
    out, _ = await process.communicate()
    return process.returncode, out.decode("utf-8", "replace")


def hosts_file(host_text: str, name: str) -> str:
    """/etc/hosts for inside: the host's, with the host's own name added where it is missing. Without it
    Asterisk waits seconds for DNS at each INVITE (design.md §5)."""
    known = {word for line in host_text.splitlines() for word in line.split("#", 1)[0].split()[1:]}
    lines = host_text.rstrip("\n")
    if "localhost" not in known:
        lines += "\n127.0.0.1 localhost"
    if name not in known:
        lines += f"\n127.0.1.1 {name}"
    return lines.lstrip("\n") + "\n"
