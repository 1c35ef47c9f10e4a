"""The files of recordings: kept once, repaired when Asterisk was killed, never half."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest

from callcontrol.media.recordings import RecordingFolder, repair

HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data", 0
)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, RecordingFolder]:
    spool, media = tmp_path / "spool", tmp_path / "media"
    spool.mkdir()
    media.mkdir()
    return spool, media, RecordingFolder(spool, media)


async def test_a_recording_that_asterisk_did_not_finish_plays_again(
    folders: tuple[Path, Path, RecordingFolder],
) -> None:
    spool, media, files = folders
    (spool / "m1.wav16").write_bytes(HEADER + bytes(96_001))
    assert await files.keep("m1", "messages/x/m1.wav16") == pytest.approx(3, abs=0.001)
    with wave.open(str(media / "messages/x/m1.wav16")) as sound:
        assert sound.getnframes() == 48_000


async def test_keeping_twice_gives_the_same_answer(folders: tuple[Path, Path, RecordingFolder]) -> None:
    spool, _, files = folders
    (spool / "m1.wav16").write_bytes(HEADER + bytes(64_000))
    assert [await files.keep("m1", "a.wav16") for _ in range(3)] == [2.0, 2.0, 2.0]
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"RIFF", HEADER, HEADER[:30]])
async def test_a_recording_without_sound_is_none(
    folders: tuple[Path, Path, RecordingFolder], content: bytes | None
) -> None:
    spool, _, files = folders
    if content is not None:
        (spool / "m1.wav16").write_bytes(content)
    assert await files.keep("m1", "a.wav16") is None


async def test_dropping_what_is_not_there_is_no_error(folders: tuple[Path, Path, RecordingFolder]) -> None:
    spool, media, files = folders
    (spool / "m1.wav16").write_bytes(HEADER + bytes(64_000))
    await files.keep("m1", "a.wav16")
    await files.drop("a.wav16")
    await files.drop("a.wav16")
    assert list(media.iterdir()) == []


def test_a_whole_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "m.wav16"
    path.write_bytes(HEADER + bytes(32_000))
    repair(path)
    once = path.read_bytes()
    repair(path)
    assert path.read_bytes() == once
    (tmp_path / "other").write_bytes(b"no sound at all, but longer than a header of RIFF files is")
    repair(tmp_path / "other")
    assert (tmp_path / "other").read_bytes().startswith(b"no sound")


async def test_a_file_is_made_of_a_recording_and_a_kept_one_in_that_order(
    folders: tuple[Path, Path, RecordingFolder],
) -> None:
    spool, media, files = folders
    (spool / "intro.wav16").write_bytes(HEADER + bytes([1, 0]) * 32_000)
    (media / "kept.wav16").write_bytes(HEADER + bytes([2, 0]) * 48_000)
    for _ in range(2):
        assert await files.assemble("box/made.wav16", "intro", "kept.wav16") == pytest.approx(5)
    with wave.open(str(media / "box/made.wav16")) as sound:
        frames = sound.readframes(80_000)
    assert frames == bytes([1, 0]) * 32_000 + bytes([2, 0]) * 48_000
    assert [path.name for path in (media / "box").iterdir()] == ["made.wav16"]


async def test_a_file_that_was_made_stays_when_its_sources_are_gone(
    folders: tuple[Path, Path, RecordingFolder],
) -> None:
    spool, _, files = folders
    (spool / "intro.wav16").write_bytes(HEADER + bytes(64_000))
    assert await files.assemble("made.wav16", "intro", None) == 2.0
    await files.discard("intro")
    assert await files.length("intro") is None
    assert await files.assemble("made.wav16", "intro", None) == 2.0


async def test_of_nothing_no_file_is_made(folders: tuple[Path, Path, RecordingFolder]) -> None:
    _, media, files = folders
    assert await files.assemble("made.wav16", "never", None) is None
    assert list(media.iterdir()) == []
