"""Whether a port can be listened on now. Only looks; holds nothing."""

from __future__ import annotations

import errno
import socket

UDP, TCP = socket.SOCK_DGRAM, socket.SOCK_STREAM


def shown(what: str, host: str, port: int, kind: socket.SocketKind) -> str:
    """How a port is named to a person: ``SIP port 0.0.0.0:5060/udp``."""
    return f"{what} port {host}:{port}/{'udp' if kind == UDP else 'tcp'}"


def problem(host: str, port: int, kind: socket.SocketKind) -> str | None:
    """Why nobody can listen there now, in words; None when it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == TCP:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return "in use by another program" if error.errno == errno.EADDRINUSE else str(error.strerror)
    return None
