"""The form of *Accueil*: what it says, and what that makes of the document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.portal_bridge.call_manager import form
from callcontrol.portal_bridge.call_manager.form import BadForm
from callcontrol.settings.fields import MOST_CALLERS
from callcontrol.settings.model import CallManager
from callcontrol.settings.parse import to_raw
from tests.unit.web.accueil import LISTS, VALUES, sent

DEFAULT = form.values_of(to_raw(CallManager()))
Values = dict[str, Any]


@given(VALUES)
def test_what_a_page_shows_is_what_it_sends(values: Values) -> None:
    assert form.values_of_form(sent(values)) == values
    assert form.values_of_json(json.dumps(values)) == values


@given(VALUES)
def test_values_of_a_document_are_those_that_were_put_into_it(values: Values) -> None:
    kept = {"later": {"release": 1}, "busy": {"more": 2}}
    whole = form.with_values(kept, values)
    assert form.values_of(whole) == values
    assert (whole["later"], whole["busy"]["more"]) == ({"release": 1}, 2), "what has no field stays"
    assert kept == {"later": {"release": 1}, "busy": {"more": 2}}


def test_every_setting_of_the_document_has_its_field() -> None:
    def paths(raw: object, at: str) -> set[str]:
        if at in form.FIELDS or not isinstance(raw, dict):
            return {at}
        return {path for name, below in raw.items() for path in paths(below, f"{at}.{name}" if at else name)}

    assert paths(to_raw(CallManager()), "") == set(form.FIELDS)
    assert set(form.SWITCH_OF) <= set(form.NUMBERS)
    assert set(form.SWITCH_OF.values()) <= set(form.SWITCHES)


TEXTS = st.dictionaries(
    st.sampled_from([*form.FIELDS, "else"]), st.lists(st.text(max_size=300), max_size=2).map(tuple)
)


@given(TEXTS)
def test_whatever_is_sent_is_values_or_a_bad_form(fields: dict[str, tuple[str, ...]]) -> None:
    try:
        found = form.values_of_form({**sent(DEFAULT), **fields})
    except BadForm:
        return
    assert found.keys() == form.FIELDS.keys()
    form.with_values({}, found)


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("incoming", ()),
        ("incoming", ("ring", "forward")),
        ("busy.number", ("x" * 201,)),
        ("busy.number", ("0\0",)),
        ("busy.number", ("\ud800",)),
        ("dnd.priority", ("",)),
        ("dnd.priority", ("[]",)),
        ("dnd.priority", ('{"else": []}',)),
        ("dnd.priority", ('{"numbers": "0612345678"}',)),
        ("dnd.priority", ('{"numbers": [1]}',)),
        ("dnd.priority", (json.dumps({"numbers": ["1"] * (MOST_CALLERS + 1)}),)),
        ("dnd.priority", (json.dumps({"contacts": ["x" * 201]}),)),
        ("dnd.priority", ('{"contacts": ["\\u0000"]}',)),
        ("dnd.priority", ("[" * 100_000,)),
        ("dnd.enabled", ("on", "on")),
    ],
)
def test_what_no_page_sends_is_refused(path: str, texts: tuple[str, ...]) -> None:
    with pytest.raises(BadForm):
        form.values_of_form({**sent(DEFAULT), path: texts})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36", 36),
        (" 36 ", 36),
        ("036", 36),
        ("-1", "-1"),
        ("", ""),
        ("3 6", "3 6"),
        ("٣٦", "٣٦"),
        ("1" * 10, "1" * 10),
        ("1e3", "1e3"),
    ],
)
def test_a_delay_that_is_no_number_stays_as_it_was_typed(text: str, value: object) -> None:
    fields = {**sent(DEFAULT), "no_answer.forward_after": (text,)}
    assert form.values_of_form(fields)["no_answer.forward_after"] == value


@given(VALUES, VALUES)
def test_two_sets_of_values_differ_where_they_do(one: Values, other: Values) -> None:
    assert form.differing(one, one) == ()
    assert form.differing(one, other) == form.differing(other, one)
    assert all(one[path] != other[path] for path in form.differing(one, other))


@given(LISTS)
def test_entries_of_a_list_are_counted_whatever_their_kind(entries: dict[str, list[str]]) -> None:
    assert form.count(entries) == sum(map(len, entries.values()))
