"""From what the voice speaks to what is committed: filter, resample, level, trim, fade, encode.

Levels: -23 LUFS (the level of Asterisk's own French sounds, so nothing jumps), no peak above -3 dBFS.
It must never normalise a short word by itself: EBU R128 cannot measure less than 0.4 s, so words take the
gain of the list that they were spoken in.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np

RATE = 16_000
"""Samples a second of every file."""

LOUDNESS = -23.0
PEAK = -3.6
"""dBFS; a little under -3, since G.722 rounds."""

WORD_LEVEL = -21.0
"""dBFS: the power of a word where it is less than 20 dB under its loudest moment."""

FRAME = RATE // 200
"""5 ms."""


def to_16k(sound: np.ndarray, rate: int) -> np.ndarray:
    """High-pass at 80 Hz and resample, 4 dB down so that nothing clips on the way."""
    command = ["sox", "-t", "f32", "-r", str(rate), "-c", "1", "-", "-t", "f32", "-", "gain", "-4"]
    command += ["highpass", "80", "rate", "-h", str(RATE)]
    done = subprocess.run(command, input=sound.astype("<f4").tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<f4").copy()


def loudness(sound: np.ndarray) -> float:
    """Return the integrated loudness in LUFS (EBU R128, by ffmpeg)."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-f", "f32le", "-ar", str(RATE), "-ac", "1"]
    command += ["-i", "pipe:0", "-af", "ebur128", "-f", "null", "-"]
    done = subprocess.run(command, input=sound.astype("<f4").tobytes(), capture_output=True, check=True)
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr.decode())[-1])


def to_level(sound: np.ndarray, target: float = LOUDNESS) -> np.ndarray:
    """Return `sound` at `target` LUFS. Peaks are seen to later, by `limited`."""
    return np.asarray(sound * 10 ** ((target - loudness(sound)) / 20))


def evened(word: np.ndarray) -> np.ndarray:
    """Bring a word nearer to the others of its list: "six" and "dix" whisper, "zéro" sings out. At most 4 dB."""
    level = energies(word)
    active = 10 * np.log10((10 ** (level[level > level.max() - 20] / 10)).mean())
    return np.asarray(word * 10 ** (np.clip(WORD_LEVEL - active, -2, 4) / 20))


def limited(sound: np.ndarray) -> np.ndarray:
    """Turn the sound down around each peak above PEAK, smoothly: the phrase keeps its level."""
    gain = np.minimum(1.0, 10 ** (PEAK / 20) / np.maximum(np.abs(sound), 1e-9))
    if gain.min() == 1.0:
        return sound
    # The least gain within 5 ms to either side, then its mean over as much: never above what a peak allows.
    lowest = _windows(gain, FRAME).min(axis=1)
    return np.asarray(sound * _windows(lowest, FRAME).mean(axis=1))


def _windows(values: np.ndarray, reach: int) -> np.ndarray:
    """For each value, those up to ``reach`` places away."""
    padded = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


def energies(sound: np.ndarray) -> np.ndarray:
    """Return the level of every 5 ms in dBFS."""
    whole = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(10 * np.log10((whole**2).mean(axis=1) + 1e-12))


def trimmed(sound: np.ndarray, head: float = 0.05, tail: float = 0.15, fade: float = 0.005) -> np.ndarray:
    """Cut silence (over 42 dB under the loudest 5 ms) to `head` and `tail` seconds; fade out in `fade` seconds."""
    level = energies(sound)
    loud = np.flatnonzero(level > level.max() - 42)
    first, last = int(loud[0]) * FRAME, (int(loud[-1]) + 1) * FRAME
    before, after = int(head * RATE), int(tail * RATE)
    sound = sound.copy()
    out = int(fade * RATE)
    sound[last - out : last] *= np.linspace(1, 0, out, dtype=sound.dtype)
    padded = np.concatenate([np.zeros(before, sound.dtype), sound, np.zeros(after, sound.dtype)])
    kept = padded[first : last + before + after].copy()
    ramp = np.linspace(0, 1, FRAME, dtype=kept.dtype)
    kept[:FRAME] *= ramp
    kept[-FRAME:] *= ramp[::-1]
    return kept


def quietest(sound: np.ndarray, start: int, stop: int) -> int:
    """Return the start of the quietest 5 ms from `start` to `stop`: a cut there is not heard."""
    level = energies(sound)[start // FRAME : stop // FRAME]
    return (start // FRAME + int(level.argmin())) * FRAME


def write_g722(sound: np.ndarray, path: Path) -> None:
    """Write `sound` as raw G.722 (64 kbit/s, 16 kHz), as Asterisk plays it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pcm = (np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes()
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "s16le"]
    command += ["-ar", str(RATE), "-ac", "1", "-i", "pipe:0", "-c:a", "g722", "-f", "g722", str(path)]
    subprocess.run(command, input=pcm, check=True)


def read_g722(path: Path) -> np.ndarray:
    """Return a committed file as floats in -1..1 at RATE."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-f", "g722", "-i", str(path)]
    done = subprocess.run([*command, "-f", "s16le", "pipe:1"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<i2").astype(np.float32) / 32768
