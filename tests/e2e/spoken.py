"""What a caller heard in a whole session, looked at: the gaps between prompts, steps out of silence, and levels.

Positions are samples of 8 kHz since the first packet. A prompt's place is known to about the length of a packet.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from callcontrol.media.prompts import shipped_sounds, word_ids
from rig.g711 import RATE
from rig.tones import level

FRAME = 40
"""Samples of 5 ms."""
QUIET_PEAK = 250
"""Of 32767: nothing of a voice, but what G.711 and the noise of a studio leave."""
NEAR_SECONDS = 0.16
LOUD_PEAK = 1000
"""A frame of a voice, and no breath."""


class Recorder:
    """Takes every packet of an ear (``ear.on_sound``); a pause of the sender is silence."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.samples: list[int] = []
        self._times: list[float] = []
        self._places: list[int] = []

    def __call__(self, samples: list[int]) -> None:
        now = self._loop.time()
        if self._times:
            missing = round((now - self._times[-1]) * RATE) - (len(self.samples) - self._places[-1])
            self.samples += [0] * max(0, missing if missing > 3 * len(samples) else 0)
        self._times.append(now)
        self._places.append(len(self.samples))
        self.samples += samples

    def place(self, time: float) -> int:
        """What arrived at ``time`` of the event loop."""
        at = bisect.bisect_right(self._times, time) - 1
        return 0 if at < 0 else self._places[at] + round((time - self._times[at]) * RATE)


@dataclass(frozen=True, slots=True)
class Gap:
    """The silence between two prompts in a row, in seconds. ``goes_on``: they are one sentence."""

    before: str
    after: str
    seconds: float
    goes_on: bool


def gaps(said: Sequence[tuple[str, int]], samples: Sequence[int], language: str) -> Iterator[Gap]:
    """The gap between each prompt and the next; prompts with their places."""
    open_ended, quiet = _open_ended(language), silences(samples)
    for (before, _), (after, place) in itertools.pairwise(said):
        near = [
            s
            for s in quiet
            if s.start <= place + NEAR_SECONDS * RATE and s.stop >= place - NEAR_SECONDS * RATE
        ]
        longest = max((len(silence) for silence in near), default=0)
        yield Gap(before, after, longest / RATE, before in open_ended)


def silences(samples: Sequence[int]) -> list[range]:
    """Every stretch without sound of 5 ms or more."""
    found: list[range] = []
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        frame = samples[at : at + FRAME]
        if max(frame) <= QUIET_PEAK and min(frame) >= -QUIET_PEAK:
            if found and found[-1].stop == at:
                found[-1] = range(found[-1].start, at + FRAME)
            else:
                found.append(range(at, at + FRAME))
    return found


def steepest_onset(samples: Sequence[int]) -> int:
    """The highest step from one sample to the next within 1 ms of a silence of 20 ms or more: a click, if high."""
    edges = [
        edge
        for silence in silences(samples)
        if len(silence) >= 4 * FRAME
        for edge in (silence.start, silence.stop)
    ]
    return max(
        (
            abs(samples[n] - samples[n - 1])
            for edge in edges
            for n in range(edge - 8, edge + 8)
            if 0 < n < len(samples)
        ),
        default=0,
    )


def levels(said: Sequence[tuple[str, int]], samples: Sequence[int]) -> dict[str, float]:
    """How loud the voice is in each prompt of a third of a second or more, in dBFS."""
    found = {}
    for (prompt, begin), (_, end) in itertools.pairwise(said):
        frames = [samples[at : at + 160] for at in range(begin, end - 160, 160)]
        voiced = [sample for frame in frames if max(frame) > LOUD_PEAK for sample in frame]
        if len(voiced) >= RATE // 3:
            found[prompt] = 20 * math.log10(level(voiced) / 32768)
    return found


def _open_ended(language: str) -> frozenset[str]:
    """Prompts after which a sentence goes on: words but the last of a sentence, and phrases that are cut open."""
    folder = shipped_sounds()
    catalogue = yaml.safe_load((folder / "catalogue.yaml").read_text(encoding="utf-8"))
    cut_open = {name for name, texts in catalogue.items() if texts.get("continues")}
    return frozenset(cut_open | {word for word in word_ids(folder, language) if not word.endswith("-end")})
