"""What a piece of 8 kHz sound is: one given tone, silence, speech, or something else. Pure functions.

A tone is recognised by its phase, not by its level: overlapping blocks are correlated with the wanted
frequency (the Goertzel measure, as a plain dot product with prepared tables) and must turn in step. A second
tone or noise takes a share of the energy and is tolerated; a voice wanders and is not.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import cache
from operator import mul

from .g711 import RATE

WINDOW = 1920
"""Samples that one decision about a tone looks at: 240 ms."""

HOP = 480
"""Samples between two decisions: 60 ms."""

_BLOCK = 320  # 40 ms: a Hann window of this length is deaf to tones 50 Hz away
_STRIDE = 160
_SPEECH_FRAME = 320

MIN_LEVEL = 150.0
"""Root mean square under which sound counts as silence: -47 dBFS."""

_MIN_SHARE = 0.15  # of the energy; another tone may be 7 dB louder
_MIN_COHERENCE = 0.90  # 1 for a pure tone at exactly this frequency
_MIN_STEADINESS = 0.5  # weakest block against the strongest
_TONAL_GAIN = 100.0  # energy over what four past samples cannot predict: 20 dB


def sine(frequency: int, seconds: float, amplitude: float = 8000.0) -> list[int]:
    """Samples of a tone."""
    step = 2 * math.pi * frequency / RATE
    return [round(amplitude * math.sin(step * n)) for n in range(round(seconds * RATE))]


def level(samples: Sequence[int]) -> float:
    """Root mean square, 0 … 32767."""
    return math.sqrt(sum(map(mul, samples, samples)) / len(samples)) if samples else 0.0


@cache
def _tables(frequency: int) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Hann-windowed cosine and sine of one block, and the sum of the window."""
    window = [0.5 - 0.5 * math.cos(2 * math.pi * n / _BLOCK) for n in range(_BLOCK)]
    step = 2 * math.pi * frequency / RATE
    cosine = tuple(w * math.cos(step * n) for n, w in enumerate(window))
    sinus = tuple(w * math.sin(step * n) for n, w in enumerate(window))
    return cosine, sinus, sum(window)


def _phasors(samples: Sequence[int], frequency: int) -> list[complex]:
    """Amplitude and phase at `frequency` of each block; equal for a steady tone."""
    cosine, sinus, weight = _tables(frequency)
    found = []
    for start in range(0, len(samples) - _BLOCK + 1, _STRIDE):
        block = samples[start : start + _BLOCK]
        value = complex(sum(map(mul, block, cosine)), -sum(map(mul, block, sinus)))
        found.append(value * cmath.exp(-2j * math.pi * frequency * start / RATE) * 2 / weight)
    return found


def has_tone(samples: Sequence[int], frequency: int) -> bool:
    """Whether `samples` (best: WINDOW of them) hold a steady tone of `frequency`, alone or among others."""
    total = level(samples)
    if total < MIN_LEVEL:
        return False
    phasors = _phasors(samples, frequency)
    strengths = [abs(value) for value in phasors]
    mean = sum(phasors) / len(phasors)
    power = sum(map(mul, strengths, strengths)) / len(strengths)
    share = abs(mean) ** 2 / 2 / total**2
    if share < _MIN_SHARE or abs(mean) / math.sqrt(2) < MIN_LEVEL / 2:
        return False
    return abs(mean) ** 2 >= _MIN_COHERENCE * power and min(strengths) >= _MIN_STEADINESS * max(strengths)


def strongest(samples: Sequence[int], count: int = 3) -> list[tuple[int, float]]:
    """The strongest frequencies (Hz, root mean square) on a 50 Hz grid; for failure texts only."""
    grid = ((hz, abs(sum(_phasors(samples, hz)))) for hz in range(100, 3950, 50))
    blocks = max(1, (len(samples) - _BLOCK) // _STRIDE + 1)
    ranked = sorted(((hz, total / blocks / math.sqrt(2)) for hz, total in grid), key=lambda pair: -pair[1])
    return [pair for pair in ranked[:count] if pair[1] >= MIN_LEVEL / 2]


def has_speech(samples: Sequence[int], share: float = 0.25) -> bool:
    """Whether at least `share` of the 40 ms frames are loud and no mixture of one or two pure tones.

    Two sinusoids are predicted exactly by the four samples before; a voice, music or noise is not.
    """
    frames = [
        samples[n : n + _SPEECH_FRAME] for n in range(0, len(samples) - _SPEECH_FRAME + 1, _SPEECH_FRAME)
    ]
    lively = sum(1 for frame in frames if level(frame) >= MIN_LEVEL and _predictability(frame) < _TONAL_GAIN)
    return bool(frames) and lively >= share * len(frames)


def _predictability(frame: Sequence[int], order: int = 4) -> float:
    """Energy of the frame over the energy that its `order` previous samples leave unexplained."""
    lags = [frame[order - lag : len(frame) - lag] for lag in range(order + 1)]
    products = [[float(sum(map(mul, a, b))) for b in lags] for a in lags]
    matrix = [row[1:] for row in products[1:]]
    target = [row[0] for row in products[1:]]
    for index in range(order):
        matrix[index][index] += 1.0  # keeps constant and silent frames solvable
    weights = _solve(matrix, list(target))
    residual: float = products[0][0] - sum(map(mul, weights, target))
    return products[0][0] / max(residual, 1.0)


def _solve(matrix: list[list[float]], target: list[float]) -> list[float]:
    """Solution of a symmetric positive system by elimination; both arguments are consumed."""
    size = len(target)
    for column in range(size):
        for row in range(column + 1, size):
            factor = matrix[row][column] / matrix[column][column]
            for k in range(column, size):
                matrix[row][k] -= factor * matrix[column][k]
            target[row] -= factor * target[column]
    solution = [0.0] * size
    for row in reversed(range(size)):
        rest = sum(matrix[row][k] * solution[k] for k in range(row + 1, size))
        solution[row] = (target[row] - rest) / matrix[row][row]
    return solution
