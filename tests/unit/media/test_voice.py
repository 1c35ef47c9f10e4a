"""A recording of a line's own is checked, its ends are cut to 200 ms, and it is levelled to −23 LUFS (spec §5)."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from callcontrol.errors import UnusableSound
from callcontrol.media import loudness, voice
from callcontrol.sentences.table import SENTENCES, sentence
from tests import bs1770
from tests.wav_files import RATE, chunk, extensible, form, pcm, riff, silence, speech, wav

SPEECH = speech(3)
ID3 = b"ID3\x04" + b"\0" * 2000


def _form(channels: int, rate: int, block: int, bits: int) -> bytes:
    return chunk(b"fmt ", struct.pack("<HHIIHH", 1, channels, rate, rate, block, bits))


WRONG = [
    ("an MP3 named .wav", ID3, "sound_mp3"),
    ("an MP3 without a tag", b"\xff\xfb\x90\x64" + b"\0" * 2000, "sound_mp3"),
    ("an MP3 in a WAV", riff(form(codec=0x55), chunk(b"data", b"\0" * 4000)), "sound_mp3"),
    ("8 kHz", wav(SPEECH, rate=8000), "sound_rate"),
    ("stereo", wav(SPEECH, channels=2), "sound_channels"),
    ("24 bits", wav(SPEECH, bits=24), "sound_bits"),
    ("8 bits", wav(SPEECH, bits=8), "sound_bits"),
    ("a header longer than its data", wav(SPEECH)[:-2000], "sound_cut_off"),
    (
        "a stream's length",
        riff(form(), b"data\xff\xff\xff\xff" + pcm(SPEECH)),
        "sound_cut_off",
    ),
    ("0 s", wav(silence(0)), "sound_empty"),
    ("half a second", wav(speech(0.5)), "sound_too_short"),
    ("181 s", wav(silence(181)), "sound_too_long"),
    ("µ-law", riff(form(codec=7, bits=8), chunk(b"data", b"\0" * 4000)), "sound_not_pcm"),
    ("floats", riff(form(codec=3, bits=32), chunk(b"data", b"\0" * 4000)), "sound_not_pcm"),
    ("floats in an extensible head", riff(extensible(3), chunk(b"data", b"\0" * 4000)), "sound_not_pcm"),
    ("nothing", b"", "sound_not_wav"),
    ("a text", b"Bonjour, ceci est un texte", "sound_not_wav"),
    ("a WAV without a sound", riff(form()), "sound_not_wav"),
    ("a WAV without a form", riff(chunk(b"data", pcm(SPEECH))), "sound_not_wav"),
    ("a form cut short", riff(chunk(b"fmt ", b"\1\0"), chunk(b"data", pcm(SPEECH))), "sound_not_wav"),
    ("big-endian", b"RIFX" + wav(SPEECH)[4:], "sound_not_wav"),
    ("an AVI", b"RIFF\x10\0\0\0AVI " + b"\0" * 100, "sound_not_wav"),
    (
        "a million chunks",
        riff(b"junk\0\0\0\0" * 1_000_000, form(), chunk(b"data", pcm(SPEECH))),
        "sound_not_wav",
    ),
    ("a chunk of 4 GB", riff(b"junk\xff\xff\xff\xff", form(), chunk(b"data", pcm(SPEECH))), "sound_not_wav"),
    (
        "no sound, and then some",
        riff(form(), chunk(b"data", b""), chunk(b"data", pcm(SPEECH))),
        "sound_empty",
    ),
    (
        "a sound inside a list",
        riff(form(), chunk(b"LIST", b"wavl" + chunk(b"data", pcm(SPEECH)))),
        "sound_not_wav",
    ),
    ("a rate of 4 GHz", riff(_form(1, 0xFFFFFFFF, 2, 16), chunk(b"data", pcm(SPEECH))), "sound_rate"),
    ("no channel", riff(_form(0, RATE, 2, 16), chunk(b"data", pcm(SPEECH))), "sound_channels"),
    ("no bits", riff(_form(1, RATE, 2, 0), chunk(b"data", pcm(SPEECH))), "sound_bits"),
    (
        "numbers that are none",
        riff(form(codec=3, bits=32), chunk(b"data", b"\0\0\xc0\x7f" * 48_000)),
        "sound_not_pcm",
    ),
    ("a 64-bit WAV", b"RF64" + wav(SPEECH)[4:], "sound_not_wav"),
]
RIGHT = [
    ("a plain file", wav(SPEECH)),
    ("an extensible head", riff(extensible(), chunk(b"data", pcm(SPEECH)))),
    ("an odd chunk before", riff(chunk(b"LIST", b"odd"), form(), chunk(b"data", pcm(SPEECH)))),
    (
        "an odd chunk between, and one behind",
        riff(form(), chunk(b"bext", b"x" * 603), chunk(b"data", pcm(SPEECH)), chunk(b"id3 ", b"tag")),
    ),
    ("half a sample at the end", riff(form(), chunk(b"data", pcm(SPEECH) + b"\1"))),
    ("a file that claims nothing", b"RIFF\0\0\0\0WAVE" + form() + chunk(b"data", pcm(SPEECH))),
    ("a file that claims 4 GB", b"RIFF\xff\xff\xff\xffWAVE" + form() + chunk(b"data", pcm(SPEECH))),
    (
        "lists in lists",
        riff(form(), chunk(b"LIST", chunk(b"LIST", b"x" * 100) * 1000), chunk(b"data", pcm(SPEECH))),
    ),
    ("four billion cues", riff(form(), chunk(b"cue ", b"\xff\xff\xff\xff"), chunk(b"data", pcm(SPEECH)))),
    ("blocks of 64 KB", riff(_form(1, RATE, 65_535, 16), chunk(b"data", pcm(SPEECH)))),
]


@pytest.mark.parametrize(("name", "file", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_file_is_refused_with_its_own_sentence(
    name: str, file: bytes, code: str, tmp_path: Path
) -> None:
    (tmp_path / "upload").write_bytes(file)
    with pytest.raises(UnusableSound) as refused:
        voice.make(tmp_path / "upload", tmp_path / "made.wav16", 180)
    assert refused.value.code == code
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]
    for language in ("fr", "en"):
        said = sentence(code, language, refused.value.parameters)
        assert said.endswith(".")
        assert "{" not in said


def test_seven_wrong_files_have_seven_sentences() -> None:
    codes = {row[2] for row in WRONG} | {"sound_too_large", "sound_silent"}
    said = [SENTENCES[code][number] for code in codes for number in (0, 1)]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(("name", "file"), RIGHT, ids=[row[0] for row in RIGHT])
def test_a_right_file_is_taken_whatever_stands_around_its_sound(
    name: str, file: bytes, tmp_path: Path
) -> None:
    made = _made(file, tmp_path)
    assert len(made) == pytest.approx(3 * RATE, abs=0.15 * RATE)
    assert bs1770.loudness(made) == pytest.approx(-23, abs=1)


@pytest.mark.parametrize("cut", range(0, 60))
def test_a_head_cut_anywhere_is_no_right_file(cut: int) -> None:
    with pytest.raises(UnusableSound):
        voice.check(io.BytesIO(wav(SPEECH)[:cut]), 180)


@pytest.mark.parametrize("level", [0.9, 0.2, 0.03, 0.004])
def test_every_level_becomes_the_same_loudness(level: float, tmp_path: Path) -> None:
    assert bs1770.loudness(_made(wav(speech(6, level)), tmp_path)) == pytest.approx(-23, abs=1)


def test_a_loud_click_in_a_quiet_voice_does_not_keep_it_quiet_and_is_not_clipped(tmp_path: Path) -> None:
    sound = speech(6, 0.02)
    sound[40_000:40_020] = 0.99
    made = _made(wav(sound), tmp_path)
    assert bs1770.loudness(made) == pytest.approx(-23, abs=1)
    assert np.max(np.abs(made)) <= 1.0


@pytest.mark.parametrize(("before", "after"), [(2.0, 3.0), (0.0, 1.5), (0.1, 0.1), (5.0, 0.0)])
def test_silence_at_the_ends_is_cut_to_200_ms_and_none_is_added(
    before: float, after: float, tmp_path: Path
) -> None:
    sound = np.concatenate([silence(before), tone(2), silence(after)])
    made = _made(wav(sound), tmp_path)
    sounding = np.flatnonzero(np.abs(made) > 0.01)
    assert sounding[0] / RATE == pytest.approx(min(before, 0.2), abs=0.02)
    assert (len(made) - sounding[-1]) / RATE == pytest.approx(min(after, 0.2), abs=0.02)


def test_the_noise_of_a_room_at_the_ends_is_silence(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sound = np.concatenate([silence(2), tone(2), silence(2)])
    made = _made(wav(sound + rng.standard_normal(len(sound)) * 0.0006), tmp_path)
    assert len(made) / RATE == pytest.approx(2.4, abs=0.05)


def test_a_pause_inside_stays(tmp_path: Path) -> None:
    sound = np.concatenate([tone(1), silence(3), tone(1)])
    assert len(_made(wav(sound), tmp_path)) / RATE == pytest.approx(5, abs=0.02)


@pytest.mark.parametrize("noise", [0.0, 0.00005])
def test_only_silence_is_refused(noise: float, tmp_path: Path) -> None:
    sound = np.random.default_rng(1).standard_normal(RATE * 2) * noise
    (tmp_path / "upload").write_bytes(wav(sound))
    with pytest.raises(UnusableSound) as refused:
        voice.make(tmp_path / "upload", tmp_path / "made.wav16", 180)
    assert refused.value.code == "sound_silent"


def test_the_measure_agrees_with_the_standard(tmp_path: Path) -> None:
    for number, sound in enumerate((speech(4), tone(3), np.concatenate([speech(3, 0.4), speech(3, 0.01)]))):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav(sound))
        measured = loudness.measure(path, tmp_path / "scratch", RATE)
        assert measured is not None
        assert measured.lufs == pytest.approx(bs1770.loudness(sound), abs=0.15)


def test_the_reference_of_these_tests_is_right() -> None:
    """BS.1770: a full-scale sine of 997 Hz in one channel is −3.01 LUFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(48_000 * 3) / 48_000)
    assert bs1770.loudness(sine, 48_000) == pytest.approx(-3.01, abs=0.05)


