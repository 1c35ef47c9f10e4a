"""How loud a sound is by ITU-R BS.1770-4, written from the standard alone with numpy: what levelled files are held to.

Independent of the product: the standard's own coefficients, which are for 48 kHz, so the sound is resampled first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

_SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
_HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def read_wav(path: Path) -> Samples:
    """The samples of a plain 16-bit mono file, from -1 to 1."""
    return np.frombuffer(path.read_bytes()[44:], dtype="<i2").astype(np.float64) / 32768


def loudness(samples: Samples, rate: int = 16_000) -> float:
    """LUFS, gated."""
    weighted = _filtered(_filtered(_at_48k(samples, rate), *_SHELF), *_HIGH_PASS)
    block, step = 19_200, 4_800
    starts = range(0, max(1, len(weighted) - block + 1), step)
    powers = np.array([np.mean(weighted[at : at + block] ** 2) for at in starts])
    powers = powers[powers > 0]
    heard = powers[_lufs(powers) > -70]
    gate = _lufs(np.mean(heard)) - 10
    return float(_lufs(np.mean(heard[_lufs(heard) > gate])))


def _lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(power))


def _at_48k(samples: Samples, rate: int) -> Samples:
    """Resampled by the spectrum."""
    length = round(len(samples) * 48_000 / rate)
    spectrum = np.fft.rfft(samples)
    wide = np.zeros(length // 2 + 1, dtype=complex)
    wide[: len(spectrum)] = spectrum
    return np.fft.irfft(wide, length) * (length / len(samples))


def _filtered(samples: Samples, b: list[float], a: list[float]) -> Samples:
    """A biquad by its impulse response: 1.5 s of it is more than the high-pass remembers."""
    response = np.zeros(72_000)
    x1 = x2 = y1 = y2 = 0.0
    for index in range(len(response)):
        x = 1.0 if index == 0 else 0.0
        y = b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
        response[index] = y
        x2, x1, y2, y1 = x1, x, y1, y
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(samples)]
