"""The files of recordings: kept once, repaired when Asterisk was killed, never half."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcontrol.gaps import Gap
from callcontrol.lifecycle import storage
from callcontrol.media.recordings import RecordingFolder, free_bytes, repair

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


async def test_silence_is_put_where_nothing_came(folders: tuple[Path, Path, RecordingFolder]) -> None:
    spool, media, files = folders
    spoken = b"\x01\x02" * 16_000
    (spool / "m1.wav16").write_bytes(HEADER + spoken)
    await files.keep("m1", "a.wav16")
    assert await files.fill("a.wav16", [Gap(0.0, 1.5), Gap(0.25, 2.0), Gap(9.0, 0.5)]) == 5.0
    with wave.open(str(media / "a.wav16")) as sound:
        assert sound.readframes(160_000) == bytes(48_000) + spoken[:8000] + bytes(64_000) + spoken[
            8000:
        ] + bytes(16_000)
    assert [path.name for path in media.iterdir()] == ["a.wav16"]


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


def sound(seconds: float, peak: int) -> bytes:
    """A square wave."""
    return struct.pack("<2h", peak, -peak) * int(seconds * 8000)


@pytest.mark.parametrize(
    ("parts", "silent"),
    [
        pytest.param([sound(5, 0)], True, id="digital silence"),
        pytest.param([sound(5, 200)], True, id="the noise of a line"),
        pytest.param([sound(3, 30), sound(0.04, 20_000), sound(3, 30)], True, id="a click"),
        pytest.param([sound(9, 30), sound(0.5, 900), sound(1, 30)], False, id="a word, late and low"),
        pytest.param([sound(4, 8000)], False, id="a voice"),
        pytest.param([], True, id="nothing"),
    ],
)
async def test_what_counts_as_nothing_but_silence(
    folders: tuple[Path, Path, RecordingFolder], parts: list[bytes], silent: bool
) -> None:
    _, media, files = folders
    (media / "a.wav16").write_bytes(HEADER + b"".join(parts) + b"x")
    assert await files.silent("a.wav16") is silent


async def test_there_is_room_while_so_much_is_free(folders: tuple[Path, Path, RecordingFolder]) -> None:
    spool, media, _ = folders
    free = free_bytes(media)
    assert await RecordingFolder(spool, media, free // 2).room()
    assert not await RecordingFolder(spool, media, free * 2).room()
    assert not await RecordingFolder(spool, media / "missing", 1).room()


def test_the_alarm_of_a_full_disk_is_told_once_and_so_is_its_end(
    folders: tuple[Path, Path, RecordingFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, media, _ = folders
    free = [100, 10, 5, 100, 100]
    monkeypatch.setattr(storage, "free_bytes", lambda _: free.pop(0))
    watch = storage.StorageWatch(media, 50)
    with capture_logs() as told:
        for _ in range(5):
            watch.look()
    assert [entry["event"] for entry in told] == ["storage.full", "storage.room_again"]
    assert told[0]["log_level"] == "error"


async def test_a_file_is_made_of_a_recording_and_a_kept_one_in_that_order(
    folders: tuple[Path, Path, RecordingFolder],
) -> None:
    spool, media, files = folders
    (spool / "intro.wav16").write_bytes(HEADER + bytes([1, 0]) * 32_000)
    (media / "kept.wav16").write_bytes(HEADER + bytes([2, 0]) * 48_000)
    for _ in range(2):
        assert await files.assemble("box/made.wav16", "intro", ["kept.wav16"]) == pytest.approx(5)
    with wave.open(str(media / "box/made.wav16")) as sound:
        frames = sound.readframes(80_000)
    assert frames == bytes([1, 0]) * 32_000 + bytes([2, 0]) * 48_000
    assert [path.name for path in (media / "box").iterdir()] == ["made.wav16"]


async def test_a_file_that_was_made_stays_when_its_sources_are_gone(
    folders: tuple[Path, Path, RecordingFolder],
) -> None:
    spool, _, files = folders
    (spool / "intro.wav16").write_bytes(HEADER + bytes(64_000))
    assert await files.assemble("made.wav16", "intro") == 2.0
    await files.discard("intro")
    assert await files.length("intro") is None
    assert await files.assemble("made.wav16", "intro") == 2.0


async def test_of_nothing_no_file_is_made(folders: tuple[Path, Path, RecordingFolder]) -> None:
    _, media, files = folders
    assert await files.assemble("made.wav16", "never") is None
    assert list(media.iterdir()) == []


async def test_another_name_of_a_file_outlives_the_first(folders: tuple[Path, Path, RecordingFolder]) -> None:
    _, media, files = folders
    (media / "first.wav16").write_bytes(HEADER + bytes(64_000))
    assert await files.link("first.wav16", "box/second.wav16") == 2.0
    assert await files.link("first.wav16", "box/second.wav16") == 2.0
    await files.drop("first.wav16")
    assert (media / "box/second.wav16").read_bytes() == HEADER + bytes(64_000)
