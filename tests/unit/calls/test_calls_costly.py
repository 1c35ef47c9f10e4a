"""What a line may call of what costs, in a day (spec §2.3, docs/security.md): counted, refused, cut off, told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.alarm import AlarmKind
from callcontrol.call.toll import OutsideCall, Toll
from callcontrol.config.model import LimitsConfig
from callcontrol.facts import Barring
from callcontrol.history import Direction
from tests.fakes.clock import MORNING
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, World

pytestmark = VIRTUAL_TIME

ABROAD, PREMIUM, MOBILE = "+441632960000", "0899123456", "0612345678"
FEW = LimitsConfig(costly_calls_per_day=3, costly_minutes_per_day=10)


@pytest.fixture
def strict(tmp_path: Path, log: list[EventDict]) -> World:
    return World(tmp_path, limits=FEW)


async def talks_for(world: World, line: str, number: str, seconds: float) -> None:
    call = world.line(line).dials(number)
    await call.talks()
    await call.hangs_up(after=seconds)
    await world.settles()


def outside(world: World) -> None:
    for number in (ABROAD, PREMIUM, MOBILE, "112"):
        world.outside(number, answers=1)


def spelt_legs(world: World) -> int:
    return sum(
        "operator" in channel.endpoint and not channel.inbound for channel in world.asterisk.every_channel()
    )


async def test_after_its_daily_calls_a_line_hears_why_and_goes_nowhere(strict: World) -> None:
    outside(strict)
    for number in (ABROAD, PREMIUM, ABROAD):
        await talks_for(strict, "4002", number, 5)
    before = spelt_legs(strict)
    for number in (ABROAD, PREMIUM, "550"):
        strict.directory.put_short_code("demo", "550", ABROAD)
        call = strict.line("4002").dials(number)
        await call.ends()
        assert (call.prompts, call.sip_status) == (["daily-limit-reached"], 403)
    assert spelt_legs(strict) == before
    await strict.settles()
    record = strict.line("4002").records[-1]
    assert (record.direction, record.rule.rule) == (Direction.OUTGOING, "outgoing.costly_spent")
    assert dict(record.rule.params)["calls"] == "3"
    assert {alarm.kind for alarm in strict.process.alarms.rung} == {AlarmKind.COSTLY_LIMIT}
    for number in (MOBILE, "112"):  # what costs little, and rescuers, whatever was called before
        await talks_for(strict, "4002", number, 5)
    await talks_for(strict, "4003", ABROAD, 5)  # a colleague's day is the colleague's
    strict.nothing_left()


async def test_five_calls_at_once_do_not_overtake_the_limit(strict: World) -> None:
    strict.outside(ABROAD, answers=3)
    calls = [strict.line("4002").dials(ABROAD) for _ in range(5)]
    await strict.asterisk.until(lambda: sum(bool(call.prompts) for call in calls) == 2, within=5)
    assert len(strict.legs_outside(ABROAD)) == 3
    for call in calls:
        await call.hangs_up()
    strict.nothing_left()


async def test_a_talk_that_uses_the_last_minute_is_ended_with_words(strict: World) -> None:
    outside(strict)
    call = strict.line("4002").dials(ABROAD)
    await call.talks()
    await call.ends()
    assert call.talked == {ABROAD: pytest.approx(600, abs=6)}
    assert call.prompts == ["daily-limit-reached"]
    assert [alarm.kind for alarm in strict.process.alarms.rung] == [AlarmKind.COSTLY_LIMIT]
    refused = strict.line("4002").dials(PREMIUM)
    await refused.ends()
    assert refused.prompts == ["daily-limit-reached"]
    await strict.settles()
    strict.nothing_left()


async def test_a_forward_abroad_counts_for_the_line_and_ends_in_its_mailbox(strict: World) -> None:
    outside(strict)
    strict.line("4003").sets(incoming="forward", unconditional={"number": ABROAD})
    for _ in range(3):
        call = strict.trunk_call(to="0222969570")
        await call.talks()
        await call.hangs_up(after=5)
    refused = strict.trunk_call(to="0222969570", speaks=5)
    await refused.is_recorded()
    await refused.ends()
    await strict.settles()
    assert strict.line("4003").records[-1].rule.rule == "voicemail.costly_spent"
    assert len(strict.legs_outside(ABROAD)) == 3
    own = strict.line("4003").dials(ABROAD)
    await own.ends()
    assert own.prompts == ["daily-limit-reached"]
    await strict.settles()
    strict.nothing_left()


async def test_a_forwarded_talk_ends_with_the_last_minute_too(strict: World) -> None:
    outside(strict)
    strict.line("4003").sets(incoming="forward", unconditional={"number": ABROAD})
    call = strict.trunk_call(to="0222969570")
    await call.talks()
    await call.ends()
    assert call.talked == {ABROAD: pytest.approx(600, abs=6)}
    await strict.settles()
    strict.nothing_left()


async def test_a_company_file_gives_its_lines_limits_of_their_own(strict: World) -> None:
    outside(strict)
    strict.directory.put_company(replace(COMPANY, max_costly_calls=0))
    call = strict.line("4002").dials(ABROAD)
    await call.ends()
    assert call.prompts == ["daily-limit-reached"]
    strict.directory.put_company(replace(COMPANY, max_costly_calls=50))
    for _ in range(5):
        await talks_for(strict, "4002", ABROAD, 5)
    strict.nothing_left()


async def test_barring_is_told_before_the_limit(strict: World) -> None:
    strict.directory.put_company(
        replace(COMPANY, max_costly_calls=0, barring=frozenset({Barring.INTERNATIONAL}))
    )
    call = strict.line("4002").dials(ABROAD)
    await call.ends()
    assert call.prompts == ["barred-international"]
    assert strict.process.alarms.rung == []


async def test_a_call_that_outlives_the_app_still_counts(strict: World) -> None:
    outside(strict)
    call = strict.line("4002").dials(ABROAD)
    await call.talks()
    await strict.crashes()
    assert strict.process.services.costly_today(strict.line("4002").line).calls == 1
    await call.ends()
    assert call.talked == {ABROAD: pytest.approx(600, abs=8)}
    await strict.settles()
    strict.nothing_left()


def made(n: int, at: datetime, seconds: float, line: str = "0222969569") -> OutsideCall:
    return OutsideCall(f"c{n}", line, "demo", "+441632960000", at, at, at + timedelta(seconds=seconds))


async def test_a_day_begins_at_midnight_where_the_company_is() -> None:
    toll = Toll(FEW)
    now = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    toll.learn([made(1, now - timedelta(hours=1), 45 * 60), made(2, now - timedelta(minutes=10), 60)])
    today = toll.today("0222969569", COMPANY, now)
    assert (today.calls, round(today.minutes)) == (1, 16), "of a talk over midnight, what lies after it"
    utc = toll.today("0222969569", replace(COMPANY, timezone="UTC"), now)
    assert (utc.calls, round(utc.minutes)) == (2, 46)


async def test_what_is_learnt_twice_counts_once() -> None:
    toll = Toll(FEW)
    for _ in range(3):
        toll.learn([made(1, MORNING, 60)])
    assert toll.today("0222969569", COMPANY, MORNING + timedelta(minutes=5)).calls == 1
    assert toll.since("0222969569", MORNING - timedelta(hours=1)) == 1
