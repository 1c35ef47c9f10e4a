"""One OPTIONS (RFC 3261 §11) by UDP, to know whether anything answers at an address. Any answer will do."""

from __future__ import annotations

import asyncio
import secrets
import socket

_AGAIN = 0.5
"""Seconds to the next try: a datagram may be lost (T1 of RFC 3261)."""


async def answers(host: str, port: int, seconds: float = 2.0) -> bool:
    """Whether something there answers within ``seconds``. Raises OSError when the name has no address."""
    loop = asyncio.get_running_loop()
    family, _, _, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM))[0]
    heard: asyncio.Future[bool] = loop.create_future()

    class Wire(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            if not heard.done() and data.startswith(b"SIP/2.0 "):
                heard.set_result(True)

        def error_received(self, exc: Exception) -> None:
            """Nobody listens there now (ICMP); somebody may at the next try."""

    transport, _ = await loop.create_datagram_endpoint(
        Wire, remote_addr=(str(address[0]), port), family=family
    )
    try:
        own = transport.get_extra_info("sockname")
        async with asyncio.timeout(seconds):
            request = _options(host, port, *own[:2])
            while True:
                transport.sendto(request)
                await asyncio.wait({heard}, timeout=_AGAIN)
                if heard.done():
                    return True
    except TimeoutError:
        return False
    finally:
        transport.close()


def _options(host: str, port: int, own_host: str, own_port: int) -> bytes:
    own = f"[{own_host}]:{own_port}" if ":" in own_host else f"{own_host}:{own_port}"
    there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = (
        f"OPTIONS sip:{there} SIP/2.0",
        f"Via: SIP/2.0/UDP {own};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:callcontrol@{own}>;tag={secrets.token_hex(4)}",
        f"To: <sip:{there}>",
        f"Call-ID: {secrets.token_hex(12)}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:callcontrol@{own}>",
        "Content-Length: 0",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()
