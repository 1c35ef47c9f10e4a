"""Who may hold a connection to the web: so many at once, and so many of one address.

At the limit nobody who has something to ask is sent away while somebody holds a place without asking: the connection
that has kept us waiting for the rest of its request longest gives way. Never looks at what is asked.
"""

from __future__ import annotations

import ipaddress
import resource
from typing import Protocol

MOST = 512
"""Connections in all: the portal of thousands of lines, and each has buffers of some hundred kilobytes at most."""
MOST_OF_ADDRESS = 128
"""A whole company may sit behind one address. A proxy speaks for everybody: this machine's own has no such limit."""
SHARE_OF_FILES = 4
"""The connections take a quarter of the file descriptors at most: the database and the files must go on."""


class Holder(Protocol):
    """A connection. ``waited_for``: the rest of its request, or a request at all, has yet to come."""

    @property
    def address(self) -> str: ...
    @property
    def waited_for(self) -> bool: ...
    def give_way(self) -> None: ...


class Places:
    """To be used inside one event loop."""

    def __init__(self, most: int | None = None, most_of_address: int = MOST_OF_ADDRESS) -> None:
        self._most = most if most is not None else most_connections()
        self._most_of_address = most_of_address
        self._holders: dict[Holder, None] = {}
        """Who served longest ago is first."""
        self._of_address: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._holders)

    def take(self, newcomer: Holder) -> bool:
        """A place for ``newcomer``; False when there is none and nobody can give way."""
        address = newcomer.address
        if self._of_address.get(address, 0) >= self._limit(address) and not self._free(address):
            return False
        if len(self._holders) >= self._most and not self._free(None):
            return False
        self._holders[newcomer] = None
        self._of_address[address] = self._of_address.get(address, 0) + 1
        return True

    def served(self, holder: Holder) -> None:
        """It was answered: others give way before it does."""
        if holder in self._holders:
            del self._holders[holder]
            self._holders[holder] = None

    def leave(self, holder: Holder) -> None:
        """It is over; doing it twice is harmless."""
        if holder in self._holders:
            del self._holders[holder]
            left = self._of_address.get(holder.address, 1) - 1
            if left:
                self._of_address[holder.address] = left
            else:
                self._of_address.pop(holder.address, None)

    def _limit(self, address: str) -> int:
        return self._most if _is_own(address) else self._most_of_address

    def _free(self, address: str | None) -> bool:
        """Let somebody (of ``address``) go; False when all who are there are being served."""
        for holder in self._holders:
            if holder.waited_for and address in (None, holder.address):
                self.leave(holder)
                holder.give_way()
                return True
        return False


def most_connections() -> int:
    """``MOST``, or less where this process may open few files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else max(8, min(MOST, files // SHARE_OF_FILES))


def _is_own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a Unix socket
