"""What Asterisk writes, sorted: its own log, what it says of passwords that were tried (security.log), and which of its
channels are flooded.

Security events are told to the process of the calls, too, which may not be there: nobody waits for it. Never writes the
line of one, which holds more than may be kept.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from callcontrol.link.socket import address_of
from callcontrol.redaction import redacted
from callcontrol.runtime.flooded import Flooded
from callcontrol.runtime.log_files import KeptLog
from callcontrol.runtime.refused_sound import explained
from callcontrol.security_event import (
    DULL,
    MARK,
    REFUSED,
    RIGHT,
    WRONG,
    SecurityEvent,
    parse,
    shown,
    to_datagram,
)

_REFUSED = b"did not pass PJSIP ACL test"
"""What is a security event, too."""
_MOST = 1000


class AsteriskLog(KeptLog):
    """The log at ``path``; security events go to ``security`` and, as datagrams, to the socket ``told``. ``flooded``
    hears of each channel that is sent more than it can take, once."""

    def __init__(
        self, path: Path, security: Path, told: Path, flooded: Callable[[str], None] = lambda _: None
    ) -> None:
        super().__init__(path, redacted)
        self._flooded, self._on_flooded = Flooded(), flooded
        self._security = KeptLog(security, str)
        self._told = told
        self._refused: dict[str, str] = {}

    def add(self, lines: Iterable[bytes]) -> None:
        own: list[bytes] = []
        events: list[bytes] = []
        for line in lines:
            if MARK in line:
                events.append(line)
            elif (flood := self._flooded.found(line)) is not None:
                channel, news = flood
                if news:
                    own += [line, b"callcontrol: it is ended, for the sake of all others (docs/security.md)"]
                    self._on_flooded(channel)
            elif _REFUSED not in line:
                own.append(line)
                if (why := explained(line)) is not None:
                    own.append(why)
        if own:
            super().add(own)
        if events:
            self._note(events)

    def _note(self, lines: Iterable[bytes]) -> None:
        found = [event for line in lines if (event := parse(line.decode("utf-8", "backslashreplace")))]
        kept = [shown(event).encode() for event in found if event.event not in DULL and self._is_news(event)]
        if kept:
            self._security.add(kept)
        self._tell([to_datagram(event) for event in found if event.event in WRONG or event.event == RIGHT])

    def _is_news(self, event: SecurityEvent) -> bool:
        """Who is refused already may go on at full speed: once a second is enough of it."""
        if event.event != REFUSED:
            return True
        second = event.at[:19]
        news = self._refused.get(event.address) != second
        if len(self._refused) > _MOST:
            self._refused.clear()
        self._refused[event.address] = second
        return news

    def _tell(self, datagrams: list[bytes]) -> None:
        """Without waiting: when nobody takes them, or too slowly, they are lost."""
        if not datagrams:
            return
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as wire,
        ):
            with address_of(self._told) as address:
                wire.connect(address)
            for datagram in datagrams:
                wire.send(datagram)
