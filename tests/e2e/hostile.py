"""Hostile hands for the end-to-end tests, on loopback and bounded: a phone that writes any Contact, a stranger who
sends sound that nobody asked for."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from rig import Phone

STRANGER = "127.0.0.66"
"""An address of this machine that nobody registered or called from."""


class Forger(Phone):
    """A phone of ours whose user writes its Contact headers by hand (``contacts``; None: the honest one)."""

    def __init__(self, *args: Any, contacts: str | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.contacts = contacts

    @property
    def contact(self) -> str:
        return self.contacts or super().contact

    async def takes_all_back(self) -> None:
        """Unregister every contact of the line, forged ones too."""
        self.contacts = "*"
        await self.try_register(0)
        self.contacts, self.is_registered = None, False


class Stranger(asyncio.DatagramProtocol):
    """Sends RTP (PCMA) to one port, 50 packets a second, and counts what comes back."""

    def __init__(self) -> None:
        self.received = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received += 1

    async def send(self, host: str, port: int, sound: bytes) -> None:
        """Until cancelled."""
        assert self._transport is not None
        count = 0
        while True:
            head = struct.pack("!BBHII", 0x80, 8, count & 0xFFFF, count * 160, 0x5714A6E5)
            self._transport.sendto(head + sound, (host, port))
            count += 1
            await asyncio.sleep(0.02)


@asynccontextmanager
async def stranger_sends_to(host: str, port: int, sound: bytes = b"\xd5" * 160) -> AsyncIterator[Stranger]:
    """A stranger who sends to ``port`` while the block runs; ``sound`` are 160 bytes of PCMA."""
    transport, stranger = await asyncio.get_running_loop().create_datagram_endpoint(
        Stranger, local_addr=(STRANGER, 0)
    )
    sending = asyncio.create_task(stranger.send(host, port, sound))
    try:
        yield stranger
    finally:
        sending.cancel()
        transport.close()
