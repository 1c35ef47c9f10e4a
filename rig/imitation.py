"""An imitation of a voice, for tests of what tells speech from tones."""

from __future__ import annotations

import math

from rig import g711


def voice(seconds: float, pitch: float = 130.0) -> list[int]:
    """Harmonics that glide, tremble and pause: what a voice is to a tone detector."""
    samples, phase = [], 0.0
    for n in range(round(seconds * g711.RATE)):
        t = n / g711.RATE
        phase += 2 * math.pi * pitch * (1 + 0.12 * math.sin(2 * math.pi * 2.3 * t)) / g711.RATE
        loud = max(0.0, math.sin(2 * math.pi * 3.1 * t)) * 3000
        samples.append(round(loud * sum(math.cos(k * phase + k * k) / k**0.7 for k in range(1, 14))))
    return samples
