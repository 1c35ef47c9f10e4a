"""G.711 A-law and µ-law by tables (ITU-T G.711), built from the decoding rule alone. Pure; no audioop."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

RATE = 8000
"""Samples per second of both codecs."""

STEP = 2
"""Encoding looks at the upper 14 bits of a sample: finer than either law."""


def _alaw_value(code: int) -> int:
    code ^= 0x55
    segment, mantissa = (code >> 4) & 7, code & 15
    magnitude = (mantissa << 4) + 8 if segment == 0 else ((mantissa << 4) + 0x108) << (segment - 1)
    return magnitude if code & 0x80 else -magnitude


def _ulaw_value(code: int) -> int:
    code ^= 0xFF
    magnitude = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


DECODE: dict[str, tuple[int, ...]] = {
    "PCMA": tuple(_alaw_value(code) for code in range(256)),
    "PCMU": tuple(_ulaw_value(code) for code in range(256)),
}

SILENCE: dict[str, bytes] = {"PCMA": b"\xd5", "PCMU": b"\xff"}
"""One sample of silence."""


@cache
def _encoder(codec: str) -> bytes:
    """For each 14-bit step from the lowest sample up, the code whose value is nearest."""
    ranked = sorted((value, code) for code, value in enumerate(DECODE[codec]))
    values = [value for value, _ in ranked]
    table = bytearray()
    for sample in range(-32768 + (1 << STEP) // 2, 32768, 1 << STEP):
        right = min(bisect_left(values, sample), len(values) - 1)
        left = max(right - 1, 0)
        nearest = left if sample - values[left] < values[right] - sample else right
        table.append(ranked[nearest][1])
    return bytes(table)


def encode(codec: str, samples: Iterable[int]) -> bytes:
    """16-bit samples as bytes of `codec` ("PCMA" or "PCMU")."""
    table = _encoder(codec)
    return bytes([table[(sample + 32768) >> STEP] for sample in samples])


def decode(codec: str, payload: bytes) -> list[int]:
    """Bytes of `codec` as 16-bit samples."""
    table = DECODE[codec]
    return [table[code] for code in payload]
