"""UDP sockets in another network namespace of this machine, for phones and operators behind a NAT (`ip netns`).

A socket stays in the namespace in which it was made, so only its making happens there.
"""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def udp_socket(host: str, port: int, namespace: str | None = None) -> socket.socket:
    """A UDP socket bound to `host` and `port`; port 0 takes a free one."""
    with inside(namespace):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


@contextmanager
def inside(namespace: str | None) -> Iterator[None]:
    """This thread is in the namespace of that name until the block is left; it must not await in it."""
    if namespace is None:
        yield
        return
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(Path("/run/netns") / namespace, os.O_RDONLY)
    try:
        _enter(there)
        try:
            yield
        finally:
            _enter(here)
    finally:
        os.close(here)
        os.close(there)


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
