"""How loud a recording is (ITU-R BS.1770-4, EBU R 128) and where its sound begins and ends: sox weighs it, sums follow.

sox runs the two filters of K-weighting and writes 32-bit floats; their energy is summed here in slices of 10 ms, in
plain Python, a slice at a time, so that the thread that does it never holds the interpreter for long.
"""

from __future__ import annotations

import logging
import math
from array import array
from dataclasses import dataclass
from operator import mul
from pathlib import Path

import sox

logging.getLogger("sox").setLevel(logging.ERROR)  # it warns of every name that does not end in .wav

SLICE_SECONDS = 0.01
_BLOCK, _STEP = 40, 10
"""Slices: BS.1770 weighs blocks of 400 ms that overlap by three quarters."""
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
HEADROOM_DB = 8.0
"""Taken off before the filters, which raise high sounds by 4 dB: sox works in whole numbers and would clip."""
SOUND_DB, SOUND_BELOW_DB = -60.0, -35.0
"""A slice is sound when it is above both: so loud in itself, and not so far below the loudness of the whole."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """``lufs``: of the whole, gated. ``begin`` and ``end``: seconds between which there is sound."""

    lufs: float
    begin: float
    end: float


def measure(source: Path, scratch: Path, rate: int) -> Loudness | None:
    """Of a mono file; None when there is only silence. ``scratch`` is written and erased. Blocks: for a thread."""
    transformer = sox.Transformer()
    transformer.set_globals(verbosity=0)
    transformer.set_output_format(file_type="raw", bits=32, encoding="floating-point", rate=rate)
    transformer.gain(-HEADROOM_DB, normalize=False)
    for b, a in k_weighting(rate):
        transformer.biquad(b=b, a=a)
    try:
        transformer.build(str(source), str(scratch))
        energies = _energies(scratch, round(rate * SLICE_SECONDS))
    finally:
        scratch.unlink(missing_ok=True)
    return _loudness(energies)


def k_weighting(rate: int) -> list[tuple[list[float], list[float]]]:
    """The two filters of BS.1770 for any sample rate, as (b, a): the shelf of the head, then the high-pass.

    The standard gives their coefficients for 48 kHz only; these are the analogue filters behind them (their corner,
    gain and Q), brought to ``rate`` by the bilinear transform.
    """
    return [_shelf(1681.974450955533, 3.999843853973347, 0.7071752369554196, rate),
            _high_pass(38.13547087602444, 0.5003270373238773, rate)]  # fmt: skip


def _shelf(corner: float, gain_db: float, q: float, rate: int) -> tuple[list[float], list[float]]:
    k = math.tan(math.pi * corner / rate)
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    b = [
        (high + band * k / q + k * k) / norm,
        2 * (k * k - high) / norm,
        (high - band * k / q + k * k) / norm,
    ]
    return b, [1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]


def _high_pass(corner: float, q: float, rate: int) -> tuple[list[float], list[float]]:
    k = math.tan(math.pi * corner / rate)
    norm = 1 + k / q + k * k
    return [1.0, -2.0, 1.0], [1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]


def _energies(raw: Path, samples: int) -> list[float]:
    """The mean square of each slice, with the headroom given back."""
    scale = 10 ** (HEADROOM_DB / 10)
    found = []
    with raw.open("rb") as file:
        while chunk := file.read(samples * 4):
            values = array("f", chunk[: len(chunk) // 4 * 4])
            if values:
                found.append(sum(map(mul, values, values)) / len(values) * scale)
    return found


def _loudness(energies: list[float]) -> Loudness | None:
    length = min(_BLOCK, len(energies))
    starts = range(0, max(1, len(energies) - length + 1), _STEP)
    blocks = [sum(energies[at : at + length]) / length for at in starts] if energies else []
    heard = [block for block in blocks if lufs(block) > _ABSOLUTE_GATE]
    if not heard:
        return None
    gate = lufs(sum(heard) / len(heard)) + _RELATIVE_GATE
    counted = [block for block in heard if lufs(block) > gate]
    whole = lufs(sum(counted) / len(counted))
    least = max(SOUND_DB, whole + SOUND_BELOW_DB)
    sounding = [index for index, energy in enumerate(energies) if lufs(energy) > least]
    return Loudness(whole, sounding[0] * SLICE_SECONDS, (sounding[-1] + 1) * SLICE_SECONDS)


def lufs(energy: float) -> float:
    """The loudness of a mean square after K-weighting (BS.1770, one channel)."""
    return -0.691 + 10 * math.log10(energy) if energy > 0 else -math.inf
