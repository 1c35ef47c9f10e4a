"""SIP over UDP, over one TCP connection to the server, or as a server over TLS (RFC 3261 §18). Moves bytes; knows
nothing of their meaning."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol, cast

from .message import split_stream
from .namespace import udp_socket

Address = tuple[str, int]
OnData = Callable[[bytes, Address], None]


class Transport(Protocol):
    """What carries messages; `reliable` ones need no retransmission."""

    kind: str
    reliable: bool
    local: Address

    def send(self, data: bytes, to: Address) -> None:
        """Send one message."""

    async def close(self) -> None:
        """Close the socket; nothing arrives afterwards."""


class UdpTransport(asyncio.DatagramProtocol):
    """One socket for everything a phone sends and receives."""

    kind = "UDP"
    reliable = False

    def __init__(self, on_data: OnData) -> None:
        self.local: Address = ("", 0)
        self._on_data = on_data
        self._socket: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, local: Address, on_data: OnData, namespace: str | None = None) -> UdpTransport:
        """Bind `local`; port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        bound = udp_socket(*local, namespace)
        _, protocol = await loop.create_datagram_endpoint(lambda: cls(on_data), sock=bound)
        return protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.DatagramTransport, transport)
        host, port = transport.get_extra_info("sockname")
        self.local = (host, port)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.strip():  # anything else is a keep-alive
            self._on_data(data, addr)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP); the retransmissions and the test's deadline tell it."""

    def send(self, data: bytes, to: Address) -> None:
        if self._socket is not None:
            self._socket.sendto(data, to)

    async def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class TcpTransport:
    """One connection to the server, for both directions; it is not opened again when the server closes it."""

    kind = "TCP"
    reliable = True

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_data: OnData) -> None:
        host, port = writer.get_extra_info("sockname")
        self.local: Address = (host, port)
        self._peer = cast(Address, writer.get_extra_info("peername"))
        self._writer = writer
        self._on_data = on_data
        self._task = asyncio.create_task(self._read(reader))

    @classmethod
    async def open(cls, local_host: str, server: Address, on_data: OnData) -> TcpTransport:
        """Connect to `server`; raises OSError if nobody listens there."""
        reader, writer = await asyncio.open_connection(*server, local_addr=(local_host, 0))
        return cls(reader, writer, on_data)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        buffer = b""
        while data := await reader.read(65536):
            buffer += data
            while (taken := split_stream(buffer)) is not None:
                message, buffer = taken
                self._on_data(message, self._peer)

    def send(self, data: bytes, to: Address) -> None:
        """Send to the server, wherever `to` points: it is the only one connected."""
        self._writer.write(data)

    async def close(self) -> None:
        self._task.cancel()
        self._writer.close()
        await asyncio.gather(self._task, self._writer.wait_closed(), return_exceptions=True)


class TlsServerTransport:
    """Whoever connects is heard, and answered over its own connection; ``connections`` counts them."""

    kind = "TLS"
    reliable = True

    def __init__(self, on_data: OnData) -> None:
        self.local: Address = ("", 0)
        self.connections = 0
        self._on_data = on_data
        self._peers: dict[Address, asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    @classmethod
    async def open(cls, local: Address, context: ssl.SSLContext, on_data: OnData) -> TlsServerTransport:
        """Listen at `local` and show the certificate of `context`."""
        made = cls(on_data)
        made._server = await asyncio.start_server(made._connected, *local, ssl=context)
        made.local = made._server.sockets[0].getsockname()[:2]
        return made

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = cast(Address, writer.get_extra_info("peername"))
        self.connections += 1
        self._peers[peer] = writer
        buffer = b""
        try:
            while data := await reader.read(65536):
                buffer += data
                while (taken := split_stream(buffer)) is not None:
                    message, buffer = taken
                    self._on_data(message, peer)
        except OSError:
            pass  # the other side is gone
        finally:
            self._peers.pop(peer, None)
            writer.close()

    def send(self, data: bytes, to: Address) -> None:
        """Over the connection from `to`, else over the one that was made last (RFC 5626 §5.3)."""
        last = next(reversed(self._peers.values()), None)
        writer = self._peers.get(to, last)
        if writer is not None:
            writer.write(data)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._peers.values()):
            writer.transport.abort()
