"""The SIP story of one phone in short lines, printed by every failing wait so that a test explains itself.

Never holds credentials: of the headers it prints only those listed here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from . import sdp
from .message import Request, Response

Way = Literal["in", "out"]

_SHOWN = (
    "Reason",
    "Diversion",
    "Privacy",
    "Alert-Info",
    "Refer-To",
    "Event",
    "Subscription-State",
    "Warning",
)
_MOST_LINES = 80
_KEPT = 2000
_START = time.monotonic()


@dataclass(frozen=True, slots=True)
class Line:
    """One event; `at` in seconds since the process began to trace, the same for all phones."""

    at: float
    text: str
    message: Request | Response | None = None
    way: Way | None = None

    def __str__(self) -> str:
        return f"{self.at:9.3f} {self.text}"


class Trace:
    """What a phone sent and received, in order; the last 2000 events are kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[Line] = []

    def message(self, way: Way, message: Request | Response, *, lost: bool = False) -> None:
        """A message went `out` or came `in`; `lost` when the test dropped it."""
        arrow = "→" if way == "out" else "←"
        mark = " [lost]" if lost else ""
        self._add(f"{arrow} {_summary(message)}{mark}", message, way)

    def note(self, text: str) -> None:
        """Something that is no message: a time-out, an unreadable datagram."""
        self._add(f"· {text}", None, None)

    def _add(self, text: str, message: Request | Response | None, way: Way | None) -> None:
        self.lines.append(Line(time.monotonic() - _START, text, message, way))
        if len(self.lines) > _KEPT + _KEPT // 4:
            del self.lines[:-_KEPT]

    def messages(self, way: Way | None = None) -> list[Request | Response]:
        """The kept messages, of one direction or both."""
        return [line.message for line in self.lines if line.message and way in (None, line.way)]

    def __str__(self) -> str:
        shown = self.lines[-_MOST_LINES:]
        skipped = (
            [f"  … {len(self.lines) - len(shown)} earlier lines"] if len(shown) < len(self.lines) else []
        )
        return "\n".join([f"SIP trace of {self.name}:", *skipped, *(f"  {line}" for line in shown)])


def _summary(message: Request | Response) -> str:
    cseq = message.header("CSeq") or "?"
    extras = [f"{name}: {value}" for name in _SHOWN for value in message.headers(name)]
    match message:
        case Request():
            start = f"{message.method} {message.uri} ({cseq.partition(' ')[0]})"
            extras += [f"From: {message.header('From')}"] if message.method == "INVITE" else []
        case _:
            start = f"{message.status} {message.reason} ({cseq})"
    if message.is_sdp:
        extras.append(_sdp_summary(message.body))
    return " | ".join([start, *extras])


def _sdp_summary(body: bytes) -> str:
    try:
        described = sdp.parse(body)
    except sdp.BadSdp as error:
        return f"SDP {error}"
    return f"SDP {','.join(described.codecs)} {described.direction} {described.host}:{described.port}"
