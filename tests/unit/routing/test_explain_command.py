"""``callcontrol explain``: who is meant, and the story as it is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcontrol.commands.explain import CannotExplain, described, find_line
from callcontrol.facts import Caller, Presentation
from callcontrol.routing.imagine import imagined_caller
from tests.unit.routing.world import COMPANY, DESK, LINES, A, B, directory

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
    texts = described(LINES[0], caller, where, {A: (DESK,)}, None, unasked)
    assert unasked == {B}
    assert texts == [
        "Un appelant anonyme appelle 02 22 96 95 69 (Camille Martin), maintenant :",
        "1. 02 22 96 95 69 · Les téléphones de la ligne sonnent pendant 20 s au plus. [ring.default]",
        "2. 02 22 96 95 69 · Personne n’a répondu : l’appel est renvoyé vers 02 22 96 95 70. [forward.no_answer]",
        "3. 02 22 96 95 70 · Aucun téléphone n’est connecté : l’appel va à la messagerie. [voicemail.unavailable]",
    ]


def test_without_asterisk_a_phone_is_assumed_and_it_is_said() -> None:
    where = directory()
    english = replace(LINES[0], language="en")
    where.put_line(english)
    caller = imagined_caller("0140000000", COMPANY, where)
    assert caller is not None
    assert described(english, caller, where, None, "2026-11-22 09:00", set()) == [
        "01 40 00 00 00 calls 02 22 96 95 69 (Camille Martin), at 2026-11-22 09:00:",
        "Asterisk does not answer: each line is assumed to have one phone connected.",
        "1. 02 22 96 95 69 · The line's phones ring for at most 60 s. [ring.default]",
        "2. 02 22 96 95 69 · Nobody answered: the call goes to voicemail. [voicemail.no_answer]",
    ]
