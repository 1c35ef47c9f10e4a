"""``callcontrol explain``: who is meant, and the story as it is printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callcontrol.commands.explain_asked import CannotExplain, When, find_line
from callcontrol.commands.explain_told import described
from callcontrol.facts import Caller, Presentation
from callcontrol.routing.imagine import imagined_caller
from tests.unit.routing.world import COMPANY, DESK, LINES, NOW, A, B, directory

CALLERS = [
    ("a number in any spelling", "01 40 00 00 00", Caller(Presentation.SHOWN, "+33140000000")),
    ("anonymous", "anonymous", Caller(Presentation.ANONYMOUS)),
    ("anonyme", " Anonyme ", Caller(Presentation.ANONYMOUS)),
    ("unavailable", "unavailable", Caller(Presentation.UNAVAILABLE)),
    ("an extension is a colleague", "4003",
     Caller(Presentation.SHOWN, "+33222969570", "Dominique Petit", B, "demo", "4003")),
    ("a hunt group never calls", "4900", None),
    ("nonsense", "xyz", None),
    ("a star code", "*72", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "caller"), [row[1:] for row in CALLERS], ids=[row[0] for row in CALLERS])
def test_a_caller_as_written(written: str, caller: Caller | None) -> None:
    assert imagined_caller(written, COMPANY, directory()) == caller


def test_a_line_is_found_by_number_and_by_an_extension_of_one_company() -> None:
    where = directory()
    assert find_line("02 22 96 95 69", where).number == A
    assert find_line("4003", where).number == B
    with pytest.raises(CannotExplain, match="several"):
        find_line("4002", where)
    with pytest.raises(CannotExplain, match="no line"):
        find_line("0660606060", where)


def test_the_story_is_printed_in_the_lines_language() -> None:
    where = directory(A={"no_answer": {"forward_enabled": True, "number": "4003", "forward_after": 20}})
    caller = imagined_caller("anonymous", COMPANY, where)
    assert caller is not None
    unasked: set[str] = set()
    texts = described(LINES[0], caller, where, {A: (DESK,)}, When.of(None, COMPANY, NOW), unasked)
    assert unasked == {B}
    assert texts == [
        "Un appelant anonyme appelle 02 22 96 95 69 (Camille Martin), maintenant :",
        "1. 10:30:00 · 02 22 96 95 69 · Les téléphones de la ligne sonnent pendant 20 s au plus. [ring.default]",
        "2. 10:30:20 · 02 22 96 95 69 · Personne n’a répondu : l’appel est renvoyé vers 02 22 96 95 70. "
        "[forward.no_answer]",
        "3. 10:30:20 · 02 22 96 95 70 · Aucun téléphone n’est connecté : l’appel va à la messagerie. "
        "[voicemail.unavailable]",
    ]


def test_without_asterisk_a_phone_is_assumed_and_it_is_said() -> None:
    where = directory()
    english = replace(LINES[0], language="en")
    where.put_line(english)
    caller = imagined_caller("0140000000", COMPANY, where)
    assert caller is not None
    assert described(english, caller, where, None, When.of("2026-11-22T09:00", COMPANY, NOW), set()) == [
        "01 40 00 00 00 calls 02 22 96 95 69 (Camille Martin), at 2026-11-22 09:00:",
        "Asterisk does not answer: each line is assumed to have one phone connected.",
        "1. 09:00:00 · 02 22 96 95 69 · The line's phones ring for at most 60 s. [ring.default]",
        "2. 09:01:00 · 02 22 96 95 69 · Nobody answered: the call goes to voicemail. [voicemail.no_answer]",
    ]


WRITTEN = [
    ("in the company's winter time", "2026-11-22T09:00", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
    ("in its summer time", "2026-07-01T09:00", datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
    ("with a zone of its own", "2026-07-01T09:00-04:00", datetime(2026, 7, 1, 13, 0, tzinfo=UTC)),
    ("a day alone is its first moment", "2026-07-01", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
    ("a time that summer time leaves out", "2026-03-29T02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ("a time that comes twice is the first", "2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ("none is now", None, NOW),
]


@pytest.mark.parametrize(("at", "instant"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_an_instant_as_written(at: str | None, instant: datetime) -> None:
    assert When.of(at, COMPANY, NOW).instant == instant


@pytest.mark.parametrize(
    "at", ["yesterday", "", "09:00", "2026-02-30T09:00", "0001-01-01T00:00+14:00", "9999-12-31"]
)
def test_what_is_no_instant_is_refused(at: str) -> None:
    with pytest.raises(CannotExplain, match=r"no time|too far"):
        When.of(at, COMPANY, NOW)


def test_a_time_that_clocks_leave_out_is_told_as_they_show_it() -> None:
    when = When.of("2026-03-29T02:30", COMPANY, NOW)
    assert when.told(when.instant, "%H:%M") == "03:30"
