"""What a leg sends: a tone, silence or a recording, and keys in between; one RTP packet per 20 ms."""

from __future__ import annotations

import secrets
import struct
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, cycle, repeat

from . import dtmf, g711, tones
from .sdp import STATIC, TELEPHONE_EVENT

FRAME = 160
"""Samples in a packet."""

_END_PACKETS = 3  # RFC 4733 §2.5.1.4: the end is sent three times


@cache
def _tone_frames(codec: str, frequency: int) -> tuple[bytes, ...]:
    """One second of a tone in packets; whole hertz, so it can be repeated without a click."""
    return _frames(codec, tones.sine(frequency, 1.0))


def _frames(codec: str, samples: Sequence[int]) -> tuple[bytes, ...]:
    data = g711.encode(codec, samples)
    short = -len(data) % FRAME
    data += g711.SILENCE[codec] * short
    return tuple(data[n : n + FRAME] for n in range(0, len(data), FRAME))


class Mouth:
    """Makes the packets of one direction of a stream. Never touches a socket or a clock."""

    def __init__(self, codec: str = "PCMA") -> None:
        self.event_payload = TELEPHONE_EVENT
        self.packets = 0
        self._codec = codec
        self._tone: int | None = None
        self._samples: Sequence[int] = ()
        self._loop = False
        self._source: Iterator[bytes] = iter(())
        self._keys: deque[dtmf.Event | None] = deque()
        self._event_start = 0
        self._sequence = secrets.randbelow(1 << 15)
        self._timestamp = secrets.randbelow(1 << 31)
        self._ssrc = secrets.randbits(32)
        self._marker = True
        self.be_silent()

    def use_codec(self, codec: str) -> None:
        """From now on speak `codec`; what is playing starts again in it."""
        if codec != self._codec:
            self._codec = codec
            self._restart()

    def say_tone(self, frequency: int) -> None:
        """A continuous tone of whole hertz."""
        self._tone, self._samples, self._loop = frequency, (), False
        self._restart()

    def say(self, samples: Sequence[int], *, loop: bool = False) -> None:
        """8 kHz samples once, then silence; or again and again."""
        self._tone, self._samples, self._loop = None, samples, loop
        self._restart()

    def say_from(self, packets: Iterator[bytes]) -> None:
        """What ``packets`` gives, in the codec spoken now: it starts over as silence when the codec changes."""
        self.be_silent()
        self._source = packets

    def be_silent(self) -> None:
        """Packets of silence."""
        self.say(())

    def _restart(self) -> None:
        silence = repeat(g711.SILENCE[self._codec] * FRAME)
        if self._tone is not None:
            self._source = cycle(_tone_frames(self._codec, self._tone))
        elif self._loop and self._samples:
            self._source = cycle(_frames(self._codec, self._samples))
        else:
            self._source = chain(_frames(self._codec, self._samples), silence)

    def encoded(self, samples: Sequence[int]) -> bytes:
        """Samples in the codec spoken now."""
        return g711.encode(self._codec, samples)

    def press(self, keys: str, *, seconds: float = 0.1, gap: float = 0.08) -> float:
        """Queue telephone events; returns the seconds that all queued keys will take."""
        for key in keys.upper():
            if key not in dtmf.KEYS:
                raise ValueError(f"no such key: {key!r}")
            count = max(1, round(seconds * 50))
            self._keys.extend(dtmf.Event(key, False, n * FRAME) for n in range(1, count + 1))
            self._keys.extend([dtmf.Event(key, True, count * FRAME)] * _END_PACKETS)
            self._keys.extend([None] * max(1, round(gap * 50)))
        return len(self._keys) * 0.02

    @property
    def pressing(self) -> bool:
        return bool(self._keys)

    def next_packet(self) -> bytes:
        """The packet for the next 20 ms (a key that is down replaces the sound)."""
        sound = next(self._source)
        event = self._keys.popleft() if self._keys else None
        marker = self._marker
        payload_type, payload, timestamp = STATIC[self._codec], sound, self._timestamp
        self._marker = False
        if event is not None:
            first = event.duration == FRAME and not event.ended
            if first:
                self._event_start = self._timestamp
            marker = first
            payload_type, payload, timestamp = self.event_payload, dtmf.pack(event), self._event_start
        flags = payload_type | (0x80 if marker else 0)
        packet = struct.pack("!BBHII", 0x80, flags, self._sequence, timestamp, self._ssrc) + payload
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        self.packets += 1
        return packet
