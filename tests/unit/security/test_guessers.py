"""Who guesses at SIP passwords is kept out; who owns a line never is. One row is one story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.lifecycle.guessers import (
    FIRST,
    FORGOTTEN,
    LONGEST,
    MOST,
    WITHIN,
    Guessers,
    Kept,
    KeptOut,
    OnlyTold,
)

NOW = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
A, B, STRANGE, OFFICE, TRUNK = "0222969569", "0222969570", "203.0.113.9", "192.0.2.7", "198.51.100.1"
TRIES = 20


@pytest.fixture
def guessers() -> Guessers:
    made = Guessers(TRIES, lambda address: address == TRUNK)
    made.learn([(A, OFFICE, NOW - timedelta(days=3))])
    return made


def guess(guessers: Guessers, line: str, source: str, times: int = TRIES, at: datetime = NOW) -> list[object]:
    verdicts = [guessers.wrong_password(line, source, at + n * SECOND) for n in range(times)]
    return [verdict for verdict in verdicts if verdict is not None]


@pytest.mark.parametrize("line", [A, ""], ids=["a line", "lines that do not exist"])
def test_a_strange_address_is_kept_out_of_everything(guessers: Guessers, line: str) -> None:
    assert guess(guessers, line, STRANGE, TRIES - 1) == []
    (verdict,) = guess(guessers, line, STRANGE, 1, NOW + 30 * SECOND)
    assert verdict == KeptOut(STRANGE, None, NOW + 30 * SECOND + FIRST)
    assert (guessers.addresses, guessers.kept_from(A), guessers.count) == ([STRANGE], (), 1)


def test_many_lines_from_one_address_are_one_guesser(guessers: Guessers) -> None:
    for number in range(TRIES):
        guess(guessers, f"02{number:08}", STRANGE, 1)
    assert guessers.addresses == [STRANGE]


def test_a_phone_with_a_wrong_password_that_asks_once_a_minute_is_no_guesser(guessers: Guessers) -> None:
    for minute in range(600):
        assert guess(guessers, A, STRANGE, 1, NOW + timedelta(minutes=minute)) == []


def test_a_line_is_never_kept_out_from_its_owners_address(guessers: Guessers) -> None:
    assert guess(guessers, A, OFFICE, 50 * TRIES) == [OnlyTold(OFFICE, A)] * 50
    assert (guessers.addresses, guessers.kept_from(A)) == ([], ())


def test_from_an_address_of_one_line_nobody_guesses_at_another(guessers: Guessers) -> None:
    (verdict,) = guess(guessers, B, OFFICE)
    assert isinstance(verdict, KeptOut)
    assert (guessers.kept_from(B), guessers.kept_from(A), guessers.addresses) == ((OFFICE,), (), [])


def test_lines_that_do_not_exist_lock_nobodys_address(guessers: Guessers) -> None:
    assert set(guess(guessers, "", OFFICE, 10 * TRIES)) == {OnlyTold(OFFICE, "")}
    assert guessers.addresses == []


def test_a_trunk_is_never_kept_out(guessers: Guessers) -> None:
    guess(guessers, A, TRUNK, 10 * TRIES)
    assert guessers.count == 0


def test_an_address_where_the_right_password_is_shown_becomes_known(guessers: Guessers) -> None:
    assert guessers.right(B, STRANGE, NOW)
    assert not guessers.right(B, STRANGE, NOW + timedelta(hours=1)), "news once a day"
    assert guessers.right(B, STRANGE, NOW + timedelta(days=1))
    assert guess(guessers, B, STRANGE) == [OnlyTold(STRANGE, B)]


def test_each_further_time_lasts_twice_as_long(guessers: Guessers) -> None:
    at, lengths = NOW, []
    for _ in range(10):
        (verdict,) = guess(guessers, A, STRANGE, TRIES, at)
        assert isinstance(verdict, KeptOut)
        lengths.append(verdict.until - (at + (TRIES - 1) * SECOND))
        assert not guessers.let_in(verdict.until - SECOND)
        assert guessers.let_in(verdict.until)
        assert guessers.addresses == []
        at = verdict.until
    assert lengths[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert lengths[-1] == LONGEST
    (again,) = guess(guessers, A, STRANGE, TRIES, at + timedelta(days=2))
    assert isinstance(again, KeptOut)
    assert again.until - again.until.replace(microsecond=0) == timedelta()
    assert again.until == at + timedelta(days=2) + (TRIES - 1) * SECOND + FIRST


def test_who_is_kept_out_already_is_told_once(guessers: Guessers) -> None:
    assert len(guess(guessers, A, STRANGE, 20 * TRIES)) == 1
    assert guessers.wrong == 20 * TRIES


def test_no_flood_of_addresses_fills_the_memory(guessers: Guessers) -> None:
    for number in range(2 * MOST):
        guessers.wrong_password(A, f"2001:db8:{number:x}::/64", NOW)
    assert len(guessers._wrong) <= MOST
    assert WITHIN < FIRST + SECOND


def test_who_is_kept_out_stays_so_over_a_restart_and_is_let_in_at_its_time(guessers: Guessers) -> None:
    (first,) = guess(guessers, A, STRANGE)
    (second,) = guess(guessers, B, OFFICE)
    assert isinstance(first, KeptOut)
    assert isinstance(second, KeptOut)
    again = Guessers(TRIES)
    again.recall(guessers.kept, NOW + 60 * SECOND)
    assert (again.addresses, again.kept_from(B)) == ([STRANGE], (OFFICE,))
    assert again.let_in(max(first.until, second.until))
    assert again.count == 0
    (third,) = guess(again, A, STRANGE, TRIES, first.until)
    assert isinstance(third, KeptOut)
    assert third.until - first.until >= 2 * FIRST, "it is its second time"


def test_a_memory_that_is_over_or_cannot_be_is_none() -> None:
    guessers = Guessers(TRIES)
    over = Kept(STRANGE, None, NOW - FORGOTTEN, 3)
    for_ever = Kept("203.0.113.10", None, NOW + 2 * LONGEST, 3)
    guessers.recall([over, for_ever], NOW)
    assert (guessers.count, guessers.kept) == (0, [])