def test_the_longest_recording_is_levelled_as_a_whole(tmp_path: Path) -> None:
    made = _made(wav(np.concatenate([speech(90, 0.05), speech(90, 0.05)])), tmp_path)
    assert bs1770.loudness(made[: 20 * RATE]) == pytest.approx(-23, abs=1)


async def test_what_a_phone_recorded_is_mended_and_stays_until_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    file = bytearray(wav(SPEECH))
    file[4:8] = file[40:44] = struct.pack("<I", 0)  # Asterisk was killed
    (tmp_path / "spool" / "r1.wav16").write_bytes(file)
    folder = voice.VoiceFolder(tmp_path / "media", tmp_path / "spool")
    seconds = await folder.make_of_recording("r1", "voice/0222969569/v1.wav16", 180)
    assert seconds == pytest.approx(3, abs=0.15)
    assert (tmp_path / "spool" / "r1.wav16").exists()
    assert await folder.uri("voice/0222969569/v1.wav16") == f"sound:{tmp_path}/media/voice/0222969569/v1"
    assert await folder.uri("voice/0222969569/v2.wav16") is None
    await folder.forget_recording("r1")
    await folder.forget_recording("r1")
    assert list((tmp_path / "spool").iterdir()) == []
    with pytest.raises(UnusableSound):
        await folder.make_of_recording("r1", "voice/0222969569/v3.wav16", 180)


def tone(seconds: float) -> NDArray[np.float64]:
    return np.asarray(0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE))


def _made(file: bytes, folder: Path) -> NDArray[np.float64]:
    (folder / "upload").write_bytes(file)
    seconds = voice.make(folder / "upload", folder / "made.wav16", 180)
    made = bs1770.read_wav(folder / "made.wav16")
    assert seconds == pytest.approx(len(made) / RATE)
    return made
