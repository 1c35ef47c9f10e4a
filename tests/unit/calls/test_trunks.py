"""Which trunks a call tries: what was seen of them decides (issue A4, rows 3 and 20)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.call.refusals import FORGOTTEN_AFTER, Refusals
from callcontrol.call.trunks import TRY_AGAIN_SECONDS, Trunks, TrunkState
from callcontrol.live import Refusal, Registration, trouble
from tests.fakes.clock import MORNING
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import TRUNK, World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"
ONE, TWO = replace(TRUNK, name="one"), replace(TRUNK, name="two")


def names(trunks: Trunks, *, emergency: bool = False) -> list[str]:
    return [trunk.name for trunk in trunks.to_try(emergency=emergency)]


async def test_a_trunk_known_dead_is_skipped_but_is_the_last_hope_of_an_emergency_call() -> None:
    trunks = Trunks((ONE, TWO))
    trunks.qualified("one", False)
    assert names(trunks) == ["two"]
    assert names(trunks, emergency=True) == ["two", "one"]
    trunks.qualified("two", False)
    assert names(trunks) == names(trunks, emergency=True) == ["one", "two"]  # nothing is lost by a try


async def test_a_trunk_of_last_resort_comes_after_all_others_even_dead_ones() -> None:
    trunks = Trunks((replace(TRUNK, name="last", last_resort=True), ONE, TWO))
    assert names(trunks) == ["one", "two", "last"]
    trunks.qualified("one", False)
    assert names(trunks) == ["two", "last"]
    assert names(trunks, emergency=True) == ["two", "one", "last"]
    trunks.qualified("two", False)
    assert names(trunks) == names(trunks, emergency=True) == ["one", "two", "last"]


async def test_what_was_seen_last_counts(log: list[EventDict]) -> None:
    trunks = Trunks((ONE, TWO))
    trunks.qualified("one", False)
    trunks.heard("one")  # it answers calls, if not OPTIONS
    trunks.qualified("one", False)  # no news
    assert trunks.state("one") is TrunkState.ALIVE
    trunks.qualified("one", True)
    trunks.qualified("one", False)
    assert trunks.state("one") is TrunkState.DEAD
    trunks.qualified("one", True)
    assert trunks.state("one") is TrunkState.ALIVE
    events = [(entry["event"], entry["log_level"]) for entry in log]
    assert events == [("trunk.dead", "error"), ("trunk.back", "warning")] * 2


async def test_a_trunk_that_refuses_our_registration_is_gone_round_until_it_registers_us(
    log: list[EventDict],
) -> None:
    account = replace(ONE, register=True, user="u")
    trunks = Trunks((account, TWO))
    assert trunks.now()[0].registration is Registration.TRYING
    trunks.qualified("one", True)
    refused = Refusal(datetime(2026, 11, 22, 9, tzinfo=UTC), 403)
    trunks.registered("one", Registration.REFUSED, refused)
    trunks.registered("one", Registration.REFUSED, None)  # no news
    assert names(trunks) == ["two"]
    trunks.qualified("one", False)
    trunks.qualified("one", True)  # it is there, and takes no call of ours
    assert names(trunks) == ["two"]
    now = trunks.now()[0]
    assert (now.state, now.registration, now.last_refusal) == ("dead", Registration.REFUSED, refused)
    assert (
        trouble(now) == "trunk one: not registered, the operator refuses (403); it is tried again and again"
    )
    trunks.registered("one", Registration.REGISTERED)
    assert names(trunks) == ["one", "two"]
    assert (trouble(trunks.now()[0]), trunks.now()[0].last_refusal) == (None, refused)
    events = [(entry["event"], entry["log_level"]) for entry in log]
    assert events == [
        ("trunk.registration_refused", "error"),
        ("trunk.dead", "error"),
        ("trunk.registered", "warning"),
        ("trunk.back", "warning"),
    ]


async def test_a_trunk_without_an_address_is_told_in_words_once(log: list[EventDict]) -> None:
    trunks = Trunks((ONE,))
    for missing in ((), ("sip.example.net",), ("sip.example.net",), ()):
        trunks.named_nowhere("one", missing)
        assert (trouble(trunks.now()[0]) is not None) is bool(missing)
    assert [entry["event"] for entry in log] == ["trunk.name_without_address", "trunk.name_has_address"]


async def test_a_certificate_that_is_not_accepted_is_told_in_words_once(log: list[EventDict]) -> None:
    trunks = Trunks((ONE,))
    for why in (None, "it has expired", "it has expired", None):
        trunks.certificate("one", why)
        told = f"trunk one: its certificate is not accepted: {why}"
        assert trouble(trunks.now()[0]) == (told if why else None)
    assert [entry["event"] for entry in log] == ["trunk.certificate_refused", "trunk.certificate_accepted"]


async def test_a_trunk_that_left_a_call_without_a_word_is_tried_again_later(log: list[EventDict]) -> None:
    trunks = Trunks((ONE, TWO))
    trunks.qualified("one", True)
    trunks.silent("one")
    assert names(trunks) == ["two"]
    await asyncio.sleep(TRY_AGAIN_SECONDS)
    assert names(trunks) == ["one", "two"]


async def test_a_refused_foreign_number_is_remembered_for_that_trunk_alone() -> None:
    trunks = Trunks((ONE, TWO))
    trunks.refused_foreign("one")
    assert [trunks.shows_foreign(trunk) for trunk in (ONE, TWO)] == [False, True]
    assert not Trunks((replace(ONE, foreign_caller_id=False),)).shows_foreign(
        replace(ONE, foreign_caller_id=False)
    )


async def test_a_refusal_is_remembered_over_a_restart_for_a_month(tmp_path: Path) -> None:
    file, now = tmp_path / "refusals.json", MORNING
    Trunks((ONE, TWO), refusals=Refusals(file, lambda: now)).refused_foreign("one")
    again = Trunks((ONE, TWO), refusals=Refusals(file, lambda: now))
    assert [again.shows_foreign(trunk) for trunk in (ONE, TWO)] == [False, True]
    now += FORGOTTEN_AFTER
    assert again.shows_foreign(ONE)
    assert Trunks((ONE, TWO), refusals=Refusals(file, lambda: now)).shows_foreign(ONE)
    now = MORNING - timedelta(days=1)  # the clock was wrong
    assert again.shows_foreign(ONE)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"one": 5}', '{"one": "yesterday"}', '{"one": "2026-11-18T09:00:00"}', "\x00"]
)
async def test_a_damaged_memory_of_refusals_is_none(tmp_path: Path, text: str, log: list[EventDict]) -> None:
    file = tmp_path / "refusals.json"
    file.write_text(text)
    trunks = Trunks((ONE, TWO), refusals=Refusals(file, lambda: MORNING))
    assert trunks.shows_foreign(ONE)
    trunks.refused_foreign("one")
    assert not Trunks((ONE, TWO), refusals=Refusals(file, lambda: MORNING)).shows_foreign(ONE)


async def test_a_memory_that_cannot_be_written_costs_no_call(tmp_path: Path, log: list[EventDict]) -> None:
    trunks = Trunks((ONE, TWO), refusals=Refusals(tmp_path / "nowhere" / "refusals.json", lambda: MORNING))
    trunks.refused_foreign("one")
    assert not trunks.shows_foreign(ONE)


@pytest.fixture
def two(tmp_path: Path, log: list[EventDict]) -> World:
    return World(tmp_path, trunks=(ONE, TWO))


@pytest.mark.parametrize(("dialled", "at"), [(MOBILE, 2.0), ("112", 1.0)])
async def test_a_trunk_without_a_word_costs_two_seconds_once_and_an_emergency_call_one(
    two: World, dialled: str, at: float
) -> None:
    two.outside(f"{dialled}@one", rings=None)
    two.outside(f"{dialled}@two", rings=0.1, answers=0.2)
    call = two.line("4002").dials(dialled)
    await call.talks()
    assert two.asterisk.time == pytest.approx(at + 0.2, abs=0.1)
    await call.hangs_up(after=1)
    again = two.line("4002").dials(MOBILE)
    two.outside(f"{MOBILE}@two", rings=0.1, answers=0.2)
    await again.talks()
    assert [leg.endpoint.split("/")[1] for leg in two.legs_outside(MOBILE)][-1] == "two"
    assert two.process.services.trunks.state("one") is TrunkState.DEAD
    await again.hangs_up()
    two.nothing_left()


async def test_a_trunk_that_said_trying_is_waited_for(two: World) -> None:
    two.outside(f"{MOBILE}@one", rings=9, answers=10)
    call = two.line("4002").dials(MOBILE)
    await call.talks()
    assert [leg.endpoint.split("/")[1] for leg in two.legs_outside(MOBILE)] == ["one"]
    await call.hangs_up()
    two.nothing_left()


@pytest.mark.parametrize("status", [404, 486, 480, 603, 503])
async def test_an_emergency_call_tries_every_trunk_whatever_the_first_says(two: World, status: int) -> None:
    two.outside("112@one", rejects=status)
    two.outside("112@two", answers=1)
    call = two.line("4002").dials("112")
    await call.talks()
    await call.hangs_up()
    two.nothing_left()


@pytest.mark.parametrize("says", [182, 183])
@pytest.mark.parametrize("status", [480, 408])
async def test_182_and_183_are_ringing_for_the_outcome(two: World, says: int, status: int) -> None:
    two.outside(f"{MOBILE}@one", rings=0.5, says=says, rejects=status, after=5)
    call = two.line("4002").dials(MOBILE)
    await call.ends()
    assert (call.prompts, call.sip_status) == (["no-answer"], 480)
    assert len(two.legs_outside(MOBILE)) == 1
    assert [leg.result for leg in two.line("4002").record.legs] == ["no_answer"]
    two.nothing_left()


async def test_182_lets_the_caller_hear_ringing(two: World) -> None:
    two.outside(f"{MOBILE}@one", rings=0.5, says=182, answers=30)
    call = two.line("4002").dials(MOBILE)
    await call.hears_ringing()
    assert two.asterisk.time < 2
    await call.hangs_up()
    two.nothing_left()


@pytest.mark.parametrize("status", [403, 606])
async def test_a_foreign_number_that_is_refused_is_followed_by_our_own_on_that_trunk(
    two: World, status: int
) -> None:
    two.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    two.outside(f"{MOBILE}@one", rings=None, rejects=status, after=0.1)
    call = two.trunk_call(to="0222969570", speaks=5)
    await call.ends()
    shown = [leg.variables["CONNECTEDLINE(num,i)"] for leg in two.legs_outside(MOBILE)]
    assert shown == ["0145678901", "0222969570"]  # and 403 to our own number is final
    assert two.process.services.trunks.shows_foreign(ONE)  # it was not the number
    two.outside(f"{MOBILE}@one", rings=0.1, answers=1)
    two.nothing_left()


async def test_our_own_number_is_never_sent_twice(two: World) -> None:
    two.outside(f"{MOBILE}@one", rings=None, rejects=403, after=0.1)
    call = two.line("4002").dials(MOBILE)
    await call.ends()
    assert len(two.legs_outside(MOBILE)) == 1
    assert (call.prompts, call.sip_status) == (["call-refused"], 603)
    two.nothing_left()
