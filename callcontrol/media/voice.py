"""Makes a recording of a line's own fit for use: checked, silence at its ends cut to 200 ms, levelled to −23 LUFS (spec
§5). Implements ``changes.ports.VoiceFiles``.

What is wrong is said by a code of ``sentences/sounds.py``, the same for a page, the API and the phone. All work is
done in a thread, by sox; the file is written beside its place and renamed, so that no half of one is ever played.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import BinaryIO

import sox

from callcontrol.changes.ports import VoiceFiles
from callcontrol.errors import UnusableSound
from callcontrol.media import loudness, riff
from callcontrol.media.recordings import repair, seconds_of
from callcontrol.voice_recording import SHORTEST

RATE, BITS = 16_000, 16
TARGET_LUFS, TOLERANCE = -23.0, 0.3
MARGIN_SECONDS = 0.2
"""The silence that stays at each end."""
LARGEST_UPLOAD = 10 * 1024 * 1024
"""Bytes: five minutes and a little."""
_PASSES = 8
_LEFT_BEHIND = (".upload-*", "voice/*/*.plain.wav", "voice/*/*.level.wav", "voice/*/*.raw")
"""A limiter takes some loudness away, which the next pass gives back."""


class VoiceFolder(VoiceFiles):
    """``media`` is the folder of all recordings, ``spool`` where Asterisk records."""

    def __init__(self, media: Path, spool: Path) -> None:
        self._media, self._spool = media, spool

    async def make(self, source: Path, path: str, longest: int) -> float:
        return await asyncio.to_thread(make, source, self._media / path, longest)

    async def make_of_recording(self, recording: str, path: str, longest: int) -> float:
        source = self._spool / f"{recording}.wav16"

        def made() -> float:
            if not source.exists():
                raise UnusableSound("sound_empty")
            repair(source)
            return make(source, self._media / path, longest)

        return await asyncio.to_thread(made)

    async def forget_recording(self, recording: str) -> None:
        source = self._spool / f"{recording}.wav16"
        await asyncio.to_thread(source.unlink, missing_ok=True)

    async def uri(self, path: str) -> str | None:
        file = self._media / path
        return f"sound:{file.with_suffix('')}" if await asyncio.to_thread(file.is_file) else None


def make(source: Path, target: Path, longest: int) -> float:
    """Write ``target`` from a WAV of 16 kHz, 16 bits, mono; seconds of it. Raises UnusableSound. Blocks."""
    target.parent.mkdir(parents=True, exist_ok=True)
    plain, scratch = target.with_suffix(".plain.wav"), target.with_suffix(".raw")
    levelled = target.with_suffix(".level.wav")
    try:
        with source.open("rb") as file:
            _copy(file, check(file, longest), plain)
        _shape(plain, levelled, scratch)
        levelled.rename(target)
    finally:
        for left in (plain, scratch, levelled):
            left.unlink(missing_ok=True)
    return seconds_of(target) or 0.0


def check(file: BinaryIO, longest: int) -> riff.Wave:
    """The head of a file that may be used. Raises UnusableSound with the one thing that is most wrong."""
    try:
        wave = riff.read(file)
    except riff.NotWave as error:
        raise UnusableSound("sound_mp3" if error.mp3 else "sound_not_wav") from None
    if wave.codec != riff.PCM:
        raise UnusableSound("sound_mp3" if wave.codec == riff.MP3 else "sound_not_pcm")
    if wave.channels != 1:
        raise UnusableSound("sound_channels", channels=wave.channels)
    if wave.rate != RATE:
        raise UnusableSound("sound_rate", rate=wave.rate)
    if wave.bits != BITS:
        raise UnusableSound("sound_bits", bits=wave.bits)
    if wave.data_bytes > wave.there_bytes:
        raise UnusableSound("sound_cut_off")
    seconds = wave.data_bytes // 2 / RATE
    if seconds == 0:
        raise UnusableSound("sound_empty")
    if seconds < SHORTEST:
        raise UnusableSound("sound_too_short", shortest=SHORTEST)
    if seconds > longest:
        raise UnusableSound("sound_too_long", longest=longest)
    return wave


def _copy(file: BinaryIO, wave: riff.Wave, plain: Path) -> None:
    """The sound alone under a head of ours: no tool ever reads a stranger's."""
    length = wave.data_bytes // 2 * 2
    file.seek(wave.data_at)
    with plain.open("wb") as copy:
        copy.write(riff.header(length))
        while length and (chunk := file.read(min(length, 1 << 16))):
            copy.write(chunk)
            length -= len(chunk)


def _shape(plain: Path, target: Path, scratch: Path) -> None:
    heard = loudness.measure(plain, scratch, RATE)
    if heard is None:
        raise UnusableSound("sound_silent")
    begin = max(0.0, heard.begin - MARGIN_SECONDS)
    end = min(heard.end + MARGIN_SECONDS, seconds_of(plain) or heard.end)
    gain = TARGET_LUFS - heard.lufs
    for _ in range(_PASSES):
        transformer = sox.Transformer()
        transformer.set_globals(dither=False, verbosity=0)
        transformer.trim(begin, end)
        transformer.gain(gain, normalize=False, limiter=True)
        target.unlink(missing_ok=True)
        transformer.build(str(plain), str(target))
        now = loudness.measure(target, scratch, RATE)
        off = TARGET_LUFS - now.lufs if now is not None else 0.0
        if abs(off) <= TOLERANCE:
            return
        gain += off


def sweep(media: Path, before: float) -> int:
    """Erase what uploads and their making left behind when they were killed: files last written before ``before``
    (seconds since 1970). Returns how many. Blocks."""
    left = [path for pattern in _LEFT_BEHIND for path in media.glob(pattern) if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
