"""The sound half of the rig, computed: codecs, tone and speech detection, keys. What flows is in tests/realtime."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig import dtmf, g711, tones
from rig.imitation import voice
from rig.wav import UnknownWav, read_wav, write_wav

CODECS = ("PCMA", "PCMU")


def through(codec: str, samples: list[int]) -> list[int]:
    return g711.decode(codec, g711.encode(codec, samples))


def mixed(*parts: list[int]) -> list[int]:
    return [max(-32768, min(32767, sum(column))) for column in zip(*parts, strict=True)]


def noise(seconds: float, level: float) -> list[int]:
    chance = random.Random(7)
    return [round(chance.gauss(0, level)) for _ in range(round(seconds * g711.RATE))]


@pytest.mark.parametrize("codec", CODECS)
def test_g711_loses_no_code_and_little_sound(codec: str) -> None:
    values = g711.DECODE[codec]
    assert g711.DECODE["PCMA"][0xD5] == 8
    assert g711.DECODE["PCMU"][0xFF] == 0
    assert max(values) == {"PCMA": 32256, "PCMU": 32124}[codec]
    assert [values[code] for code in g711.encode(codec, values)] == list(values)


@given(st.lists(st.integers(-32768, 32767), max_size=50), st.sampled_from(CODECS))
def test_g711_error_is_small(samples: list[int], codec: str) -> None:
    for sample, again in zip(samples, through(codec, samples), strict=True):
        assert abs(sample - again) <= max(16, abs(sample) * 0.05)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frequency", [310, 440, 697, 1050, 1990, 3100])
def test_a_tone_is_found_at_its_frequency_only(codec: str, frequency: int) -> None:
    for amplitude in (400.0, 8000.0, 30000.0):
        heard = through(codec, tones.sine(frequency, 0.3, amplitude))[100 : 100 + tones.WINDOW]
        assert tones.has_tone(heard, frequency)
        assert [
            d for d in (-100, -50, -25, -10, 10, 25, 50, 100) if tones.has_tone(heard, frequency + d)
        ] == []


def test_a_tone_is_found_beside_another_and_in_noise() -> None:
    wanted = tones.sine(1110, 0.24, 3000)
    assert tones.has_tone(through("PCMA", mixed(wanted, tones.sine(1150, 0.24, 6000))), 1110)
    assert tones.has_tone(through("PCMA", mixed(wanted, noise(0.24, 2500))), 1110)
    assert tones.has_tone(through("PCMA", mixed(wanted, voice(0.24))), 1110)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param([0] * 16000, id="silence"),
        pytest.param([8] * 16000, id="idle A-law"),
        pytest.param(noise(2, 3000), id="noise"),
        pytest.param(voice(2), id="voice"),
        pytest.param(tones.sine(1150, 2), id="neighbouring tone"),
        pytest.param(tones.sine(370, 2), id="third of the frequency"),
        pytest.param(mixed(tones.sine(697, 2), tones.sine(1209, 2)), id="key tones"),
    ],
)
def test_no_tone_is_found_in_other_sounds(samples: list[int]) -> None:
    heard = through("PCMA", samples)
    windows = [heard[n : n + tones.WINDOW] for n in range(0, len(heard) - tones.WINDOW, tones.HOP)]
    assert not any(tones.has_tone(window, 1110) for window in windows)


def test_speech_is_told_from_tones_and_silence() -> None:
    assert tones.has_speech(through("PCMA", voice(1)))
    assert tones.has_speech(through("PCMA", mixed(voice(1), tones.sine(440, 1, 1000))))
    for other in (
        tones.sine(440, 1),
        mixed(tones.sine(697, 1), tones.sine(1209, 1)),
        [0] * 8000,
        noise(1, 20),
    ):
        assert not tones.has_speech(through("PCMU", other))


def test_strongest_names_the_tones_for_a_failure_text() -> None:
    found = tones.strongest(mixed(tones.sine(700, 1, 4000), tones.sine(1500, 1, 2000)), 2)
    assert [hz for hz, _ in found] == [700, 1500]


@given(st.sampled_from(dtmf.KEYS), st.booleans(), st.integers(0, 65535))
def test_key_events_round_trip(key: str, ended: bool, duration: int) -> None:
    event = dtmf.Event(key, ended, duration)
    assert dtmf.unpack(dtmf.pack(event)) == event


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (dtmf.info_body("#", 0.1), "#"),
        (b"Signal= 5\nDuration=9", "5"),
        (b"7", "7"),
        (b"", None),
        (b"x=1", None),
    ],
)
def test_keys_in_info(body: bytes, key: str | None) -> None:
    assert dtmf.key_in_info(body) == key


def test_wav_files(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tones.sine(440, 0.1))
    assert read_wav(tmp_path / "a.wav") == tones.sine(440, 0.1)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[22] = 2
    (tmp_path / "b.wav").write_bytes(data)
    with pytest.raises(UnknownWav):
        read_wav(tmp_path / "b.wav")
