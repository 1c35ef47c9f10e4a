"""What Asterisk did alone comes into history and boxes once, wherever the import is cut short."""

from __future__ import annotations

import struct
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest

from callcontrol.asterisk_conf.accounts import TIMED, read_fallback_calls
from callcontrol.call.toll import OutsideCall
from callcontrol.directory.directory import Directory
from callcontrol.errors import StoreDown
from callcontrol.facts import Group, Presentation
from callcontrol.history import CallRecord, Direction
from callcontrol.lifecycle.fallback_import import FallbackImport
from callcontrol.message import Message
from callcontrol.ports.history import History
from callcontrol.ports.mailbox import Messages
from tests.fakes.stores import FakeDatabase, FakeHistory, FakeMessages
from tests.fakes.world import COMPANY, LINES

START = 1_795_000_000
A, B, GROUP = "0222969569", "0222969570", "0222969500"


class Cut(FakeDatabase):
    """Goes away after ``answers`` more answers; None: never."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: int | None = None

    async def answer(self) -> None:
        if self.answers is not None:
            if self.answers == 0:
                raise StoreDown("cut short")
            self.answers -= 1
        await super().answer()


class Place:
    """A fallback folder as Asterisk leaves it, and the import that reads it."""

    def __init__(self, root: Path) -> None:
        self.folder, self.media, self.rows = root / "fallback", root / "media", root / "fallback-calls.csv"
        self.folder.mkdir(parents=True)
        self.media.mkdir()
        self.database = Cut()
        self.history, self.messages = FakeHistory(self.database), FakeMessages(self.database)
        directory = Directory()
        directory.put_company(COMPANY)
        for line in LINES:
            directory.put_line(line)
        directory.put_group(Group(GROUP, COMPANY.id, "Accueil"))
        self.counted: list[OutsideCall] = []
        self.importer = FallbackImport(
            self.folder, self.rows, self.media, lambda: directory, self.counted.extend
        )

    async def run(self, *live: str, answers: int | None = None) -> None:
        """One import, cut short by the database after so many ``answers``."""
        self.database.answers = answers
        await self.importer.run(frozenset(live), self.history, self.messages)

    def row(self, unique: str, **fields: str) -> None:
        """Asterisk writes a row."""
        given = {
            "unique_id": unique, "linked_id": unique, "kind": "trunk", "line": "", "caller": "+33145678901",
            "dialled": B, "called": B, "outside": "", "start": f"{START}.5", "answer": f"{START + 4}.0",
            "end": f"{START + 30}.0", "disposition": "ANSWERED", "recording": "", "recorded": "", **fields,
        }  # fmt: skip
        with self.rows.open("a") as file:
            file.write(",".join(f'"{value}"' for value in given.values()) + "\n")

    def recording(
        self, unique: str, seconds: float = 5, caller: str = "+33145678901", called: str = B
    ) -> str:
        """Asterisk takes a message; the name of its file, whose header was never finished."""
        name = f"{called}_{caller}_{START}_{unique}.wav16"
        header = struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data", 0
        )
        (self.folder / name).write_bytes(header + bytes(int(seconds * 32000)))
        return name

    def left(self) -> list[str]:
        """Files that wait for another import."""
        return sorted(
            p.name for p in self.rows.parent.rglob("*") if p.is_file() and self.media not in p.parents
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_message_with_a_gap_is_as_long_as_the_clock_says(place: Place) -> None:
    """While nothing comes from the caller Asterisk writes nothing: 1.7 s of sound in 7 s."""
    gap = place.recording("1.1", seconds=1.7)
    place.row("1.1", recording=gap, recorded=str(START + 23))
    short = place.recording("1.2", seconds=1.7)
    place.row("1.2", recording=short, recorded=str(START + 28))
    await place.run()
    (message,) = place.messages.rows.values()
    assert message.duration == pytest.approx(1.7)
    assert place.left() == []


@pytest.mark.parametrize(
    ("came", "took", "lasts"),
    [
        pytest.param(3.0, 9.5, 9.5, id="a gap"),
        pytest.param(1.0, 4.0, 4.0, id="too short but for its gaps"),
        pytest.param(5.0, 4.75, 5.0, id="no gap: the one that is whole"),
        pytest.param(0.0, 8.0, None, id="nothing came: no message"),
    ],
)
async def test_the_gaps_of_a_message_are_silence_in_it(
    place: Place, came: float, took: float, lasts: float | None
) -> None:
    """Asterisk records beside what comes what time it is."""
    name = place.recording("1.1", seconds=came)
    place.recording(f"1.1{TIMED}", seconds=took)
    place.row("1.1", recording=name)
    place.recording(f"1.2{TIMED}", seconds=took)  # its recording was refused: a full disk
    await place.run()
    messages = list(place.messages.rows.values())
    assert [message.duration for message in messages] == ([] if lasts is None else [pytest.approx(lasts)])
    for message in messages:
        with wave.open(str(place.media / message.path)) as sound:
            assert sound.getnframes() / sound.getframerate() == pytest.approx(lasts)
    assert place.left() == []


async def test_a_message_for_a_group_is_in_its_box(place: Place) -> None:
    name = place.recording("1.1", called=GROUP)
    place.row("1.1", dialled=GROUP, called=GROUP, recording=name)
    await place.run()
    (message,) = place.messages.rows.values()
    (record,) = place.history.rows.values()
    assert (message.line, record.line, record.message) == (GROUP, GROUP, message.id)
    assert place.left() == []


async def test_a_call_outside_counts_against_its_lines_daily_limits_now_and_after_a_restart(
    place: Place,
) -> None:
    place.row("1.1", kind="line", line=A, caller=A, dialled="0899123456", called="", outside="0899123456")
    place.row("1.2", kind="line", line=A, caller=A, dialled="4003", called=B)
    await place.run()
    (counted,) = place.counted
    assert (counted.line, counted.number, counted.costly) == (A, "+33899123456", True)
    assert counted.ended_at is not None
    assert counted.answered_at is not None
    assert (counted.ended_at - counted.answered_at).total_seconds() == 26
    (leg,) = [
        leg for record in place.history.rows.values() for leg in record.legs
    ]  # what a new process counts
    assert (leg.target, leg.answered_at, leg.ended_at) == (
        counted.number,
        counted.answered_at,
        counted.ended_at,
    )


def test_a_row_of_before_the_beginning_of_recordings_was_told_is_read(place: Place) -> None:
    place.row("1.1")
    old = place.rows.read_text().rpartition(",")[0]
    assert read_fallback_calls(old + "\n") == read_fallback_calls(place.rows.read_text())


def busy_night(place: Place) -> None:
    """A talk, a missed call with a message, one hung up before a word, a call out, a colleague."""
    place.row("1.1")
    place.row("1.2", recording=place.recording("1.2"))
    place.row("1.3", recording=place.recording("1.3", seconds=0.5))
    place.row("1.4", kind="line", line=A, caller=A, dialled="0612345678", called="", outside="0612345678")
    place.row("1.5", kind="line", line=A, caller=A, dialled="4003", called=B, answer="0")
    place.row("1.6", caller="anonymous", answer="0", recording=place.recording("1.6", caller="anonymous"))


def all_is_right(place: Place) -> None:
    """Each call has its record for each of our lines, each message is there once, and nothing is left."""
    rows = place.history.rows.values()
    received = [(r.direction.value, r.peer.number, r.message is not None) for r in rows if r.line == B]
    assert sorted(received, key=str) == [
        ("missed", "+33145678901", False),
        ("missed", "+33145678901", True),
        ("missed", "+33222969569", False),
        ("missed", None, True),
        ("received", "+33145678901", False),
    ]
    made = {r.peer.number for r in rows if r.line == A and r.direction is Direction.OUTGOING}
    assert made == {"+33612345678", "+33222969570"}
    assert len(rows) == 7
    messages = list(place.messages.rows.values())
    assert [m.line for m in messages] == [B, B]
    assert {m.sender.presentation for m in messages} == {Presentation.SHOWN, Presentation.ANONYMOUS}
    assert {r.message for r in rows if r.message} == {m.id for m in messages}
    assert {m.call for m in messages} <= {r.call for r in rows}
    for message in messages:
        sound = (place.media / message.path).read_bytes()
        assert struct.unpack_from("<I", sound, 40)[0] == len(sound) - 44 == 5 * 32000
    assert len([p for p in place.media.rglob("*") if p.is_file()]) == 2
    assert place.left() == []


async def test_a_night_without_the_app_is_imported_whole(place: Place) -> None:
    busy_night(place)
    await place.run()
    all_is_right(place)


async def test_importing_again_changes_nothing(place: Place) -> None:
    busy_night(place)
    await place.run()
    await place.run()
    busy_night(place)  # Asterisk's files once more, as if they had never been taken away
    await place.run()
    all_is_right(place)


@pytest.mark.parametrize("answers", range(3))
async def test_an_import_that_the_database_cuts_short_is_simply_done_again(
    place: Place, answers: int
) -> None:
    busy_night(place)
    with pytest.raises(StoreDown):
        await place.run(answers=answers)
    assert place.left() != []
    with pytest.raises(StoreDown):
        await place.run(answers=0)
    await place.run()
    all_is_right(place)


@pytest.mark.parametrize("state", ["moved, not read", "read, not deleted"])
async def test_a_process_that_dies_while_it_takes_the_rows_loses_none(place: Place, state: str) -> None:
    busy_night(place)
    moved, taken = place.rows.with_suffix(".moved"), place.rows.with_suffix(".importing")
    place.rows.rename(moved)
    if state == "read, not deleted":
        taken.write_bytes(moved.read_bytes())
    place.row("1.1")  # Asterisk goes on writing
    await place.run()
    all_is_right(place)


async def test_a_call_that_still_goes_on_waits(place: Place) -> None:
    place.recording("2.1")
    await place.run("2.1")
    assert place.messages.rows == {}
    assert place.left() != []
    await place.run()
    assert len(place.messages.rows) == 1


async def test_calls_of_lines_that_are_gone_are_dropped_with_their_sound(place: Place) -> None:
    place.row("3.1", called="0299999999", recording=place.recording("3.1", called="0299999999"))
    await place.run()
    assert place.messages.rows == {}
    assert place.history.rows == {}
    assert place.left() == []


async def test_rubbish_among_the_rows_is_passed_over(place: Place) -> None:
    place.row("4.1", start="no time")
    place.rows.write_bytes(place.rows.read_bytes() + b'\xff\xfe,"half a row\n')
    (place.folder / "notes.wav16").write_bytes(b"x")
    await place.run()
    assert place.history.rows == {}
    assert [name for name in place.left() if name != "notes.wav16"] == []


class Order(History, Messages):
    """Notes in which order things are written."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def write(self, records: Sequence[CallRecord]) -> None:
        self.seen.append(f"{len(records)} records")

    async def deliver(self, message: Message) -> None:
        self.seen.append("message")

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self.deliver(message)

    async def deliver_left(self, messages: Sequence[Message]) -> None:
        await self.deliver_all(messages)

    async def held(self, line: str) -> int:
        return 0


async def test_messages_come_before_the_records_that_name_them(place: Place) -> None:
    busy_night(place)
    order = Order()
    await place.importer.run(frozenset(), order, order)
    assert order.seen == ["message", "message", "7 records"]
