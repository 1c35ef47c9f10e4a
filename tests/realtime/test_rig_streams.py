"""The rig's RTP in both directions, at its true pace: tones, speech, silence, keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rig import sdp, tones
from rig.imitation import voice
from rig.rtp import Media
from rig.wav import read_wav, write_wav

CODECS = ("PCMA", "PCMU")


@asynccontextmanager
async def two_streams(
    codec: str = "PCMA", tone_a: int = 650, tone_b: int = 1110
) -> AsyncIterator[tuple[Media, Media]]:
    a, b = await Media.open("127.0.0.1", tone_a), await Media.open("127.0.0.1", tone_b)
    try:
        a.connect(sdp.Sdp("127.0.0.1", b.port, (codec,)), codec)
        b.connect(sdp.Sdp("127.0.0.1", a.port, (codec,)), codec)
        yield a, b
    finally:
        a.close()
        b.close()


@pytest.mark.parametrize("codec", CODECS)
async def test_each_hears_the_other_and_not_itself(codec: str) -> None:
    async with two_streams(codec) as (a, b):
        await asyncio.gather(a.ear.hears(1110), b.ear.hears(650), a.ear.does_not_hear(650, for_=0.4))
        with pytest.raises(
            AssertionError, match=r"hears no tone of 900 Hz within 0.3 s.*strongest near 1100 Hz"
        ):
            await a.ear.hears(900, within=0.3)
        with pytest.raises(AssertionError, match="hears a tone of 1110 Hz"):
            await a.ear.does_not_hear(1110)


async def test_the_pace_is_fifty_packets_a_second_without_drift() -> None:
    async with two_streams() as (a, _):
        start = asyncio.get_running_loop().time()
        await a.ear.bell.until(lambda: a.ear.packets >= 50, within=3)
        assert asyncio.get_running_loop().time() - start == pytest.approx(1.0, abs=0.1)


async def test_silence_and_speech_are_waited_for(tmp_path: Path) -> None:
    async with two_streams() as (a, b):
        with pytest.raises(AssertionError, match="hears no silence"):
            await a.ear.hears_silence(within=0.6)
        b.play_silence()
        await a.ear.hears_silence()
        with pytest.raises(AssertionError, match=r"hears no speech within 0.6 s"):
            await a.ear.hears_speech(within=0.6)
        write_wav(tmp_path / "voice.wav", voice(2))
        b.play_file(tmp_path / "voice.wav")
        await a.ear.hears_speech(within=2)
        b.mute()
        await a.ear.hears_silence()


async def test_what_was_heard_is_saved(tmp_path: Path) -> None:
    async with two_streams() as (a, _):
        await a.ear.hears(1110)
        a.ear.save_wav(tmp_path / "heard.wav")
    assert tones.has_tone(read_wav(tmp_path / "heard.wav")[-tones.WINDOW :], 1110)


async def test_keys_arrive_once_each_and_the_tone_goes_on() -> None:
    async with two_streams() as (a, b):
        heard: list[str] = []
        b.ear.on_key = heard.append
        await a.press("1159*0#", seconds=0.06, gap=0.04)
        await b.ear.hears_keys("1159*0#", within=1)
        assert heard == list("1159*0#")
        await b.ear.hears(650)
        with pytest.raises(AssertionError, match="receives no keys '77', has '1159"):
            await b.ear.hears_keys("77", within=0.1)


async def test_nobody_there_is_said() -> None:
    media = await Media.open("127.0.0.1", None)
    try:
        with pytest.raises(AssertionError, match="no sound packet came at all"):
            await media.ear.hears(440, within=0.1)
        await media.ear.hears_silence(for_=0.1)
        with pytest.raises(AssertionError, match="no session description"):
            await media.press("1", 0.1, 0.1)
    finally:
        media.close()
