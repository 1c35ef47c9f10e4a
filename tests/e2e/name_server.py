"""A name server that knows one name and says nothing about any other: whoever waits for it waits for long."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

A, IN = 1, 1
NO_ERROR = 0x8580
"""An authoritative answer (RFC 1035 §4.1.1)."""


class NameServer(asyncio.DatagramProtocol):
    """``asked`` are the names of all questions, in order."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self.asked: list[str] = []
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, end = _name(data)
        self.asked.append(name)
        if name != self.name or self._transport is None:
            return
        kind, _ = struct.unpack("!HH", data[end : end + 4])
        known = int(kind == A)
        head = data[:2] + struct.pack("!HHHHH", NO_ERROR, 1, known, 0, 0)
        record = struct.pack("!HHHIH", 0xC00C, A, IN, 1, 4) + socket.inet_aton(self.address)
        self._transport.sendto(head + data[12 : end + 4] + record * known, addr)


def _name(packet: bytes) -> tuple[str, int]:
    """The name of the first question, and where it ends."""
    labels, at = [], 12
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1


@asynccontextmanager
async def name_server(name: str, address: str, *, at: str) -> AsyncIterator[NameServer]:
    """It listens at ``at``, port 53 (root), while the block runs."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(name, address), local_addr=(at, 53)
    )
    try:
        yield server
    finally:
        transport.close()
