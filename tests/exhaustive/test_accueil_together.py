"""What two people change in the form of *Accueil* at once comes together."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from callcontrol.portal_bridge.call_manager import form
from tests.unit.web.accueil import VALUES

Values = dict[str, Any]


@given(VALUES, VALUES)
def test_who_changed_nothing_takes_over_what_others_changed(seen: Values, theirs: Values) -> None:
    assert form.brought_together(seen, seen, theirs) == theirs


@given(VALUES, VALUES)
def test_what_was_changed_here_alone_stays(seen: Values, mine: Values) -> None:
    together = form.brought_together(seen, mine, seen)
    for path in form.FIELDS:
        if path in form.LISTS:
            assert {kind: set(each) for kind, each in together[path].items()} == {
                kind: set(each) for kind, each in mine[path].items()
            }
        else:
            assert together[path] == mine[path]


@given(VALUES, VALUES, VALUES)
def test_nobodys_change_is_lost_unless_both_changed_the_same_field(
    seen: Values, mine: Values, theirs: Values
) -> None:
    together = form.brought_together(seen, mine, theirs)
    for path in form.FIELDS.keys() - set(form.LISTS):
        wanted = mine[path] if mine[path] != seen[path] else theirs[path]
        assert together[path] == wanted, path
    for path in form.LISTS:
        for kind in form.KINDS:
            before, here, there = (set(each[path][kind]) for each in (seen, mine, theirs))
            found = together[path][kind]
            assert set(found) == (there - (before - here)) | (here - before)
            assert len(found) == len(set(found))


@given(VALUES, VALUES, VALUES)
def test_bringing_together_twice_changes_nothing_more(seen: Values, mine: Values, theirs: Values) -> None:
    once = form.brought_together(seen, mine, theirs)
    assert form.brought_together(theirs, once, theirs) == once
