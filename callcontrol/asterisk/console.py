"""Asterisk's control socket, for the one thing that ARI cannot ask: a word to its console, as ``asterisk -rx`` gives.

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
        try:
            async with asyncio.timeout(DEADLINE):
                await self._tell(f"cli quit after {command}\0".encode())
        except OSError as error:  # TimeoutError is one
            log.warning("console.not_told", error=type(error).__name__)

    async def _tell(self, line: bytes) -> None:
        folder = os.open(self._path.parent, os.O_PATH)
        try:  # by way of the open folder: the path of a socket is at most 107 bytes long
            found = f"/proc/self/fd/{folder}/{self._path.name}"
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as wire:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(wire, found)
                await loop.sock_sendall(wire, line)
                while await loop.sock_recv(wire, 4096):
                    pass  # it closes the socket when the command is done
        finally:
            os.close(folder)
