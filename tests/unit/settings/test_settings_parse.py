"""Settings documents: what is accepted, what is refused and with which sentence, in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.changes.check import warnings
from callcontrol.errors import SettingsInvalid
from callcontrol.sentences.table import SENTENCES
from callcontrol.settings.model import DOCUMENTS, CallManager, LineSettings
from callcontrol.settings.parse import merge, parse, to_raw

CALLERS: dict[str, list[str]] = {"numbers": [], "contacts": [], "contact_groups": [], "extensions": []}
CONTRACT: dict[str, Any] = {
    "incoming": "ring",
    "unconditional": {"number": None},
    "dnd": {"enabled": False, "priority_enabled": False, "priority": CALLERS},
    "no_answer": {
        "forward_enabled": False,
        "number": None,
        "forward_after": 36,
        "voicemail_enabled": True,
        "voicemail_after": 60,
    },
    "busy": {"forward_enabled": False, "number": None, "voicemail_enabled": True},
    "unavailable": {"forward_enabled": False, "number": None},
    "selective_forward": {"enabled": False, "number": None, "callers": CALLERS},
    "selective_reject": {"enabled": False, "callers": CALLERS},
    "distinctive_ring": {"enabled": False, "callers": CALLERS},
    "reject_anonymous": False,
}


def mistakes(document: str, raw: object, language: str = "en") -> dict[str, str]:
    try:
        parse(document, raw, language)
    except SettingsInvalid as error:
        return {mistake.where: mistake.text for mistake in error.mistakes}
    return {}


def test_the_call_manager_is_the_contracts_field_by_field() -> None:
    assert json.loads(CallManager().model_dump_json()) == CONTRACT


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_an_empty_document_is_its_defaults_and_comes_back_the_same(document: str) -> None:
    model = parse(document, {})
    assert model == DOCUMENTS[document]()
    assert parse(document, to_raw(model)) == model
    assert parse(document, json.loads(model.model_dump_json())) == model


def test_all_documents_together() -> None:
    together = LineSettings()
    for document in DOCUMENTS:
        assert getattr(together, document.replace("-", "_")) == parse(document, {})


BAD: list[tuple[str, str, object, str, str]] = [
    ("no object", "call-manager", [], "", "Give an object with its fields."),
    ("null", "call-manager", None, "", "Give an object with its fields."),
    ("an unknown field", "call-manager", {"incomming": "ring"}, "incomming",
     "There is no field “incomming”."),
    ("an unknown field below", "call-manager", {"busy": {"to": 1}}, "busy.to", "There is no field “to”."),
    ("an unknown value", "call-manager", {"incoming": "away"}, "incoming",
     "Choose one of these values: ring, forward or voicemail."),
    ("a text for a switch", "call-manager", {"reject_anonymous": "yes"}, "reject_anonymous",
     "Choose yes (true) or no (false)."),
    ("a number for a switch", "call-manager", {"reject_anonymous": 1}, "reject_anonymous",
     "Choose yes (true) or no (false)."),
    ("null for a switch", "call-manager", {"reject_anonymous": None}, "reject_anonymous",
     "Choose yes (true) or no (false)."),
    ("a text for a delay", "call-manager", {"no_answer": {"forward_after": "36"}}, "no_answer.forward_after",
     "Give a whole number."),
    ("half a second", "call-manager", {"no_answer": {"forward_after": 6.5}}, "no_answer.forward_after",
     "Give a whole number."),
    ("a forward after 5 s", "call-manager", {"no_answer": {"forward_after": 5}}, "no_answer.forward_after",
     "Give a number of at least 6."),
    ("a forward after 3601 s", "call-manager", {"no_answer": {"forward_after": 3601}},
     "no_answer.forward_after",
     "Give a number of at most 3600."),
    ("voicemail after 61 s", "call-manager", {"no_answer": {"voicemail_after": 61}},
     "no_answer.voicemail_after",
     "Give a number of at most 60."),
    ("voicemail after -1 s", "call-manager", {"no_answer": {"voicemail_after": -1}},
     "no_answer.voicemail_after",
     "Give a number of at least 0."),
    ("a delay beyond all machines", "call-manager", {"no_answer": {"voicemail_after": 10**40}},
     "no_answer.voicemail_after",
     "Give a number of at most 60."),
    ("a forward without its number", "call-manager", {"incoming": "forward"}, "unconditional.number",
     "Give the number to forward to."),
    ("a busy forward without its number", "call-manager", {"busy": {"forward_enabled": True}}, "busy.number",
     "Give the number to forward to."),
    ("a selective forward without its number", "call-manager", {"selective_forward": {"enabled": True}},
     "selective_forward.number", "Give the number to forward to."),
    ("a number of letters", "call-manager", {"unconditional": {"number": "anna"}}, "unconditional.number",
     "This is not a valid number."),
    ("a star code as a number", "call-manager", {"unconditional": {"number": "*72"}}, "unconditional.number",
     "This is not a valid number."),
    ("a number of one digit", "call-manager", {"unconditional": {"number": "1"}}, "unconditional.number",
     "This is not a valid number."),
    ("an empty number", "call-manager", {"unconditional": {"number": " "}}, "unconditional.number",
     "This is not a valid number."),
    ("a SIP address as a number", "call-manager", {"unconditional": {"number": "sip:a@b"}},
     "unconditional.number",
     "This is not a valid number."),
    ("an integer as a number", "call-manager", {"unconditional": {"number": 660606060}},
     "unconditional.number", "Give a text."),
    ("a wildcard alone", "call-manager", {"selective_reject": {"callers": {"numbers": ["0140000000", "*"]}}},
     "selective_reject.callers.numbers.1", "Give at least one digit before the star: for example 02*."),
    ("a wildcard inside", "call-manager", {"selective_reject": {"callers": {"numbers": ["0*1"]}}},
     "selective_reject.callers.numbers.0", "This is not a valid number."),
    ("a text for a list", "call-manager", {"selective_reject": {"callers": {"numbers": "0140000000"}}},
     "selective_reject.callers.numbers", "Give a list."),
    ("too many callers",
     "call-manager", {"selective_reject": {"callers": {"numbers": ["0140000000"] * 1001}}},
     "selective_reject.callers.numbers", "No more than 1000 entries."),
    ("an extension of letters", "call-manager", {"selective_reject": {"callers": {"extensions": ["anna"]}}},
     "selective_reject.callers.extensions.0", "An extension has 2 to 6 digits."),
    ("a path for an id", "greetings", {"recorded_name": "../../etc/passwd"}, "recorded_name",
     "This is not a valid identifier."),
    ("an unknown kind of greeting", "greetings", {"kind": "loud"}, "kind",
     "Choose one of these values: absence, personal, name, number or system."),
    ("no mail address", "message-settings", {"addresses": [{"address": "camille"}]}, "addresses.0.address",
     "This is not a valid e-mail address."),
    ("a mail header in an address",
     "message-settings", {"addresses": [{"address": "a@example.net\nBcc: b@example.net"}]},
     "addresses.0.address", "This is not a valid e-mail address."),
    ("an address without itself", "message-settings", {"addresses": [{"voice": True}]}, "addresses.0.address",
     "This field is required."),
    ("one address twice",
     "message-settings", {"addresses": [{"address": "a@example.net"}, {"address": "A@example.net"}]},
     "addresses", "The address A@example.net stands there twice."),
    ("an hour that does not exist", "business-hours", {"mon": [["9:00", "12:30"]]}, "mon.0.0",
     "Give a time from 00:00 to 24:00."),
    ("hours backwards", "business-hours", {"mon": [["12:30", "09:00"]]}, "mon",
     "The interval from 12:30 to 09:00 must end after it begins."),
    ("hours that overlap", "business-hours", {"mon": [["09:00", "12:30"], ["12:00", "18:00"]]}, "mon",
     "Two intervals overlap: one ends at 12:30, the other begins at 12:00."),
    ("an interval of three", "business-hours", {"mon": [["09:00", "12:30", "18:00"]]}, "mon.0",
     'An interval has a beginning and an end, for example ["09:00", "12:30"].'),
    ("a day that does not exist", "business-hours", {"monday": []}, "monday", "There is no field “monday”."),
    ("a forward of the advanced manager without its number", "call-manager-advanced", {"incoming": "forward"},
     "number",
     "Give the number to forward to."),
    ("a list of rules that is not named", "call-manager-advanced", {"incoming": "list"}, "list",
     "Choose a rule list."),
    ("a fourth period", "call-manager-advanced",
     {"schedule": {"periods": [{"name": "a", "list": "l"}] * 4}}, "schedule.periods", "No more than 3 entries."),
    ("a cell that is no quarter of an hour", "call-manager-advanced",
     {"schedule": {"periods": [{"name": "a", "list": "l", "cells": {"mon": [["09:10", "10:00"]]}}]}},
     "schedule.periods.0.cells.mon", "09:10 is not a quarter of an hour: use :00, :15, :30 or :45."),
    ("a document that does not exist", "ring-tones", {}, "", "There is no such setting."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "raw", "where", "text"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_document_is_refused_in_one_clear_sentence(
    document: str, raw: object, where: str, text: str
) -> None:
    assert mistakes(document, raw) == {where: text}
    french = mistakes(document, raw, "fr")
    assert list(french) == [where]
    assert french[where] != text
    assert french[where].endswith((".", "]."))


def test_every_mistake_is_told_at_once() -> None:
    raw = {
        "incoming": "forward",
        "busy": {"forward_enabled": True, "number": "x"},
        "no_answer": {"forward_enabled": True, "forward_after": 5, "voicemail_after": 99, "foo": 1},
        "dnd": 3,
    }
    assert set(mistakes("call-manager", raw)) == {
        "unconditional.number",
        "busy.number",
        "no_answer.number",
        "no_answer.forward_after",
        "no_answer.voicemail_after",
        "no_answer.foo",
        "dnd",
    }


GOOD: list[tuple[str, str, dict[str, Any]]] = [
    ("a number in any spelling", "call-manager", {"unconditional": {"number": "+33 (0)6 60 60 60 60"}}),
    ("an extension", "call-manager", {"incoming": "forward", "unconditional": {"number": "4003"}}),
    (
        "a forward that is off keeps its number",
        "call-manager",
        {"busy": {"forward_enabled": False, "number": "4003"}},
    ),
    ("the shortest delays", "call-manager", {"no_answer": {"forward_after": 6, "voicemail_after": 0}}),
    ("the longest delays", "call-manager", {"no_answer": {"forward_after": 3600, "voicemail_after": 60}}),
    ("a day to midnight", "business-hours", {"sat": [["00:00", "24:00"]]}),
    ("a day with no hours", "business-hours", {"mon": []}),
    ("intervals that touch", "business-hours", {"mon": [["09:00", "12:00"], ["12:00", "18:00"]]}),
]


@pytest.mark.parametrize(("document", "raw"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_what_is_right_is_accepted(document: str, raw: dict[str, Any]) -> None:
    assert mistakes(document, raw) == {}


def test_a_number_is_kept_as_it_was_typed() -> None:
    manager = parse("call-manager", {"unconditional": {"number": " 06 60 60 60 60 "}})
    assert isinstance(manager, CallManager)
    assert manager.unconditional.number == "06 60 60 60 60"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_have_a_sentence_with_the_same_parameters(code: str) -> None:
    french, english = SENTENCES[code]
    assert french != english
    assert set(re.findall(r"{(\w+)}", french)) == set(re.findall(r"{(\w+)}", english))


PATCHES: list[tuple[str, dict[str, Any], object, object]] = [
    ("one field", {"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
    ("null takes a field away", {"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    ("an object is merged", {"a": {"x": 1, "y": 2}}, {"a": {"x": 3}}, {"a": {"x": 3, "y": 2}}),
    ("a list is replaced", {"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ("nulls inside a new object go", {}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    ("a patch that is no object replaces all", {"a": 1}, ["x"], ["x"]),
]


@pytest.mark.parametrize(
    ("current", "patch", "result"), [row[1:] for row in PATCHES], ids=[row[0] for row in PATCHES]
)
def test_merge_patch(current: dict[str, Any], patch: object, result: object) -> None:
    before = json.dumps(current)
    assert merge("call-manager", current, patch) == result
    assert json.dumps(current) == before


def test_a_patch_of_a_document_changes_only_what_it_names() -> None:
    before = parse("call-manager", {"busy": {"forward_enabled": True, "number": "4003"}})
    after = parse("call-manager", merge("call-manager", before, {"busy": {"voicemail_enabled": False}}))
    assert isinstance(after, CallManager)
    assert (after.busy.forward_enabled, after.busy.number, after.busy.voicemail_enabled) == (
        True,
        "4003",
        False,
    )


@pytest.mark.parametrize(
    ("forward_after", "voicemail_after", "warned"), [(36, 30, True), (30, 30, True), (20, 30, False)], ids=str
)
def test_a_forward_that_voicemail_always_overtakes_is_warned_of(
    forward_after: int, voicemail_after: int, warned: bool
) -> None:
    rule = {
        "forward_enabled": True,
        "number": "4003",
        "forward_after": forward_after,
        "voicemail_after": voicemail_after,
    }
    model = parse("call-manager", {"no_answer": rule})
    assert [mistake.where for mistake in warnings(model)] == (["no_answer.forward_after"] if warned else [])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abé_.-", max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(DOCUMENTS)), json_values, st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_comes_in_is_a_document_or_a_list_of_sentences(
    document: str, value: object, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(DOCUMENTS[document].model_fields)))
    for raw in (value, {name: value}):
        for language in ("fr", "en"):
            for text in mistakes(document, raw, language).values():
                assert "Input" not in text
                assert "{" not in text
