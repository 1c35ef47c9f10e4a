"""Who has a port: read from the kernel's tables of sockets (proc(5), /proc/net/udp and its like) and from what the
processes hold open. Only looks. Of other users' processes only root is told.
"""

from __future__ import annotations

import os
import pwd
import socket
import struct
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LISTENS = "0A"
"""TCP_LISTEN in /proc/net/tcp."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A row of the kernel's tables. ``host`` is an address as text; ``::`` and ``0.0.0.0`` are any."""

    host: str
    port: int
    listens: bool
    uid: int
    inode: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a socket. ``pid`` and ``program`` None: a process of somebody else, of which only root is told."""

    user: str
    pid: int | None = None
    program: str | None = None

    def __str__(self) -> str:
        if self.pid is None:
            return f"a process of {self.user} (only that user and root see which)"
        return f"{self.program} (process {self.pid})"


def rows(table: str) -> Iterator[Socket]:
    """The sockets of one table."""
    for line in table.splitlines()[1:]:
        fields = line.split()
        host, _, port = fields[1].rpartition(":")
        yield Socket(_address(host), int(port, 16), fields[3] == _LISTENS, int(fields[7]), int(fields[9]))


def held(host: str, ports: Container[int], kind: socket.SocketKind) -> list[Socket]:
    """Sockets that keep others from ``ports`` of ``host``."""
    name = "udp" if kind == socket.SOCK_DGRAM else "tcp"
    found = []
    for path in (Path(f"/proc/net/{name}"), Path(f"/proc/net/{name}6")):
        with suppress(FileNotFoundError):  # no IPv6 here
            found += [
                each
                for each in rows(path.read_text("ascii"))
                if each.port in ports and _meets(each.host, host)
            ]
    return found


def of(host: str, port: int, kind: socket.SocketKind) -> Owner | None:
    """Who has a port; None when nobody seems to."""
    found = sorted(held(host, (port,), kind), key=lambda each: not each.listens)
    return owner(found[0]) if found else None


def owner(found: Socket) -> Owner:
    """Whose a socket is."""
    for pid, inode in _open_sockets():
        if inode == found.inode:
            return Owner(_user(found.uid), pid, _program(pid))
    return Owner(_user(found.uid))


def _open_sockets() -> Iterator[tuple[int, int]]:
    """(process, inode of a socket that it holds), for all processes that we may look at."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):  # it ended, or is somebody else's
            for descriptor in folder.iterdir():
                with suppress(OSError):
                    link = os.readlink(descriptor)
                    if link.startswith("socket:["):
                        yield int(folder.parent.name), int(link[8:-1])


def _program(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    return "a program"


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _address(text: str) -> str:
    """``0100007F`` is 127.0.0.1: words of 32 bits in the machine's own order."""
    raw = bytes.fromhex(text)
    words = b"".join(
        struct.pack("!I", *struct.unpack("=I", raw[at : at + 4])) for at in range(0, len(raw), 4)
    )
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, words)


def _meets(one: str, other: str) -> bool:
    anywhere = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return one == other or one in anywhere or other in anywhere or one == f"::ffff:{other}"
