"""The logs that are kept hold no number, whoever wrote the line, and stay small (spec §13)."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.logs import Unfailing
from callcontrol.redaction import LONGEST_LINE, redacted
from callcontrol.runtime.log_files import KEPT, KeptLog, older, shorten

HEAD = "[2026-11-27 20:56:27.814] WARNING[11347][C-00000002]: res_pjsip/pjsip_message.c:1050 print: "

LINES = [
    ("invalid UTF-8 in 'Ren\\xe9' <sip:0612345678@192.0.2.7:5060>", "0612345678", "192.0.2.7:5060"),
    ("Caller ID of +33612345678 too long", "33612345678", "Caller ID"),
    ("'06 12 34 56 78' is no number", "06 12 34 56 78", "is no number"),
    ("06.12.34.56.78", "06.12.34.56.78", ""),
    ("+33 (0)6 12 34 56 78", "12 34 56 78", "+33"),
    ("06-12-34-56-78", "34-56-78", ""),
    ("06_12_34_56_78", "34_56_78", ""),
    ("06\t12\u200912\u201134 56", "34 56", ""),
    ("sip:06%2012%2034%2056%2078@h", "34%2056%2078", "sip:06"),
    ("Channel PJSIP/0222969569-00000012", "0222969569", "PJSIP/0222"),
    ("digits '739154#' from a phone", "739154", "from a phone"),
    ("Extension 4003 is known on 127.0.0.1:45061", "", "4003 is known on 127.0.0.1:45061"),
    ("10.20.30.40 and 0612345678 and 10.0.0.1", "0612345678", "10.20.30.40"),
]


@pytest.mark.parametrize(("line", "hidden", "kept"), LINES, ids=[line for line, _, _ in LINES])
def test_a_line_without_its_numbers(line: str, hidden: str, kept: str) -> None:
    for told in (line, HEAD + line):
        shown = redacted(told)
        assert kept in shown
        if hidden:
            assert hidden not in shown
            assert shown.count("•") >= 4
        if told.startswith(HEAD):
            assert shown.startswith(HEAD)


separators = st.sampled_from(["", "", " ", ".", "-", "\u00a0", "/", "_", "\u2009", "\u2013"])


@given(
    before=st.text(max_size=20).filter(lambda text: not any(map(str.isdigit, text))),
    pairs=st.lists(st.integers(0, 99), min_size=4, max_size=5),
    separator=separators,
    start=st.sampled_from(["0", "+33 ", "0033", "+33"]),
    digit=st.integers(1, 9),
)
def test_no_spelling_of_a_number_is_left(
    before: str, pairs: list[int], separator: str, start: str, digit: int
) -> None:
    spelled = separator.join([f"{start}{digit}", *(f"{pair:02}" for pair in pairs)])
    shown = redacted(f"{before} <{spelled}>")
    hidden = shown.count("•") - before.count("•")
    assert hidden >= 4
    assert sum(map(str.isdigit, shown)) == sum(map(str.isdigit, spelled)) - hidden


def kept(path: Path, largest: int = 10_000) -> KeptLog:
    return KeptLog(path, redacted, largest)


async def fed(log: KeptLog, *chunks: bytes) -> str:
    stream = asyncio.StreamReader()
    for chunk in chunks:
        stream.feed_data(chunk)
    stream.feed_eof()
    await log.read(stream)
    return log.path.read_text(encoding="utf-8")


async def test_a_name_in_latin_1_is_shown_and_a_number_in_two_pieces_is_masked(tmp_path: Path) -> None:
    text = await fed(kept(tmp_path / "a.log"), b"Ren\xe9 <06123", b"45678>\nnext\nlast")
    assert text == "Ren\\xe9 <061234••••>\nnext\nlast\n"


async def test_a_line_without_an_end_is_cut_and_its_rest_left_out(tmp_path: Path) -> None:
    text = await fed(kept(tmp_path / "a.log", 10**9), *[b"x0612345678" * 1000] * 40, b"\nnext\n")
    assert [len(line) for line in text.splitlines()] == [LONGEST_LINE + 1, 4]
    assert "5678" not in text


async def test_the_file_is_bounded(tmp_path: Path) -> None:
    log = kept(tmp_path / "a.log", 1000)
    for number in range(200):
        log.add([b"a line of some length that says little: %d" % number])
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["a.log", *(f"a.log.{n}" for n in range(1, KEPT + 1))]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    assert "little: 199" in log.path.read_text()
    assert "little: 0\n" not in "".join(path.read_text() for path in tmp_path.iterdir())


def test_a_file_that_a_process_holds_open_is_emptied_beside_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    with path.open("ab", buffering=0) as held:
        held.write(b"x" * 2000)
        shorten(path, 1000)
        held.write(b"y")
    assert path.read_bytes() == b"y"
    assert older(path, 1).read_bytes() == b"x" * 2000
    shorten(path, 1000)
    assert path.read_bytes() == b"y"


async def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    log = kept(tmp_path / "missing" / "a.log")
    stream = asyncio.StreamReader()
    stream.feed_data(b"a\nb\n")
    stream.feed_eof()
    await log.read(stream)


class Disk:
    """Takes so many bytes in all."""

    def __init__(self, room: int) -> None:
        self.room, self.written = room, b""

    def write(self, data: bytes, /) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = data[: self.room]
        self.room -= len(taken)
        self.written += taken
        return len(taken)


def test_a_full_disk_never_fails_the_one_who_logs_and_what_was_lost_is_counted() -> None:
    disk = Disk(7)
    stream = Unfailing(disk)
    for line in ("one\n", "two\n", "three\n", "four\n"):
        stream.write(line)
    stream.flush()
    disk.room = 1000
    stream.write("five\n")
    stream.write("six\n")
    lost = '{"event": "log.lines_lost", "level": "warning", "lines": 2}'
    assert disk.written.decode().splitlines() == ["one", "two", lost, "five", "six"]
