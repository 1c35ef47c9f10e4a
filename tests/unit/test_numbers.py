"""Numbers: one canonical spelling, whatever was dialled. One row is one sentence."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callcontrol import numbers
from callcontrol.numbers import NumberClass

SPELLINGS = [
    "0222969569", "02 22 96 95 69", "02.22.96.95.69", "02-22-96-95-69", "(02) 22 96 95 69", "+33222969569",
    "+33 2 22 96 95 69", "+33 (0)2 22 96 95 69", "+33(0)222969569", "0033222969569", "00 33 2 22 96 95 69",
    "0033(0)222969569", " 0222969569 ", "02\u00a022\u00a096\u00a095\u00a069", "tel:+33222969569",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_number_in_every_spelling(spelling: str) -> None:
    assert numbers.canonical(spelling) == "+33222969569"
    assert numbers.same(spelling, "0222969569")


@pytest.mark.parametrize(
    "dialled",
    ["", " ", "+", "0", "00", "01", "012345", "02229695690", "1234567", "+3315", "+33222", "00333631", "*72", "#31#",
     "anna", "0222969569a", "+999123456789", "sip:0222969569@x",
     "٠٢٢٢٩٦٩٥٦٩", "²²", "0" * 41, "+1 555 0100", "++33222969569"],
)  # fmt: skip
def test_what_cannot_be_a_number(dialled: str) -> None:
    assert numbers.canonical(dialled) is None
    assert not numbers.same(dialled, dialled)


CANONICAL = [
    ("3631", "3631", "3631", "36 31", NumberClass.PREMIUM),
    ("118 712", "118712", "118712", "118 712", NumberClass.PREMIUM),
    ("15", "15", "15", "15", NumberClass.EMERGENCY),
    ("116 000", "116000", "116000", "116 000", NumberClass.EMERGENCY),
    ("0660606060", "+33660606060", "0660606060", "06 60 60 60 60", NumberClass.NATIONAL),
    ("0970711058", "+33970711058", "0970711058", "09 70 71 10 58", NumberClass.NATIONAL),
    ("0899000000", "+33899000000", "0899000000", "0 899 00 00 00", NumberClass.PREMIUM),
    ("+33899000000", "+33899000000", "0899000000", "0 899 00 00 00", NumberClass.PREMIUM),
    ("0044 20 7946 0958", "+442079460958", "+442079460958", "+44 20 7946 0958", NumberClass.INTERNATIONAL),
    ("+12125550100", "+12125550100", "+12125550100", "+1 212-555-0100", NumberClass.INTERNATIONAL),
]


@pytest.mark.parametrize(("dialled", "canonical", "national", "pretty", "number_class"), CANONICAL)
def test_canonical_national_pretty_and_class(
    dialled: str, canonical: str, national: str, pretty: str, number_class: NumberClass
) -> None:
    assert numbers.canonical(dialled) == canonical
    assert numbers.national(canonical) == national
    assert numbers.pretty(canonical) == pretty
    assert numbers.classify(canonical) is number_class


def test_another_country_has_its_own_plan() -> None:
    assert numbers.canonical("020 7946 0958", "GB") == "+442079460958"
    assert numbers.national("+442079460958", "GB") == "02079460958"
    assert numbers.classify("+442079460958", "GB") is NumberClass.NATIONAL
    assert numbers.classify("+33222969569", "GB") is NumberClass.INTERNATIONAL
    assert numbers.classify("+449098790000", "GB") is NumberClass.PREMIUM


@pytest.mark.parametrize("dialled", ["15", "1 5", "112", "1.1.2", " 18 ", "116000", "116 117"])
def test_emergency_numbers(dialled: str) -> None:
    assert numbers.is_emergency(dialled)


@pytest.mark.parametrize("dialled", ["3631", "0112", "+33112", "1120", "", "*112", "118712"])
def test_no_emergency_numbers(dialled: str) -> None:
    assert not numbers.is_emergency(dialled)


@pytest.mark.parametrize(
    ("number", "masked"),
    [("0222969569", "022296••••"), ("+33222969569", "+3322296••••"), ("4002", "••••"), ("", ""), (None, ""),
     ("*720612345678", "*72061234••••")],
)  # fmt: skip
def test_the_last_four_digits_are_masked(number: str | None, masked: str) -> None:
    assert numbers.redact(number) == masked


@pytest.mark.parametrize(
    "text",
    ["0612345678;phone-context=+33", "sip:0612345678@192.0.2.1;user=phone", "tel:+33-6-12-34-56-78;ext=1",
     "Kestrel-vole-86!b", "camille@example.net", "06 12 34 56 78 ", "0612345678\n", "٠٦١٢٣٤٥٦٧٨٩",
     "0612345678" * 9 + "x"],
)  # fmt: skip
def test_of_what_is_no_plain_number_only_the_shape_is_left(text: str) -> None:
    shown = numbers.redact(text)
    assert not any(letter.isalnum() for letter in shown)
    assert len(shown) == min(len(text), numbers.LONGEST_SPELLING)


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [("02*", "+332"), ("02 22*", "+33222"), ("+44*", "+44"), ("0044*", "+44"), ("00*", "+"), ("+*", "+"), ("36*", "36"),
     ("*", None), ("a*", None), ("02", None), ("0*2*", None)],
)  # fmt: skip
def test_prefixes(pattern: str, prefix: str | None) -> None:
    assert numbers.prefix(pattern) == prefix


@given(st.text(max_size=50))
def test_any_text_gives_a_stable_answer(text: str) -> None:
    number = numbers.canonical(text)
    numbers.is_emergency(text)
    numbers.prefix(text)
    if number is not None:
        assert numbers.canonical(number) == number
        assert numbers.canonical(numbers.national(number)) == number
        assert numbers.canonical(numbers.pretty(number)) == number
        numbers.classify(number)


@given(st.from_regex(r"(\+|00|0|\*)?[0-9 .()]{1,16}", fullmatch=True))
@example("+3860000000")
def test_any_digits_give_a_stable_answer(text: str) -> None:
    number = numbers.canonical(text)
    if number is not None:
        assert numbers.canonical(number) == number
        assert numbers.canonical(numbers.national(number)) == number
        assert numbers.canonical(numbers.pretty(number)) == number
