"""Asterisk's control socket, for what ARI cannot ask: a word to its console, as ``asterisk -rx`` gives.

Nothing of a call may depend on it: what it says is told or it is not.
"""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import structlog

log = structlog.get_logger()

DEADLINE = 0.5
"""Seconds: Asterisk answers at once, and a call waits for it."""


class Console:
    """``path`` is the socket ``asterisk.ctl``; it exists while Asterisk runs on this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def tell(self, command: str) -> None:
        """Have ``command`` carried out. Never raises; what it prints is not read."""
        await self.ask(command)

    async def ask(self, command: str) -> str | None:
        """What ``command`` prints; None when Asterisk does not answer. Never raises."""
        try:
            async with asyncio.timeout(DEADLINE):
                said = await self._ask(f"cli quit after {command}\0".encode())
        except OSError as error:  # TimeoutError is one
            log.warning("console.not_told", error=type(error).__name__)
            return None
        return said.decode("utf-8", "replace")

    async def _ask(self, line: bytes) -> bytes:
        folder = os.open(self._path.parent, os.O_PATH)
        try:  # by way of the open folder: the path of a socket is at most 107 bytes long
            found = f"/proc/self/fd/{folder}/{self._path.name}"
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as wire:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(wire, found)
                await loop.sock_sendall(wire, line)
                said = b""
                while part := await loop.sock_recv(wire, 65_536):
                    said += part  # it closes the socket when the command is done
                return said
        finally:
            os.close(folder)
