"""The directory: every spelling finds its line, names go with what they name, bad documents kill no call."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound, SettingsInvalid
from callcontrol.facts import Company, Group, Line
from tests.unit.routing.world import COMPANY, GROUP, LINES, A, B, directory

SPELLINGS = [A, "+33222969569", "0033222969569", "02 22 96 95 69"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_line_in_any_spelling(spelling: str) -> None:
    assert directory().line(spelling) == LINES[0]
    assert directory().owner(spelling) == (A, "demo")


def test_a_stranger_is_no_line() -> None:
    where = directory()
    assert where.line("0660606060") is None
    assert where.line("") is None
    assert where.line(GROUP) is None
    with pytest.raises(NotFound):
        where.company("nobody")


def test_extensions_belong_to_a_company() -> None:
    where = directory()
    assert where.extension("demo", "4002") == A
    assert where.extension("other", "4002") == "0345000000"
    assert where.extension("demo", "4900") == GROUP
    assert where.extension("nobody", "4002") is None
    assert where.short_code("demo", "550") == "0970711058"
    assert where.short_code("other", "550") is None


def test_a_changed_extension_leaves_no_trace() -> None:
    where = directory()
    where.put_line(replace(LINES[0], extension="4100"))
    assert where.extension("demo", "4002") is None
    assert where.extension("demo", "4100") == A
    assert [line.number for line in where.lines("demo")].count(A) == 1


def test_a_removed_line_takes_everything_with_it() -> None:
    where = directory(A={"incoming": "voicemail"})
    where.put_line(replace(LINES[0], fax_number="0970717800"))
    assert where.line_of_fax("+33970717800") is not None
    where.remove_line(A)
    where.remove_line(A)
    assert where.line(A) is None
    assert where.extension("demo", "4002") is None
    assert where.line_of_fax("0970717800") is None
    assert where.settings(A).call_manager.incoming == "ring"


def test_an_extension_that_went_to_another_line_survives_the_removal_of_the_first() -> None:
    where = directory()
    where.put_line(replace(LINES[1], extension="4002"))
    where.remove_line(A)
    assert where.extension("demo", "4002") == B


def test_a_group_comes_and_goes() -> None:
    where = directory()
    where.put_group(Group(GROUP, "demo", "Accueil", extension="4901"))
    assert where.extension("demo", "4900") is None
    assert where.owner("02 22 96 95 00") == (GROUP, "demo")
    where.remove_group(GROUP)
    assert where.owner(GROUP) is None
    assert where.extension("demo", "4901") is None


def test_a_stored_document_counts_at_once_and_an_older_one_never() -> None:
    where = directory()
    assert where.put_document(A, "call-manager", '{"incoming": "voicemail"}', 2)
    assert where.settings(A).call_manager.incoming == "voicemail"
    assert not where.put_document(A, "call-manager", {}, 1)
    assert where.settings(A).call_manager.incoming == "voicemail"
    assert where.version(A, "call-manager") == 2
    where.remove_document(A, "call-manager")
    assert where.settings(A).call_manager.incoming == "ring"


@pytest.mark.parametrize("raw", [{"incoming": "away"}, "{", "[]", None, {"from": "a later version"}], ids=str)
def test_a_bad_stored_document_is_reported_and_replaced_by_its_default(raw: object) -> None:
    told: list[tuple[str, str]] = []

    def report(line: str, document: str, error: SettingsInvalid) -> None:
        assert error.mistakes
        told.append((line, document))

    where = Directory(report)
    where.put_company(COMPANY)
    where.put_line(LINES[0])
    where.put_document(A, "call-manager", raw)
    where.put_document(A, "notifications", {"mwi_fax": True})
    settings = where.settings(A)
    assert settings.call_manager.incoming == "ring"
    assert settings.notifications.mwi_fax is True
    assert where.settings(A) is settings, "parsed once"
    assert told == [(A, "call-manager")]


def test_lines_without_documents_share_their_defaults() -> None:
    where = directory()
    assert where.settings(A) is where.settings(B)


def test_a_hundred_thousand_lines_load_in_seconds_and_answer_at_once() -> None:
    where = Directory()
    where.put_company(Company("big", "Grande"))
    begin = time.process_time()
    for index in range(100_000):
        number = f"01{index:08d}"
        where.put_line(Line(number, "big", "Ligne", extension=f"{index:06d}"))
        where.put_document(number, "call-manager", '{"incoming": "voicemail"}')
    assert time.process_time() - begin < 5
    begin = time.process_time()
    for index in range(0, 100_000, 100):
        assert where.owner(f"+331{index:08d}") is not None
    assert time.process_time() - begin < 1
