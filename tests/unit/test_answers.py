"""What an operator's answer means, row by row: each with its source (RFC 3261 §21 unless said, spec §3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.answers import ANSWERS, TELLING, End, answer, is_ringing
from callcontrol.flows.outside import OUTCOMES, telling

ROWS = [
    # status, heard, rang, end, another trunk may mend it, source
    (
        300,
        True,
        False,
        End.UNREACHABLE,
        False,
        "§21.3; spec §2.3: a target of the network's choice passes no barring",
    ),
    (302, True, False, End.UNREACHABLE, False, "§21.3.3"),
    (400, True, False, End.NETWORK, True, "§21.4: may succeed at a different server"),
    (401, True, False, End.NETWORK, True, "§21.4.2: our account there"),
    (402, True, False, End.NETWORK, True, "§21.4.3: our credit there"),
    (403, True, False, End.REFUSED, False, "issue A4 row 6; §21.4.4: SHOULD NOT be repeated"),
    (404, True, False, End.UNKNOWN_NUMBER, False, "§21.4.5: definitive information"),
    (405, True, False, End.NETWORK, True, "§8.1.3.2: as 400"),
    (407, True, False, End.NETWORK, True, "§21.4.8"),
    (408, True, False, End.NO_ANSWER, False, "issue A4 row 6: 408 after a provisional answer"),
    (408, False, False, End.NETWORK, True, "issue A4 row 5: 408 without 1xx"),
    (410, True, False, End.UNKNOWN_NUMBER, False, "§21.4.11"),
    (415, True, False, End.NETWORK, True, "§21.4.13: of this server"),
    (433, True, False, End.REFUSED, False, "RFC 5079 §5"),
    (480, True, False, End.UNREACHABLE, False, "§21.4.18: logged in but not available"),
    (480, True, True, End.NO_ANSWER, False, "issue A4 row 6: 480 after ringing"),
    (482, True, False, End.NETWORK, False, "§21.4.20: loop detected"),
    (483, True, False, End.NETWORK, False, "§21.4.21: too many hops"),
    (484, True, False, End.UNKNOWN_NUMBER, False, "§21.4.22"),
    (485, True, False, End.UNKNOWN_NUMBER, False, "§21.4.23"),
    (486, True, False, End.BUSY, False, "§21.4.24"),
    (487, True, False, End.NO_ANSWER, False, "issue A4 row 5: final"),
    (488, True, False, End.NETWORK, True, "§21.4.26: may succeed elsewhere"),
    (499, True, False, End.NETWORK, True, "§8.1.3.2: an unknown 4xx is a 400"),
    (500, True, False, End.NETWORK, True, "issue A4 row 5"),
    (502, True, False, End.NETWORK, True, "issue A4 row 5"),
    (503, True, False, End.NETWORK, True, "issue A4 row 5; §21.5.4: SHOULD try an alternate server"),
    (503, True, True, End.NETWORK, False, "issue A4 row 5: never rung twice"),
    (504, True, False, End.NETWORK, True, "issue A4 row 5"),
    (580, True, False, End.NETWORK, True, "§8.1.3.2: an unknown 5xx is a 500"),
    (600, True, False, End.BUSY, False, "§21.6.1"),
    (603, True, False, End.REFUSED, False, "§21.6.2"),
    (604, True, False, End.UNKNOWN_NUMBER, False, "§21.6.3"),
    (606, True, False, End.NETWORK, False, "§21.6.4"),
    (607, True, False, End.REFUSED, False, "RFC 8197"),
    (608, True, False, End.REFUSED, False, "RFC 8688"),
    (699, True, False, End.BUSY, False, "§8.1.3.2: an unknown 6xx is a 600"),
    (None, False, False, End.NETWORK, True, "no route, or no answer at all"),
    (None, True, False, End.NO_ANSWER, False, "it had the call and never answered"),
    (None, True, True, End.NO_ANSWER, False, "it rang for the whole time"),
]


@pytest.mark.parametrize(
    ("status", "heard", "rang", "end", "elsewhere", "source"),
    ROWS,
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_an_answer_means(
    status: int | None, heard: bool, rang: bool, end: End, elsewhere: bool, source: str
) -> None:
    row = answer(status, heard=heard, rang=rang)
    assert (row.end, row.elsewhere) == (end, elsewhere), source


@given(st.integers(300, 699) | st.none(), st.booleans())
def test_nothing_that_rang_is_rung_again_through_another_trunk(status: int | None, heard: bool) -> None:
    assert not answer(status, heard=heard, rang=True).elsewhere


@given(st.integers(300, 699))
def test_only_a_failure_of_the_network_is_mended_elsewhere(status: int) -> None:
    row = answer(status)
    assert not row.elsewhere or row.end is End.NETWORK


def test_every_row_has_a_source_and_every_end_its_words_code_and_outcome() -> None:
    assert all(row.source for row in ANSWERS.values())
    assert set(TELLING) == set(OUTCOMES) == set(End)
    assert [telling(OUTCOMES[end]) for end in End] == [TELLING[end] for end in End]


@pytest.mark.parametrize(
    ("status", "rings"), [(100, False), (180, True), (181, False), (182, True), (183, True), (200, False)]
)
def test_180_182_and_183_are_ringing(status: int, rings: bool) -> None:
    assert is_ringing(status) is rings
