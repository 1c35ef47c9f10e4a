"""WAV files for tests, right ones and every kind of wrong one, made of bytes by hand."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

RATE = 16_000


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a RIFF file, filled up to an even length."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def riff(*chunks: bytes) -> bytes:
    """A RIFF WAVE file of these chunks."""
    whole = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def form(*, codec: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, more: bytes = b"") -> bytes:
    """A chunk ``fmt ``."""
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", codec, channels, rate, rate * frame, frame, bits) + more)


def extensible(codec: int = 1) -> bytes:
    """A chunk ``fmt `` of WAVE_FORMAT_EXTENSIBLE."""
    tail = bytes.fromhex("000000001000800000aa00389b71")
    more = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", codec) + tail
    return form(codec=0xFFFE, more=more)


def wav(samples: NDArray[np.float64], **fields: int) -> bytes:
    """A file of ``samples`` (-1 to 1), whose head says ``fields``."""
    return riff(form(more=b"", **fields), chunk(b"data", pcm(samples)))


def pcm(samples: NDArray[np.float64]) -> bytes:
    """16-bit samples."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def speech(seconds: float, level: float = 0.1, seed: int = 1) -> NDArray[np.float64]:
    """Something like speech: coloured noise in syllables of 120 ms with pauses of 80 ms."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    noise = np.convolve(rng.standard_normal(count), np.exp(-np.arange(64) / 8), mode="same")
    noise /= np.max(np.abs(noise), initial=1e-9)
    syllable = (np.arange(count) % 3200) < 1920
    return np.asarray(noise * syllable * level)


def silence(seconds: float) -> NDArray[np.float64]:
    """Nothing at all."""
    return np.zeros(round(seconds * RATE))
