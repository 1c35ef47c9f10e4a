"""Keys on the wire: RFC 4733 telephone events, and SIP INFO with application/dtmf-relay. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass

KEYS = "0123456789*#ABCD"
"""A key's place here is its event number (RFC 4733 §3.2)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Payload of one telephone-event packet; `duration` in samples since the key went down."""

    key: str
    ended: bool
    duration: int
    volume: int = 10


def pack(event: Event) -> bytes:
    """The four bytes of RFC 4733 §2.3."""
    flags = (0x80 if event.ended else 0) | event.volume & 0x3F
    return struct.pack("!BBH", KEYS.index(event.key), flags, event.duration)


def unpack(payload: bytes) -> Event | None:
    """The event in a packet; None if it is no key (flash, fax tones) or cut short."""
    if len(payload) < 4:
        return None
    number, flags, duration = struct.unpack("!BBH", payload[:4])
    if number >= len(KEYS):
        return None
    return Event(KEYS[number], bool(flags & 0x80), duration, flags & 0x3F)


def info_body(key: str, seconds: float) -> bytes:
    """Body of the INFO that says one key was pressed."""
    return f"Signal={key}\r\nDuration={round(seconds * 1000)}\r\n".encode()


def key_in_info(body: bytes) -> str | None:
    """The key that an INFO body (dtmf-relay, or application/dtmf's bare digit) tells, or None."""
    text = body.decode("ascii", "replace").strip()
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip().lower() == "signal":
            return value.strip().upper()[:1] or None
    return text if len(text) == 1 and text in KEYS else None
