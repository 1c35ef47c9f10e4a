"""The folder of journals on its bad days (docs/security.md): whatever one file is, the others are gone on with; what a
full disk refuses is written when there is room."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcontrol.facts import Caller, Presentation
from callcontrol.journal import entries, files
from callcontrol.journal.files import CallJournal, Journal
from callcontrol.routes import FromTrunk
from tests.unit.calls.story_entries import MORNING
from tests.unit.calls.test_story import whole_call, written

pytestmark = pytest.mark.hostile

BAD: dict[str, bytes] = {
    "nested lists": b"[" * 200_000,
    "nested objects": b'{"a":' * 100_000,
    "a line of nested lists among others": b'{"type":"x"}\n' + b"[" * 200_000 + b"\n",
    "no UTF-8": b"\xff\xfe\x00" * 1000,
    "nothing but NUL": b"\0" * 100_000,
    "an endless number": b"9" * 100_000,
    "empty": b"",
    "of another type": b'"text"\n12\nnull\n[]\n',
    "half of something": b'{"type": "Entered", "at": "2026',
}


@pytest.mark.parametrize("what", BAD)
def test_whatever_one_file_holds_the_others_are_read(tmp_path: Path, what: str) -> None:
    written(tmp_path, whole_call())
    (tmp_path / "0bad.jsonl").write_bytes(BAD[what])
    with capture_logs() as log:
        found = {journal.call: journal.story.started_at is not None for journal in Journal(tmp_path).left()}
    assert found.pop("call") is True
    assert found in ({}, {"0bad": False}), "put aside, or one that LiveCalls puts aside"
    if not found:
        assert (tmp_path / "0bad.rejected").exists()
        assert [line["file"] for line in log if line["event"] == "journal.unreadable"] == ["0bad.jsonl"]


def test_what_is_no_file_or_too_long_is_put_aside(tmp_path: Path) -> None:
    written(tmp_path, whole_call())
    (tmp_path / "0folder.jsonl").mkdir()
    with (tmp_path / "0long.jsonl").open("wb") as file:
        file.truncate(1_000_000_000)  # a gigabyte, of holes
    (tmp_path / "0gone.jsonl").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "0pipe.jsonl")
    begun = time.monotonic()
    with capture_logs() as log:
        assert [journal.call for journal in Journal(tmp_path).left()] == ["call"]
    assert time.monotonic() - begun < 2
    assert {line["file"] for line in log} == {"0folder.jsonl", "0long.jsonl", "0pipe.jsonl"}
    with capture_logs() as log:
        assert [journal.call for journal in Journal(tmp_path).left()] == ["call"]
    assert log == [], "once"


@pytest.mark.parametrize(
    "error", [MemoryError, PermissionError, RecursionError, UnicodeError, AttributeError]
)
def test_whatever_reading_one_file_raises_the_others_are_read(
    tmp_path: Path, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, whole_call())
    (tmp_path / "0bad.jsonl").write_bytes(b"{}\n")
    read = files._read

    def fails(path: Path) -> CallJournal:
        if path.name == "0bad.jsonl":
            raise error("no")
        return read(path)

    monkeypatch.setattr(files, "_read", fails)
    with capture_logs():
        assert [journal.call for journal in Journal(tmp_path).left()] == ["call"]


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, room: int = 0) -> Iterator[None]:
    """The kernel takes ``room`` bytes more. (A disk that is really full: tests/e2e/test_full_disk.py.)"""
    write, left = os.write, room

    def refuses(descriptor: int, data: bytes) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = write(descriptor, data[:left])
        left -= taken
        return taken

    with monkeypatch.context() as patched:
        patched.setattr("callcontrol.journal.files.os.write", refuses)
        yield


@pytest.mark.parametrize("room", [0, 1, 50, 300])
def test_what_a_full_disk_refused_is_written_when_there_is_room(
    tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    journals, whole = Journal(tmp_path), whole_call()
    call = journals.begin("call")
    with capture_logs() as log, full_disk(monkeypatch, room):
        for entry in whole:
            call.write(entry)
        assert journals.behind == 1
    assert [line["event"] for line in log] == ["journal.not_written"], "once"
    journals.catch_up()
    assert journals.behind == 0
    with capture_logs() as log:
        (left,) = Journal(tmp_path).left()
    assert log == []
    assert left.story == call.story


def test_a_journal_that_is_over_lets_go_of_its_file_when_it_has_caught_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journals = Journal(tmp_path)
    with capture_logs(), full_disk(monkeypatch):
        kept = [journals.begin(f"call{n}") for n in range(20)]
        for call in kept:
            call.write(
                entries.Entered(
                    MORNING, call.call, "c", Caller(Presentation.ANONYMOUS), "1", (), FromTrunk("t")
                )
            )
            call.close()
    before = len(os.listdir("/proc/self/fd"))
    journals.catch_up()
    assert (journals.behind, len(os.listdir("/proc/self/fd"))) == (0, before)
