"""Checks one recording and makes it ready for Asterisk, with the program sox (and ffmpeg where it is installed).

It must never write next to the recording or over a prompt: it makes a new file in the folder that it is given.
"""

from __future__ import annotations

import array
import shutil
import subprocess
from itertools import groupby
from math import log10
from pathlib import Path

import sox

RATE = 16_000
LEVEL = -23.0
"""dBFS, RMS of speech: within a decibel or two of the -23 LUFS of the shipped sounds."""

PEAK = -3.0
"""dBFS."""

SILENT = -40.0
"""dBFS: a recording whose highest peak is lower holds no speech."""

SILENCE_PERCENT = 0.6
"""Of full scale, after levelling (-44 dBFS): quieter is cut off at both ends."""

HEAD, TAIL = 0.05, 0.15
"""Seconds of silence left before and after."""

CLIPPED_RUN = 4
"""So many samples in a row at full scale are a clipped peak."""

FULL_SCALE = 32_700


def problem(path: Path, longest: float) -> str | None:
    """Return why a recording cannot be used, as a sentence; None if it can. ``longest`` is in seconds."""
    try:
        seconds = sox.file_info.duration(str(path))
        samples = _samples(path)
    except (sox.SoxError, sox.core.SoxiError, OSError):
        return "this is not a WAV file that sox can read."
    if not seconds or not samples:
        return "the recording is empty."
    if seconds > longest:
        return f"it lasts {seconds:.1f} s, but at most {longest:.1f} s are expected for this text."
    runs = (len(list(run)) for full, run in groupby(samples, lambda s: abs(s) >= FULL_SCALE) if full)
    if any(run >= CLIPPED_RUN for run in runs):
        return "it is clipped; please record it again at a lower level."
    if max(abs(sample) for sample in samples) < 32768 * 10 ** (SILENT / 20):
        return "it is silent."
    return None


def convert(path: Path, folder: Path) -> Path:
    """Write the recording, levelled and trimmed, into ``folder`` as .g722, or as .sln16 without ffmpeg.

    Raises sox.SoxError or subprocess.CalledProcessError if a program fails on a recording that passed
    ``problem``.
    """
    cleaned = folder / "cleaned.wav"
    _clean(path).build(str(path), str(cleaned))
    trimmed = folder / "trimmed.wav"
    _trim(_gain(cleaned)).build(str(cleaned), str(trimmed))
    if shutil.which("ffmpeg") is None:
        return _raw(trimmed, folder / "prompt.sln16")
    made = folder / "prompt.g722"
    command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", "-i", str(trimmed)]
    subprocess.run([*command, "-c:a", "g722", "-f", "g722", str(made)], check=True)
    return made


def _raw(trimmed: Path, made: Path) -> Path:
    """Samples without a header, as Asterisk wants .sln16. They are already of its rate and width, so nothing is
    dithered again. Called without pysox, which looks at a file's name: sox knows no .sln16."""
    command = [
        "sox",
        "-V1",
        "-D",
        str(trimmed),
        "-t",
        "raw",
        "-e",
        "signed-integer",
        "-b",
        "16",
        "-L",
        str(made),
    ]
    subprocess.run(command, check=True)
    return made


def _transformer() -> sox.Transformer:
    return sox.Transformer().set_globals(dither=True, verbosity=1)


def _clean(path: Path) -> sox.Transformer:
    """One channel, 16 kHz, 16 bit, without rumble; 4 dB down so that the filters cannot clip."""
    steps = _transformer().gain(-4, normalize=False).channels(1).highpass(80).rate(RATE, quality="h")
    steps.set_output_format(rate=RATE, bits=16, channels=1)
    return steps


def _gain(cleaned: Path) -> float:
    """Return the gain in dB that brings speech to LEVEL and no peak above PEAK.

    Speech is what is less than 20 dB under the loudest 20 ms, so that pauses do not count.
    """
    samples = _samples(cleaned)
    frame = RATE // 50
    powers = [
        sum(s * s for s in samples[n : n + frame]) / frame / 32768**2
        for n in range(0, len(samples) - frame + 1, frame)
    ] or [sum(s * s for s in samples) / len(samples) / 32768**2]
    speech = [power for power in powers if power > max(powers) / 100]
    highest = max(abs(sample) for sample in samples) / 32768
    return min(LEVEL - 10 * log10(sum(speech) / len(speech)), PEAK - 20 * log10(highest))


def _trim(gain: float) -> sox.Transformer:
    steps = _transformer().gain(gain, normalize=False)
    for location in (1, -1):
        steps = steps.silence(location, silence_threshold=SILENCE_PERCENT, min_silence_duration=0.02)
    return steps.fade(fade_in_len=0.005, fade_out_len=0.005).pad(HEAD, TAIL)


def _samples(path: Path) -> array.array[int]:
    """Return the recording's samples, all channels, at its own rate, as 16 bit."""
    command = ["sox", str(path), "-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-D", "-"]
    samples = array.array("h")
    try:
        samples.frombytes(subprocess.run(command, capture_output=True, check=True).stdout)
    except subprocess.CalledProcessError as failed:
        raise sox.SoxError(failed.stderr.decode(errors="replace")) from failed
    return samples
