"""The Unix sockets of the calls process: one path each, the user's alone, always that of the newest calls process.

A path in a socket address has at most 107 bytes, and a runtime folder may lie deep: both sides name it through an open
descriptor of its folder (Linux).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def listening(path: Path) -> socket.socket:
    """A socket that listens at ``path``."""
    made = bound(path, socket.SOCK_STREAM)
    made.listen()
    return made


def bound(path: Path, kind: socket.SocketKind) -> socket.socket:
    """A socket at ``path``, mode 0600 from its first moment. What another process has there is replaced in one step:
    it is a dead one's, or that of one whose calls are being taken over. For the same reason nobody removes it: a socket
    that no process holds refuses like one that is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, kind)
    try:
        os.fchmod(made.fileno(), 0o600)  # Linux gives this mode to the file that bind makes
        with address_of(fresh) as address:
            made.bind(address)
        fresh.rename(path)
    except BaseException:
        made.close()
        raise
    return made


async def connected(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to who listens at ``path``. Raises OSError."""
    with address_of(path) as address:
        return await asyncio.open_unix_connection(address)


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """``path`` as a socket address that is short enough, while the block runs."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
