"""WAV files as 8 kHz samples and back; 16-bit mono PCM only, which is all that the product uses."""

from __future__ import annotations

import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

from .g711 import RATE


class UnknownWav(ValueError):
    """The file is no 16-bit mono WAV of 8 or 16 kHz."""


def read_wav(path: Path | str) -> list[int]:
    """Samples at 8 kHz; a 16 kHz file is halved by averaging pairs. Raises UnknownWav."""
    with wave.open(str(path), "rb") as file:
        rate = file.getframerate()
        if (file.getnchannels(), file.getsampwidth()) != (1, 2) or rate not in (RATE, 2 * RATE):
            raise UnknownWav(f"{path}: {file.getparams()}")
        samples = array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    if rate == RATE:
        return samples.tolist()
    return [(a + b) // 2 for a, b in zip(samples[::2], samples[1::2], strict=False)]


def write_wav(path: Path | str, samples: Sequence[int]) -> None:
    """Write samples as an 8 kHz, 16-bit, mono WAV."""
    data = array("h", samples)
    if sys.byteorder == "big":
        data.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data.tobytes())
