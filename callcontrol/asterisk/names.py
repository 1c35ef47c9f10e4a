"""The addresses behind a trunk's name, as Asterisk will find them: by this machine's resolver; and our own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping

LOOKUP_SECONDS = 5.0
"""A resolver that says nothing for so long knows no address now. It may go on in its thread."""


def resolve(host: str) -> tuple[str, ...]:
    """Every address of ``host``, in a fixed order; none when it cannot be resolved now. Blocks."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):  # UnicodeError: a label that no name can have
        return ()
    return tuple(sorted({str(address[0]) for *_, address in found}))


async def lookup(hosts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The addresses of each host, asked side by side; none for one that cannot be resolved now."""

    async def addresses(host: str) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await asyncio.to_thread(resolve, host)
        except TimeoutError:
            return ()

    asked = list(hosts)
    return dict(zip(asked, await asyncio.gather(*map(addresses, asked)), strict=True))


def reached_at(bind: str) -> str:
    """The address at which others reach what listens at ``bind``: itself, or where this machine's calls leave it."""
    if not ipaddress.ip_address(bind).is_unspecified:
        return bind
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        try:
            wire.connect(("192.0.2.1", 9))  # RFC 5737: a route is looked up, nothing is sent
            return str(wire.getsockname()[0])
        except OSError:
            return "127.0.0.1"
