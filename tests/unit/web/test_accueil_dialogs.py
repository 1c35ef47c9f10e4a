"""The two dialogs of *Accueil*: who is on a list of callers, and which number a forward goes to."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.changes.ports import ForwardNumber
from callcontrol.directory.contacts import Contact, ContactBook, ContactGroup
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Line
from callcontrol.portal_bridge.call_manager import chooser, form, picker
from callcontrol.portal_bridge.call_manager.chooser import Chooser
from callcontrol.portal_bridge.call_manager.form import BadForm
from callcontrol.portal_bridge.call_manager.picker import Picker
from callcontrol.sentences.table import sentence
from tests.unit.web.accueil import LISTS

LINE = Line("0222969569", "c", "Camille Martin", "4002")
PATH = "selective_reject.callers"
EMPTY: dict[str, list[str]] = {kind: [] for kind in form.KINDS}


def directory(contacts: int = 3) -> Directory:
    known = Directory()
    known.put_company(Company("c", "Démo"))
    known.put_line(LINE)
    known.put_line(Line("0222969570", "c", "Élodie Le Goff", "4003"))
    known.put_line(Line("0222969571", "c", "Sans poste"))
    people = [
        Contact(f"c{n}", last_name=f"Été {n:03}", numbers=(f"+3361234{n:04}",)) for n in range(contacts)
    ]
    known.put_contacts(LINE.number, ContactBook(people, [ContactGroup("g", "Famille", frozenset({"c1"}))]))
    return known


def fields(at: Picker, shown: Sequence[str] = (), ticked: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    return {
        "picker.picked": (json.dumps(at.picked),),
        "picker.tab": (at.tab,),
        "picker.typed": (at.typed,),
        "picker.search": (at.search,),
        "picker.shown": tuple(shown),
        "picker.tick": tuple(ticked),
    }


ENTRIES = st.builds("{}:{}".format, st.sampled_from(form.KINDS), st.sampled_from(["a", "b", "c", "4002"]))


@given(LISTS, st.lists(ENTRIES, unique=True), st.data())
def test_rows_that_are_shown_are_as_they_are_ticked_and_all_others_as_they_were(
    picked: dict[str, list[str]], shown: list[str], data: st.DataObject
) -> None:
    ticked = data.draw(st.lists(st.sampled_from(shown), unique=True)) if shown else []
    found = picker.of_form(PATH, fields(Picker(PATH, picked), shown, ticked)).picked
    before = {f"{kind}:{entry}" for kind, entries in picked.items() for entry in entries}
    after = {f"{kind}:{entry}" for kind, entries in found.items() for entry in entries}
    assert after == (before - set(shown)) | set(ticked)
    assert sum(map(len, found.values())) == len(after), "nobody stands there twice"


def test_who_stood_there_twice_goes_with_one_untick() -> None:
    twice = Picker(PATH, {**EMPTY, "contacts": ["a", "a"]})
    assert picker.of_form(PATH, fields(twice, ["contacts:a"])).picked["contacts"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"picker.tab": ("nowhere",)},
        {"picker.tab": ()},
        {"picker.typed": ("x" * 201,)},
        {"picker.search": ("x" * 201,)},
        {"picker.shown": ("nobody:a",)},
        {"picker.shown": ("contacts:" + "x" * 201,)},
        {"picker.picked": ("[]",)},
        {"picker.picked": ("{}", "{}")},
    ],
)
def test_what_no_dialog_sends_is_refused(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(BadForm):
        picker.of_form(PATH, {**fields(Picker(PATH, EMPTY)), **wrong})


def test_a_number_is_added_once_and_what_is_none_stays_typed_with_its_reason() -> None:
    at = picker.with_typed(Picker(PATH, EMPTY, typed=" 06 12 34 56 78 "), "fr")
    assert (at.picked["numbers"], at.typed, at.mistake) == (["06 12 34 56 78"], "", None)
    again = picker.with_typed(Picker(PATH, at.picked, typed="06 12 34 56 78"), "fr")
    assert again.picked["numbers"] == ["06 12 34 56 78"]
    wrong = picker.with_typed(Picker(PATH, at.picked, typed="bonjour"), "fr")
    assert (wrong.picked, wrong.typed) == (at.picked, "bonjour")
    assert wrong.mistake
    assert picker.without(at, "06 12 34 56 78").picked["numbers"] == []
    assert picker.with_typed(Picker(PATH, EMPTY, typed="  ", mistake="x"), "fr") == Picker(PATH, EMPTY)


def test_those_who_are_ticked_come_first_then_groups_then_contacts_by_name() -> None:
    at = Picker(PATH, {**EMPTY, "contacts": ["c2", "vanished"]}, tab="contacts")
    rows = picker.rows(at, LINE, directory(), "(supprimé)").shown
    assert [(row.value, row.ticked) for row in rows] == [
        ("contacts:vanished", True),
        ("contacts:c2", True),
        ("contact_groups:g", False),
        ("contacts:c0", False),
        ("contacts:c1", False),
    ]
    assert rows[0].name == "(supprimé)"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ete 001", ["contacts:c1"]),
        ("ÉTÉ 002", ["contacts:c2"]),
        ("0612340001", ["contacts:c1"]),
        ("fam", ["contact_groups:g"]),
        ("zzz", []),
    ],
)
def test_a_search_knows_no_accents_no_case_and_no_spaces_in_numbers(search: str, found: list[str]) -> None:
    rows = picker.rows(Picker(PATH, EMPTY, tab="contacts", search=search), LINE, directory(), "").shown
    assert [row.value for row in rows] == found


def test_of_thousands_a_hundred_are_shown_and_the_rest_is_counted() -> None:
    rows = picker.rows(Picker(PATH, EMPTY, tab="contacts"), LINE, directory(5000), "")
    assert (len(rows.shown), rows.more) == (picker.MOST_SHOWN, 5001 - picker.MOST_SHOWN)


def test_extensions_are_those_of_others_who_have_one() -> None:
    rows = picker.rows(Picker(PATH, EMPTY, tab="extensions"), LINE, directory(), "").shown
    assert [(row.value, row.detail) for row in rows] == [("extensions:4003", "4003")]


# --- a number to forward to ----------------------------------------------------------------------------------

SAVED = [
    ForwardNumber("mobile", "06 12 34 56 78", "Mobile"),
    ForwardNumber("home", "02 98 00 00 01", "Maison"),
]
BUSY = "busy.number"


def test_the_present_number_is_chosen_in_whatever_spelling_it_was_saved() -> None:
    assert chooser.opened(BUSY, "+33612345678", SAVED, "FR") == Chooser(BUSY, SAVED, chosen="mobile")
    other = chooser.opened(BUSY, "0299000000", SAVED, "FR")
    assert (other.chosen, other.temporary, other.was) == ("", "0299000000", "0299000000")
    assert chooser.opened(BUSY, None, SAVED, "FR") == Chooser(BUSY, SAVED)


@pytest.mark.parametrize(
    ("chosen", "typed", "was", "number"),
    [
        ("mobile", "", "", "06 12 34 56 78"),
        ("", " 02 99 00 00 00 ", "", "02 99 00 00 00"),
        ("home", "0299000000", "0299000000", "02 98 00 00 01"),  # a field that nobody touched
        ("home", "0299000001", "0299000000", "0299000001"),  # one that was
        ("home", "", "0299000000", "02 98 00 00 01"),  # one that was emptied
        ("gone", "0299000000", "0299000000", "0299000000"),
    ],
)
def test_what_was_done_last_is_what_is_meant(chosen: str, typed: str, was: str, number: str) -> None:
    at = Chooser(BUSY, SAVED, chosen=chosen, temporary=typed, was=was)
    assert chooser.answer(at, LINE, directory(), "fr") == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "number_missing"),
        ("15", "target_emergency"),
        ("0222969569", "target_self"),
        ("*72", "number_impossible"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_the_words_of_the_api(typed: str, code: str) -> None:
    found = chooser.answer(Chooser(BUSY, SAVED, temporary=typed), LINE, directory(), "fr")
    assert isinstance(found, Chooser)
    assert found.mistakes["temporary"] == sentence(code, "fr", {"number": typed})
    assert found.temporary == typed, "it stays typed"


def test_what_no_dialog_of_numbers_sends_is_refused() -> None:
    for wrong in ({"chooser.temporary": ("x" * 201,)}, {"chooser.chosen": ("a", "b")}):
        with pytest.raises(BadForm):
            chooser.of_form(BUSY, wrong, SAVED)
    assert chooser.of_form(BUSY, {}, SAVED) == Chooser(BUSY, SAVED)
