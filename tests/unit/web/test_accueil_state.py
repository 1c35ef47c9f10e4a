"""The page *Accueil* between two requests: everything that is not kept is in the form alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from callcontrol.changes.line_settings import Kept
from callcontrol.errors import Mistake
from callcontrol.portal_bridge.call_manager import form, state
from callcontrol.portal_bridge.call_manager.form import BadForm
from callcontrol.portal_bridge.call_manager.state import State
from callcontrol.settings.model import CallManager
from callcontrol.settings.parse import parse
from tests.unit.web.accueil import VALUES, sent

Values = dict[str, Any]


def kept(version: int = 1, **changed: object) -> Kept:
    return Kept(parse("call-manager", changed, "fr"), (version,))


def again(page: State, **more: str) -> State:
    """The page as it comes back from a browser."""
    fields = {"seen": state.seen_field(page.seen), "etag": page.etag, "opened": ",".join(page.opened), **more}
    return state.of_form({**sent(page.values), **{name: (text,) for name, text in fields.items()}})


@given(VALUES, VALUES)
def test_nothing_is_lost_between_two_requests(values: Values, seen: Values) -> None:
    page = State(values, seen, "3", opened=frozenset({"unavailable", "reject_anonymous"}))
    assert again(page) == page


def test_a_page_of_what_is_kept_has_nothing_unsaved() -> None:
    page = state.of_kept(kept(7))
    assert (page.unsaved, page.etag) == (False, "7")
    assert State({**page.values, "incoming": "voicemail"}, page.seen, page.etag).unsaved


def test_only_sections_that_exist_are_open() -> None:
    assert again(state.of_kept(kept()), opened="unavailable,nowhere,").opened == {"unavailable"}


@pytest.mark.parametrize("missing", ["seen", "etag"])
def test_a_form_without_what_it_was_made_of_is_refused(missing: str) -> None:
    page = state.of_kept(kept())
    fields = {**sent(page.values), "seen": (state.seen_field(page.seen),), "etag": ("1",)}
    del fields[missing]
    with pytest.raises(BadForm):
        state.of_form(fields)


def test_each_mistake_stands_at_its_field_once_and_its_section_opens() -> None:
    page = state.with_mistakes(
        state.of_kept(kept()),
        [
            Mistake("unavailable.number", "barré"),
            Mistake("unavailable.number", "barré"),
            Mistake("selective_reject.callers.numbers.3", "inconnu"),
            Mistake("", "en tout"),
            Mistake("somewhere.else", "ailleurs"),
        ],
    )
    assert page.mistakes == {
        "unavailable.number": ["barré"],
        "selective_reject.callers": ["inconnu"],
        "": ["en tout", "ailleurs"],
    }
    assert page.opened == {"unavailable", "selective_reject"}
    assert page.told == "refused"


def test_what_a_star_code_changed_is_told_and_what_was_typed_stays_to_be_applied() -> None:
    shown = state.of_kept(kept(1))
    mine = State({**shown.values, "reject_anonymous": True}, shown.seen, shown.etag)
    page = state.brought(
        mine, kept(2, incoming="forward", unconditional={"number": "0612345678"}), "overtaken"
    )
    assert page.elsewhere == ("incoming", "unconditional.number")
    assert page.values["incoming"] == "forward"
    assert page.values["reject_anonymous"] is True
    assert (page.etag, page.unsaved) == ("2", True)
    assert form.differing(page.values, page.seen) == ("reject_anonymous",)


def test_what_both_changed_stays_mine_and_is_told_all_the_same() -> None:
    shown = state.of_kept(kept(1))
    mine = State({**shown.values, "incoming": "voicemail"}, shown.seen, shown.etag)
    page = state.brought(
        mine, kept(2, incoming="forward", unconditional={"number": "0612345678"}), "overtaken"
    )
    assert page.values["incoming"] == "voicemail"
    assert "incoming" in page.elsewhere


def test_the_default_document_is_the_page_of_a_new_line() -> None:
    assert state.of_kept(Kept(CallManager(), (0,))).values == form.values_of(
        form.with_values({}, state.of_kept(kept(0)).values)
    )
