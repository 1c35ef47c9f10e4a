"""The addresses behind a trunk's name, as Asterisk will find them: by this machine's resolver."""

from __future__ import annotations

import socket


def resolve(host: str) -> tuple[str, ...]:
    """Every address of ``host``; none when it cannot be resolved now. Blocks: at a start, never during calls."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
