"""PIN and password rules: one row, one sentence."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.passwords import new_sip_password
from callcontrol.pins import is_good_sip_password, password_mistakes, pin_mistakes

NUMBERS = ("0222969569", "4002", "+33970717800")


@pytest.mark.parametrize("pin", ["731946", "9051738", "10293847", "112233", "789078", "123567"])
def test_a_good_pin(pin: str) -> None:
    assert pin_mistakes(pin, NUMBERS, "fr") == []


@pytest.mark.parametrize(
    ("pin", "rule"),
    [
        ("73194", "6 to 8"),
        ("731946731", "6 to 8"),
        ("", "6 to 8"),
        ("73194a", "digits only"),
        ("73194٦", "digits only"),
        ("731 946", "digits only"),
        ("711194", "twice in a row"),
        ("123480", "sequence"),
        ("804321", "sequence"),
        ("567890", "sequence"),
        ("969573", "number"),
        ("732229", "number"),
        ("194002", "number"),
        ("717863", "number"),
    ],
)
def test_a_bad_pin_and_the_rule_that_it_breaks(pin: str, rule: str) -> None:
    mistakes = pin_mistakes(pin, NUMBERS, "en")
    assert any(rule in mistake for mistake in mistakes)
    assert len(pin_mistakes(pin, NUMBERS, "fr")) == len(mistakes)


def test_three_digits_of_the_number_are_no_part_of_it() -> None:
    assert pin_mistakes("969740", NUMBERS, "fr") == []


@pytest.mark.parametrize("password", ["Pomme-verte7!", "été-à-Brest-1976", "a1!aaaaaaaaa"])
def test_a_good_password(password: str) -> None:
    assert password_mistakes(password, NUMBERS, "fr") == []


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Pomme-v7!", "12 to 20"),
        ("Pomme-verte7!Pomme-verte7", "12 to 20"),
        ("Pomme-verte-!", "one digit"),
        ("7-8-9-1-3-5-2", "one letter"),
        ("Pommeverte77", "special"),
        ("Pomme verte 7x", "special"),
        ("Pomme-777-verte", "twice in a row"),
        ("Pomme-1234-verte", "sequence"),
        ("Pomme-02229-vert", "number"),
        ("Pomme-verte7!\x00", "visible"),
    ],
)
def test_a_bad_password_and_the_rule_that_it_breaks(password: str, rule: str) -> None:
    assert any(rule in mistake for mistake in password_mistakes(password, NUMBERS, "en"))


@given(st.text(), st.lists(st.text()), st.sampled_from(["fr", "en", "xx"]))
def test_whatever_is_typed_the_answer_is_sentences_that_do_not_repeat_it(
    secret: str, numbers: list[str], language: str
) -> None:
    for mistakes in (pin_mistakes(secret, numbers, language), password_mistakes(secret, numbers, language)):
        assert all(mistake.endswith(".") for mistake in mistakes)
        assert len(secret) < 5 or secret not in " ".join(mistakes)


@given(st.binary(min_size=18, max_size=18))
def test_a_long_random_sip_password_is_never_refused_by_chance(secret: bytes) -> None:
    made = base64.urlsafe_b64encode(secret).decode()
    assert is_good_sip_password(made, ["0222969569", "4002"]) or len(set(made)) < 10 or "222969569" in made
    assert not is_good_sip_password(made[:11], ["0222969569"])


def test_a_made_sip_password_is_good_and_another_each_time() -> None:
    made = [new_sip_password(["0222969569", "4002"]) for _ in range(200)]
    assert len(set(made)) == 200
    assert {len(each) for each in made} == {24}
    assert all(is_good_sip_password(each, ["0222969569", "4002"]) for each in made)


@pytest.mark.parametrize(
    "password",
    [
        "123456789012345678901234", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "Ab1!Ab1!Ab1!",
        "k7!pQ2-xk7!pQ2-x", "aB3-dE6-gHaB3-dE6-gH",
    ],
)  # fmt: skip
def test_a_sip_password_that_counts_or_says_itself_again_is_weak(password: str) -> None:
    assert not is_good_sip_password(password, NUMBERS)
