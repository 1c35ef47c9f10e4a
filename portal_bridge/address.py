"""Where a request comes from, for the limits on log-ins and the pages of this machine alone. Pure.

A proxy in front of us runs on this machine: only from there is its ``X-Forwarded-For`` believed, and only the entry
that it added itself, the last one. Anybody else could write any address into it.
"""

from __future__ import annotations

import ipaddress

from aiohttp import web

_PROXIED = frozenset({"x-forwarded-for", "forwarded", "x-real-ip", "via"})
"""Headers that a proxy adds; any of them will do."""


def remote(request: web.Request) -> str:
    """The client's address, ``unknown`` when there is none (a Unix socket)."""
    peer = request.remote or "unknown"
    if _is_local(peer):
        claimed = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(claimed))
        except ValueError:
            return peer
    return peer


def is_direct_and_local(request: web.Request) -> bool:
    """Whether somebody at this machine asks, and no proxy for somebody else."""
    return _is_local(request.remote or "") and not _PROXIED & {name.lower() for name in request.headers}


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
