"""The sounds that are not spoken: the tone before a recording, and the music on hold, composed for this project.

The music is made of our own notes and our own arithmetic, so it needs no licence from anybody. It must loop
without a click: every note that rings past the end is folded back onto the beginning.
"""

from __future__ import annotations

import numpy as np

from studio.levels import RATE

BEAT = 60 / 76
"""Seconds; 76 beats a minute, the pace of a calm walk."""

# Four beats each: the chord that lies under the bar, as MIDI notes. D major, never far from home.
CHORDS = {
    "D": (50, 57, 62, 66, 69), "A": (45, 57, 61, 64, 69), "Bm": (47, 54, 62, 66, 71), "G": (43, 55, 62, 67, 71),
    "F#m": (42, 54, 61, 66, 69), "Em": (40, 55, 59, 64, 71), "Asus": (45, 57, 62, 64, 69),
}  # fmt: skip
BARS = ["D", "A", "Bm", "G", "D", "F#m", "G", "Asus", "Bm", "G", "D", "A", "Em", "G", "Asus", "A"]

# The melody: (bar, beat, MIDI note, beats it is held).
MELODY = (
    (0, 0, 78, 2), (0, 2, 76, 1), (0, 3, 74, 1), (1, 0, 76, 3), (2, 0, 74, 2), (2, 2, 73, 1), (2, 3, 71, 1),
    (3, 0, 74, 3), (4, 0, 78, 1.5), (4, 1.5, 79, 0.5), (4, 2, 81, 2), (5, 0, 78, 2), (5, 2, 76, 1), (5, 3, 73, 1),
    (6, 0, 74, 1), (6, 1, 76, 1), (6, 2, 78, 2), (7, 0, 76, 3), (8, 0, 78, 2), (8, 2, 81, 2), (9, 0, 79, 2),
    (9, 2, 78, 1), (9, 3, 74, 1), (10, 0, 78, 2), (10, 2, 74, 2), (11, 0, 76, 3), (12, 0, 79, 1), (12, 1, 78, 1),
    (12, 2, 76, 2), (13, 0, 74, 1), (13, 1, 76, 1), (13, 2, 71, 2), (14, 0, 74, 2), (14, 2, 76, 2), (15, 0, 73, 3),
)  # fmt: skip
ARPEGGIO = (0, 2, 3, 4, 3, 2, 3, 1)
"""Which note of the chord is plucked on each half beat."""


def beep() -> np.ndarray:
    """Return the tone that says "speak now": 1 kHz, 400 ms, soft edges."""
    t = np.arange(int(0.4 * RATE)) / RATE
    edge = np.clip(np.minimum(t, 0.4 - t) / 0.01, 0, 1)
    return np.asarray(np.sin(2 * np.pi * 1000 * t) * edge * 0.25)


def calm() -> np.ndarray:
    """Return the music on hold, about 50 s, mono at RATE, that begins again without a seam."""
    length = int(len(BARS) * 4 * BEAT * RATE)
    music = np.zeros(length)
    for bar, name in enumerate(BARS):
        chord = CHORDS[name]
        start = bar * 4 * BEAT
        for note in chord[1:4]:
            _add(music, start, _pad(note, 4 * BEAT), 0.055)
        _add(music, start, _pluck(chord[0], 3.5, 6.0), 0.34)
        for half, which in enumerate(ARPEGGIO):
            accent = 1.0 if half % 4 == 0 else 0.75
            _add(music, start + half * BEAT / 2, _pluck(chord[which], 2.2, 9.0), 0.15 * accent)
    for bar, beat, note, held in MELODY:
        _add(music, (bar * 4 + beat) * BEAT, _bell(note, held * BEAT + 1.2), 0.19)
    # G.722 begins with 1.4 ms of silence: a short breath before the first beat hides it.
    seconds = np.arange(length) / RATE
    music *= np.clip(seconds / 0.005, 0, 1) * np.clip((seconds[-1] - seconds) / 0.06, 0, 1)
    return music / np.abs(music).max()


def _add(music: np.ndarray, at: float, note: np.ndarray, gain: float) -> None:
    """Add `note` at `at` seconds; what reaches past the end goes on at the beginning."""
    positions = (int(at * RATE) + np.arange(len(note))) % len(music)
    np.add.at(music, positions, note * gain)


def _frequency(note: int) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _edges(seconds: float, rise: float, fall: float) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(int(seconds * RATE)) / RATE
    return t, np.clip(t / rise, 0, 1) * np.clip((seconds - t) / fall, 0, 1)


def _pluck(note: int, seconds: float, damping: float) -> np.ndarray:
    """A soft string: harmonics that die the sooner the higher they are."""
    t, edge = _edges(seconds, 0.006, 0.3)
    string = np.zeros_like(t)
    for harmonic in range(1, 9):
        frequency = _frequency(note) * harmonic
        if frequency < RATE * 0.45:
            dies = np.exp(-t * (0.9 + damping * 0.16 * harmonic))
            string += np.sin(2 * np.pi * frequency * t) * dies / harmonic**1.7
    return np.asarray(string * edge)


def _bell(note: int, seconds: float) -> np.ndarray:
    """The melody's voice, between a celesta and an electric piano, with a slow tremble."""
    t, edge = _edges(seconds, 0.012, 0.5)
    base = 2 * np.pi * _frequency(note) * t
    tone = np.sin(base) + 0.28 * np.sin(2 * base) * np.exp(-3 * t) + 0.10 * np.sin(4 * base) * np.exp(-7 * t)
    return np.asarray(tone * np.exp(-1.1 * t) * (1 + 0.06 * np.sin(2 * np.pi * 4.2 * t)) * edge)


def _pad(note: int, seconds: float) -> np.ndarray:
    """A held chord note: two strings a hair apart that come and go slowly, overlapping the next bar."""
    t, edge = _edges(seconds + 0.9, 0.9, 0.9)
    tone = np.zeros_like(t)
    for cents in (-4, 4):
        frequency = _frequency(note) * 2 ** (cents / 1200)
        tone += np.sin(2 * np.pi * frequency * t) + 0.25 * np.sin(4 * np.pi * frequency * t)
    return np.asarray(tone * np.sin(edge * np.pi / 2) ** 2)
