"""Where a request comes from, for the limits on log-ins. Pure.

A proxy in front of us runs on this machine: only from there is its ``X-Forwarded-For`` believed, and only the entry
that it added itself, the last one. Anybody else could write any address into it.
"""

from __future__ import annotations

import ipaddress

from aiohttp import web


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


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
