"""Calls from our phones: colleagues, the world outside, emergency numbers, and why a call is not made (spec §2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.typing import EventDict

from callcontrol.alarm import AlarmKind
from callcontrol.facts import Barring
from callcontrol.history import Direction
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, TRUNK, World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"
EVERYTHING_BARRED = {"barring": {barring.value: True for barring in Barring}}


async def test_a_number_outside_rings_answers_and_talks(world: World) -> None:
    world.outside(MOBILE, rings=1, answers=6)
    call = world.line("4002").dials("06 12 34 56 78".replace(" ", ""))
    await call.hears_ringing()
    assert call.channel.answered_at is None
    await call.talks()
    (leg,) = world.legs_outside(MOBILE)
    assert leg.variables["CONNECTEDLINE(num,i)"] == "0222969569"
    await call.hangs_up(after=30)
    assert call.talked == {MOBILE: pytest.approx(30, abs=0.01)}
    record = world.line("4002").record
    assert (record.direction, record.peer.number) == (Direction.OUTGOING, "+33612345678")
    assert record.duration == pytest.approx(30, abs=0.01)
    world.nothing_left()


async def test_the_caller_hears_the_networks_own_ringing(world: World) -> None:
    world.outside(MOBILE, rings=None, answers=20)
    call = world.line("4002").dials(MOBILE)
    await world.asterisk.until(lambda: call.channel.bridge is not None, within=1)
    (leg,) = world.legs_outside(MOBILE)
    assert leg.bridge == call.channel.bridge
    await call.hangs_up(after=3)
    assert world.line("4002").record.answered_at is None
    world.nothing_left()


async def test_when_the_number_outside_hangs_up_the_phone_is_let_go(world: World) -> None:
    world.outside(MOBILE, answers=2, leaves=4)
    call = world.line("4002").dials(MOBILE)
    await call.ends()
    assert call.talked == {MOBILE: pytest.approx(4, abs=0.01)}
    assert call.prompts == []
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "prompt", "status"),
    [
        pytest.param({"rejects": 486}, "line-busy", 486, id="busy"),
        pytest.param({"rejects": 603}, "call-refused", 603, id="declined"),
        pytest.param({"rejects": 480, "after": 30}, "no-answer", 480, id="480 after it rang"),
        pytest.param({"rings": 1}, "no-answer", 480, id="rings for three minutes"),
        pytest.param({"rings": None, "rejects": 404}, "number-unknown", 404, id="unknown there"),
        pytest.param({"rings": None, "rejects": 503}, "network-failure", 503, id="no circuit"),
        pytest.param({"gone": True}, "network-failure", 503, id="the trunk is gone"),
    ],
)
async def test_a_call_outside_that_fails_says_why(
    world: World, does: dict[str, Any], prompt: str, status: int
) -> None:
    world.outside(MOBILE, **does)
    call = world.line("4002").dials(MOBILE)
    await call.ends()
    assert (call.prompts, call.sip_status) == ([prompt], status)
    assert world.line("4002").record.direction is Direction.OUTGOING
    world.nothing_left()


@pytest.mark.parametrize(
    ("dialled", "prompt", "status"),
    [
        pytest.param("4999", "number-unknown", 404, id="an extension that nobody has"),
        pytest.param("01", "number-unknown", 404, id="half a number"),
        pytest.param("*999", "code-unknown", 404, id="an unknown code"),
    ],
)
async def test_what_cannot_be_called_is_told(world: World, dialled: str, prompt: str, status: int) -> None:
    call = world.line("4002").dials(dialled)
    await call.ends()
    assert (call.prompts, call.sip_status) == ([prompt], status)
    world.nothing_left()


async def test_a_barred_call_hears_why_and_goes_nowhere(world: World) -> None:
    world.line("4002").sets_document("call-settings", {"barring": {"premium": True}})
    world.outside("0899123456", answers=1)
    call = world.line("4002").dials("0899123456")
    await call.ends()
    assert (call.prompts, call.sip_status) == (["barred-premium"], 403)
    assert world.legs_outside("0899123456") == []
    assert world.line("4002").record.rule.rule == "barred.premium"
    world.nothing_left()


async def test_an_emergency_call_goes_out_with_everything_barred_and_full(world: World) -> None:
    world.directory.put_company(replace(COMPANY, max_calls=0, barring=frozenset(Barring)))
    world.change_line("4002", max_calls=0)
    world.line("4002").sets_document("call-settings", EVERYTHING_BARRED | {"hide_number": True})
    world.outside("112", answers=2)
    call = world.line("4002").dials("112")
    await call.talks()
    (leg,) = world.legs_outside("112")
    assert leg.variables["CONNECTEDLINE(num,i)"] == "0222969501"  # the site's number
    assert leg.variables["CONNECTEDLINE(num-pres,i)"] == "allowed"
    occupancy = world.process.occupancy  # it counts against no limit
    assert (occupancy.calls_of("0222969569"), occupancy.outside_calls_of(COMPANY.id)) == (0, 0)
    await call.hangs_up(after=60)
    world.nothing_left()


@pytest.mark.parametrize("way", ["setting", "code", "phone"])
async def test_a_hidden_number_stays_inside_an_untrusted_trunks_leg(
    tmp_path: Path, log: list[EventDict], way: str
) -> None:
    world = World(tmp_path, trunks=(replace(TRUNK, trusted=False),))
    world.outside(MOBILE, answers=1)
    line = world.line("4002")
    if way == "setting":
        line.sets_document("call-settings", {"hide_number": True})
    details: dict[str, Any] = {"privacy": "id"} if way == "phone" else {}
    call = line.dials(f"*67{MOBILE}" if way == "code" else MOBILE, **details)
    await call.talks()
    (leg,) = world.legs_outside(MOBILE)
    assert "222969569" not in str(leg.variables)
    assert leg.variables["CONNECTEDLINE(num-pres,i)"] == "prohib"
    await call.hangs_up()
    world.nothing_left()


async def test_a_hidden_number_is_given_to_a_trusted_trunk_alone(world: World) -> None:
    world.outside(MOBILE, answers=1)
    call = world.line("4002").dials(f"*67{MOBILE}")
    await call.talks()
    (leg,) = world.legs_outside(MOBILE)
    assert leg.variables["CONNECTEDLINE(num,i)"] == "0222969569"
    assert leg.variables["CONNECTEDLINE(num-pres,i)"] == "prohib"
    await call.hangs_up()
    world.nothing_left()


async def test_a_hidden_colleague_is_anonymous_to_the_line_called(world: World) -> None:
    world.line("4003").device(answers=1)
    call = world.line("4002").dials("*674003")
    await call.talks()
    (leg,) = world.line("4003").legs
    assert "222969569" not in str(leg.variables)
    assert "Camille" not in str(leg.variables)
    await call.hangs_up()
    assert world.line("4003").record.peer.number is None
    world.nothing_left()


async def test_a_hidden_colleague_leaves_an_anonymous_message(world: World) -> None:
    call = world.line("4002").dials("*674003", speaks=5)
    await call.ends()
    assert world.line("4003").messages[0].sender.number is None
    assert world.line("4003").messages[0].sender.name is None
    world.nothing_left()


TWO_TRUNKS = (replace(TRUNK, name="first"), replace(TRUNK, name="second"))


async def test_when_the_first_trunk_fails_the_second_is_tried(tmp_path: Path, log: list[EventDict]) -> None:
    world = World(tmp_path, trunks=TWO_TRUNKS)
    world.outside(f"{MOBILE}@first", rings=None, rejects=503)
    world.outside(f"{MOBILE}@second", answers=2)
    call = world.line("4002").dials(MOBILE)
    await call.talks()
    assert [leg.endpoint.split("/")[1] for leg in world.legs_outside(MOBILE)] == ["first", "second"]
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await call.hangs_up(after=3)
    assert [leg.result for leg in world.line("4002").record.legs] == ["network_failure", "answered"]
    world.nothing_left()


async def test_a_number_that_is_busy_is_not_tried_through_another_trunk(
    tmp_path: Path, log: list[EventDict]
) -> None:
    world = World(tmp_path, trunks=TWO_TRUNKS)
    world.outside(MOBILE, rejects=486)
    call = world.line("4002").dials(MOBILE)
    await call.ends()
    assert len(world.legs_outside(MOBILE)) == 1
    assert call.prompts == ["line-busy"]
    world.nothing_left()


async def test_without_a_trunk_a_call_outside_says_so(tmp_path: Path, log: list[EventDict]) -> None:
    world = World(tmp_path, trunks=())
    call = world.line("4002").dials(MOBILE)
    await call.ends()
    assert call.prompts == ["network-failure"]
    world.nothing_left()


@pytest.mark.parametrize("after", [0.0005, 0.001, 0.002, 0.003, 0.0045, 0.01, 1, 3, 7])
async def test_a_phone_that_hangs_up_before_the_answer_leaves_nothing(world: World, after: float) -> None:
    world.outside(MOBILE, rings=2, answers=6.99)
    call = world.line("4002").dials(MOBILE)
    await call.hangs_up(after=after)
    world.nothing_left()


async def test_a_flood_of_emergency_calls_waits_its_turn_hears_so_and_raises_an_alarm(
    world: World, log: list[EventDict]
) -> None:
    world.outside("112", answers=1)
    talking = [world.line("4002").dials("112") for _ in range(5)]
    for call in talking:
        await call.talks()
    waiting = [world.line("4002").dials("15"), world.line("4002").dials("112")]
    world.outside("15", answers=1)
    colleague = world.line("4003").dials("112")
    await colleague.talks()  # another line's flood is no affair of this one
    await talking[0].hangs_up(after=20)
    assert world.process.occupancy.emergency_floods == 2
    flood = (AlarmKind.EMERGENCY_FLOOD, world.line("4002").number)
    assert [(alarm.kind, alarm.line) for alarm in world.process.alarms.rung] == [flood, flood]
    await waiting[0].talks()
    assert set(waiting[0].prompts) == {"emergency-connecting"}
    assert waiting[1].channel.answered_at is None
    await talking[1].hangs_up(after=1)
    await waiting[1].talks()
    for call in (*talking[2:], *waiting, colleague):
        await call.hangs_up()
    world.nothing_left()


async def test_who_leaves_the_queue_of_emergency_calls_holds_nobody_up(world: World) -> None:
    world.outside("112", answers=1)
    talking = [world.line("4002").dials("112") for _ in range(5)]
    for call in talking:
        await call.talks()
    first, second = world.line("4002").dials("112"), world.line("4002").dials("112")
    await first.hangs_up(after=3)
    await talking[0].hangs_up(after=1)
    await second.talks()
    for call in (*talking[1:], second):
        await call.hangs_up()
    world.nothing_left()
