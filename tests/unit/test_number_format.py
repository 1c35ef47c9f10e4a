"""How operators write numbers: every format read and written, and nothing taken for another number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol import numbers
from callcontrol.number_format import NumberFormat, as_sent, in_context, spelt, understood

NATIONAL, E164, NO_PLUS, AUTO = (
    NumberFormat.NATIONAL, NumberFormat.E164, NumberFormat.E164_NO_PLUS, NumberFormat.AUTO
)  # fmt: skip
MOBILE, LONDON = "+33612345678", "+442079460958"

READ = (
    # spec §1: numbers compare equal whatever their spelling
    ("0612345678", MOBILE, MOBILE, MOBILE, MOBILE),
    ("+33612345678", MOBILE, MOBILE, MOBILE, MOBILE),
    ("0033612345678", MOBILE, MOBILE, MOBILE, MOBILE),
    ("+33(0)6.12.34.56.78", MOBILE, MOBILE, MOBILE, MOBILE),
    ("+442079460958", LONDON, LONDON, LONDON, LONDON),
    ("00442079460958", LONDON, LONDON, LONDON, LONDON),
    # issue A4 row 7: E.164 without its plus; the significant number alone (E.164 §6.2: country code + 9 digits)
    ("33612345678", None, MOBILE, MOBILE, MOBILE),
    ("612345678", MOBILE, None, None, MOBILE),
    ("33 6 12 34 56 78", None, MOBILE, MOBILE, MOBILE),
    ("442079460958", None, LONDON, LONDON, LONDON),
    ("33222100050", None, "+33222100050", "+33222100050", "+33222100050"),
    # short numbers are the same everywhere
    ("3631", "3631", "3631", "3631", "3631"),
    ("112", "112", "112", "112", "112"),
    ("118712", "118712", "118712", "118712", "118712"),
    # nothing is guessed
    ("4711000", None, None, None, None),
    ("1234567890", None, None, None, None),
    ("99999999999", None, None, None, None),
    ("0612", None, None, None, None),
    ("acct-4711", None, None, None, None),
    ("", None, None, None, None),
)


@pytest.mark.parametrize("spelling", NumberFormat)
@pytest.mark.parametrize("row", READ, ids=[row[0] for row in READ])
def test_a_number_is_read_by_the_format_of_its_trunk(
    row: tuple[str | None, ...], spelling: NumberFormat
) -> None:
    expected = dict(zip((NATIONAL, E164, NO_PLUS, AUTO), row[1:], strict=True))
    assert understood(row[0] or "", spelling) == expected[spelling]


@pytest.mark.parametrize(
    ("number", "national", "e164", "no_plus", "auto"),
    [
        (MOBILE, "0612345678", MOBILE, "33612345678", "0612345678"),
        (LONDON, "00442079460958", LONDON, "442079460958", LONDON),
        ("3631", "3631", "3631", "3631", "3631"),
        ("112", "112", "112", "112", "112"),
        ("4711000", "4711000", "4711000", "4711000", "4711000"),
    ],
)
def test_a_number_is_written_as_the_trunk_wants_it(
    number: str, national: str, e164: str, no_plus: str, auto: str
) -> None:
    assert [spelt(number, f) for f in (NATIONAL, E164, NO_PLUS, AUTO)] == [national, e164, no_plus, auto]


@given(st.from_regex(r"\A\+33[1-9][0-9]{8}\Z") | st.just(LONDON), st.sampled_from(NumberFormat))
def test_what_we_write_for_a_trunk_we_read_from_it(number: str, spelling: NumberFormat) -> None:
    assert understood(spelt(number, spelling), spelling) == number


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("4711000", "4711000"), ("06-12", "0612"), ("*21#", "*21#"), ("+999", "+999"), ("1234567890", "1234567890"),
        ("", None), ("bob", None), ("acct-4711", None), ("*#", None), ("9" * 33, None), ("+", None),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_shown_as_sent_when_it_is_a_number_at_all(
    sent: str, shown: str | None
) -> None:
    assert as_sent(sent) == shown


@pytest.mark.parametrize(
    ("local", "context", "number"),
    [
        # RFC 3966 §5.1.5: where a local number is valid
        ("0612345678", "+33", MOBILE),
        ("612345678", "+33", MOBILE),
        ("6-12-34-56-78", "+33", MOBILE),
        ("02079460958", "+44", LONDON),
        ("2079460958", "+44", LONDON),
        ("9460958", "+44-20-7", LONDON),
        ("79460958", "+44-20", LONDON),
        # short and global numbers need none
        ("112", "+33", None),
        ("15", "+44", None),
        ("4002", "+33", None),
        (MOBILE, "+44", None),
        # a domain tells nothing
        ("0612345678", "example.net", None),
        ("0612345678", "", None),
        ("0612345678", "+", None),
    ],
)
def test_a_local_number_with_its_context(local: str, context: str, number: str | None) -> None:
    assert in_context(local, context) == number


@given(st.text(max_size=50) | st.text("+0123456789*#() .-", max_size=50), st.sampled_from(NumberFormat))
def test_whatever_is_read_is_canonical(sent: str, spelling: NumberFormat) -> None:
    found = understood(sent, spelling)
    assert found is None or numbers.canonical(found) == found
