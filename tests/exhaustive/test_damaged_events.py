"""An event of Asterisk that is damaged anywhere, in any way."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.asterisk import events
from tests.unit.asterisk.test_ari_events import EVENTS


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside an event."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield (*here, key)
        yield from places(inner, (*here, key))


BROKEN = st.sampled_from(EVENTS).flatmap(
    lambda row: st.tuples(st.just(row[1]), st.sampled_from(list(places(row[1]))))
)


@given(
    BROKEN, st.none() | st.integers() | st.text(max_size=3) | st.just({}) | st.just([]) | st.just("delete")
)
@settings(max_examples=600, deadline=None)
def test_a_damaged_event_is_a_key_or_type_error_and_nothing_else(
    broken: tuple[dict[str, Any], tuple[Any, ...]], instead: Any
) -> None:
    event, way = copy.deepcopy(broken[0]), broken[1]
    inside = event
    for key in way[:-1]:
        inside = inside[key]
    if instead == "delete":
        del inside[way[-1]]
    else:
        inside[way[-1]] = instead
    with contextlib.suppress(KeyError, TypeError):
        events.parse(event)
