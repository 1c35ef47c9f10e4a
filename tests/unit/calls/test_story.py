"""The story of a call: its entries survive the file, and give one record for each line that took part."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from structlog.testing import capture_logs

from callcontrol.because import Because
from callcontrol.facts import Caller, Device, Presentation
from callcontrol.history import Direction
from callcontrol.journal import entries, records, story
from callcontrol.journal.codec import encode
from callcontrol.journal.files import Journal
from callcontrol.journal.fold import fold
from callcontrol.routing import steps
from callcontrol.routing.steps import DiversionReason
from tests.unit.calls.story_entries import ENTRIES, MORNING


@given(ENTRIES)
@settings(max_examples=300, deadline=None)
def test_every_entry_survives_its_line_of_json(entry: entries.Entry) -> None:
    assert entries.CODEC.decode(json.loads(json.dumps(encode(entry)))) == entry


def _classes(hint: Any, found: set[type]) -> None:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint not in found:
        found.add(hint)
        for inner in typing.get_type_hints(hint).values():
            _classes(inner, found)
    for argument in typing.get_args(hint):
        _classes(argument, found)


def test_the_codec_knows_every_class_that_an_entry_may_hold() -> None:
    found: set[type] = set()
    assert isinstance(entries.Entry, types.UnionType)
    _classes(entries.Entry, found)
    made = {entries.CODEC.decode({"$": cls.__name__}) for cls in found if not dataclasses.fields(cls)}
    assert {type(value) for value in made} == {cls for cls in found if not dataclasses.fields(cls)}
    for cls in found:
        try:
            entries.CODEC.decode({"$": cls.__name__})
        except TypeError:
            continue  # known; its fields are missing


def whole_call() -> list[entries.Entry]:
    """A call that was forwarded, rang, was answered and ended; with a name that looks for trouble in the file."""
    at = (MORNING + timedelta(seconds=n) for n in range(99)).__next__
    caller = Caller(Presentation.SHOWN, "+33145678901", "Ligne\u2028une\x85deux\x1c é\ud800")
    forward = steps.ForwardInside(
        "0222969571", DiversionReason.UNCONDITIONAL, Because("forward.unconditional")
    )
    ring = steps.Ring((Device("sip:a"), Device("sip:b")), 60, Because("ring.default"))
    return [
        entries.Entered(at(), "call", "channel", caller, "0222969570"),
        entries.Reached(at(), "0222969570"),
        entries.Decided(at(), forward),
        entries.Reached(at(), "0222969571"),
        entries.Decided(at(), ring),
        entries.LegStarted(at(), "leg1", "sip:a", "0222969571"),
        entries.LegStarted(at(), "leg2", "sip:b", "0222969571"),
        entries.LegDialled(at(), "leg1"),
        entries.LegDialled(at(), "leg2"),
        entries.LegAnswered(at(), "leg2"),
        entries.CallerAnswered(at()),
        entries.LegEnded(at(), "leg1", "elsewhere"),
        entries.LegEnded(at(), "leg2", "cancelled"),
        entries.CameOf(at(), steps.Answered("0222969571")),
        entries.Ended(at()),
    ]


def written(folder: Path, told: list[entries.Entry]) -> Path:
    """The journal file of a call."""
    call = Journal(folder).begin("call")
    for entry in told:
        call.write(entry)
    call.close()
    return call.path


def test_a_name_that_holds_line_separators_does_not_break_the_file(tmp_path: Path) -> None:
    written(tmp_path, whole_call())
    with capture_logs() as log:
        (left,) = Journal(tmp_path).left()
    assert log == []
    assert left.story.caller.name == "Ligne\u2028une\x85deux\x1c é\ud800"
    assert left.story.ended_at is not None


def test_a_journal_cut_at_any_byte_still_loads_and_can_be_gone_on_with(tmp_path: Path) -> None:
    path = written(tmp_path, whole_call())
    whole = path.read_bytes()
    first_line = whole.index(b"\n")
    end = MORNING + timedelta(hours=1)
    for cut in range(first_line, len(whole), 7):
        path.write_bytes(whole[:cut])
        with capture_logs():
            (journal,) = Journal(tmp_path).left()
            journal.write(entries.Ended(end))
            journal.close()
            (again,) = Journal(tmp_path).left()
        assert (again.story.call, again.story.ended_at) == ("call", end), f"cut at {cut}"
        assert len({record.line for record in records.records(again.story)}) <= 2


def test_a_journal_without_its_first_line_tells_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, whole_call())
    whole = path.read_bytes()
    for cut in range(0, whole.index(b"\n"), 7):
        path.write_bytes(whole[:cut])
        with capture_logs():
            (journal,) = Journal(tmp_path).left()
            assert journal.story.started_at is None


def test_one_record_for_each_line_that_took_part() -> None:
    told = story.Story()
    for entry in whole_call():
        fold(told, entry)
    first, second = records.records(told)
    assert (first.line, first.direction, first.rule.rule) == (
        "0222969570",
        Direction.MISSED,
        "forward.unconditional",
    )
    assert (second.line, second.direction) == ("0222969571", Direction.RECEIVED)
    assert [leg.result for leg in second.legs] == ["elsewhere", "answered"]
    assert second.duration == 5


@pytest.mark.parametrize("hops", [["0222969570"], ["0222969569"], ["0222969570", "0222969569"]])
def test_a_line_that_is_caller_and_called_has_one_record(hops: list[str]) -> None:
    told = story.Story()
    caller = Caller(Presentation.SHOWN, "+33222969569", line="0222969569", company="demo")
    fold(told, entries.Entered(MORNING, "call", "channel", caller, "4003"))
    fold(told, entries.OutgoingDecided(MORNING, steps.CallLine(hops[0], Because("outgoing.inside"))))
    for hop in hops:
        fold(told, entries.Reached(MORNING, hop))
    fold(told, entries.Ended(MORNING))
    found = records.records(told)
    assert sorted(record.line for record in found) == sorted({*hops, "0222969569"})
    assert next(r for r in found if r.line == "0222969569").direction is Direction.OUTGOING


def test_a_leg_taken_back_before_it_was_dialled_is_no_attempt() -> None:
    told = story.Story()
    for entry in whole_call():
        if not isinstance(entry, entries.LegDialled):
            fold(told, entry)
    assert [leg.result for leg in records.records(told)[1].legs] == ["answered"]
