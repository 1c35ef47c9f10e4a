"""Reads the head of a WAV file (RIFF, Microsoft's and IBM's of 1991, WAVE_FORMAT_EXTENSIBLE of 2001) by itself, so that
what is wrong with an upload can be said in words before any tool looks at it. Never reads the sound.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

PCM, EXTENSIBLE, MP3 = 0x0001, 0xFFFE, 0x0055
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
"""The end of every KSDATAFORMAT_SUBTYPE; its first two bytes are the format's number."""
_MOST_CHUNKS = 1000
HEADER_BYTES = 44


class NotWave(Exception):
    """It is no RIFF WAVE file, or lacks what every one has. ``mp3``: it is an MP3, whatever its name says."""

    def __init__(self, *, mp3: bool = False) -> None:
        super().__init__("no WAV file")
        self.mp3 = mp3


@dataclass(frozen=True, slots=True)
class Wave:
    """What the head says. ``data_bytes`` is claimed, ``there_bytes`` is what follows in truth."""

    codec: int
    channels: int
    rate: int
    bits: int
    data_at: int
    data_bytes: int
    there_bytes: int


def read(file: BinaryIO) -> Wave:
    """The head of ``file``, wherever its chunks stand. Raises NotWave."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise NotWave(mp3=_looks_like_mp3(head))
    form: bytes | None = None
    data: tuple[int, int] | None = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        chunk = file.read(8)
        if len(chunk) < 8 or (form is not None and data is not None):
            break
        name, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        if name == b"fmt " and form is None:
            form = file.read(min(length, 40))
        elif name == b"data" and data is None:
            data = at + 8, length
        at += 8 + length + length % 2  # a chunk of odd length is followed by a byte that fills it up
    if form is None or len(form) < 16 or data is None:
        raise NotWave
    codec, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    begin, claimed = data
    return Wave(_codec(codec, form), channels, rate, bits, begin, claimed, min(claimed, size - begin))


def _codec(codec: int, form: bytes) -> int:
    if codec == EXTENSIBLE and len(form) >= 40 and form[26:40] == _SUBFORMAT_TAIL:
        return int(struct.unpack("<H", form[24:26])[0])
    return codec


def _looks_like_mp3(head: bytes) -> bool:
    """An ID3 tag, or the eleven set bits with which every frame of MPEG audio begins."""
    return head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


def header(data_bytes: int, rate: int = 16_000) -> bytes:
    """The plain head of a file of 16-bit mono PCM."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE", b"fmt ", 16, PCM, 1, rate, rate * 2, 2, 16,
        b"data", data_bytes,
    )  # fmt: skip
