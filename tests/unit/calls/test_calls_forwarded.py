"""Forwards inside and outside, and what becomes of those that fail (spec §3, forwarded calls)."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.history import Direction
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"


def forwards(world: World, line: str, to: str) -> None:
    world.line(line).sets(incoming="forward", unconditional={"number": to})


async def test_a_forward_inside_rings_the_other_line_with_a_diversion(world: World) -> None:
    forwards(world, "4003", "4004")
    phone = world.line("4004").device(answers=2)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    assert (world.line("4003").calls, world.line("4004").calls) == (0, 1)
    (leg,) = world.line("4004").legs
    assert "0222969570" in leg.variables["PJSIP_HEADER(add,Diversion)"]
    assert "reason=unconditional" in leg.variables["PJSIP_HEADER(add,Diversion)"]
    await call.hangs_up(after=3)
    assert list(call.talked) == [phone]
    assert world.line("4003").record.direction is Direction.MISSED
    assert world.line("4003").record.rule.rule == "forward.unconditional"
    assert world.line("4004").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_voicemail_of_a_forwarded_call_is_the_first_lines(world: World) -> None:
    forwards(world, "4003", "4004")
    world.line("4004").sets(no_answer={"voicemail_after": 12})
    world.line("4004").device()
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.ends()
    assert (len(world.line("4003").messages), len(world.line("4004").messages)) == (1, 0)
    world.nothing_left()


async def test_the_targets_own_rules_apply(world: World) -> None:
    forwards(world, "4003", "4004")
    world.line("4004").sets(reject_anonymous=True)
    call = world.trunk_call(to="0222969570", privacy="id")
    await call.ends()
    assert call.prompts == ["anonymous-refused"]
    assert world.line("4004").record.direction is Direction.REJECTED
    world.nothing_left()


@pytest.mark.parametrize("chain", [["4002", "4003"], ["4002", "4003", "4004"]], ids=["A B A", "A B C A"])
async def test_a_circle_of_forwards_ends_in_the_first_lines_mailbox(world: World, chain: list[str]) -> None:
    for line, target in zip(chain, [*chain[1:], chain[0]], strict=True):
        forwards(world, line, target)
    call = world.trunk_call(to="0222969569", speaks=5)
    await call.ends()
    assert len(world.line("4002").messages) == 1
    assert [len(world.line(line).records) for line in chain] == [1] * len(chain)
    world.nothing_left()


async def test_a_call_forwarded_five_times_before_goes_no_further(world: World) -> None:
    forwards(world, "4003", "4004")
    world.line("4004").device(answers=1)
    diversion = "\n".join(f"<sip:+3314567800{n}@op.invalid>;reason=unconditional" for n in range(5))
    call = world.trunk_call(to="0222969570", diversion=diversion, speaks=5)
    await call.ends()
    assert len(world.line("4003").messages) == 1
    assert world.line("4004").legs == []
    world.nothing_left()


async def test_no_answer_forwards_after_its_delay(world: World) -> None:
    rule = {"forward_enabled": True, "number": "4004", "forward_after": 6}
    world.line("4003").sets(no_answer=rule)
    world.line("4003").device()
    world.line("4004").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    assert world.asterisk.time == pytest.approx(7, abs=0.4)
    await call.hangs_up()
    world.nothing_left()


async def test_a_forward_outside_keeps_the_callers_number_and_tells_who_forwarded(world: World) -> None:
    forwards(world, "4003", MOBILE)
    world.outside(MOBILE, rings=1, answers=4)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    (leg,) = world.legs_outside(MOBILE)
    assert leg.variables["CONNECTEDLINE(num,i)"] == "0145678901"
    assert "0222969570" in leg.variables["PJSIP_HEADER(add,Diversion)"]
    occupancy = world.process.occupancy
    assert (world.line("4003").calls, occupancy.outside_calls_of("demo")) == (0, 2)
    await call.hangs_up(after=5)
    assert call.talked == {MOBILE: pytest.approx(5, abs=0.01)}
    assert world.line("4003").record.direction is Direction.MISSED
    world.nothing_left()


async def test_when_the_number_outside_hangs_up_the_caller_is_let_go(world: World) -> None:
    forwards(world, "4003", MOBILE)
    world.outside(MOBILE, answers=2, leaves=6)
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert call.talked == {MOBILE: pytest.approx(6, abs=0.01)}
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "rule", "at"),
    [
        pytest.param({"rejects": 486}, "voicemail.forward_busy", 0.5, id="busy"),
        pytest.param({"rejects": 603}, "voicemail.forward_refused", 0.5, id="declined"),
        pytest.param({"rings": 1}, "voicemail.forward_no_answer", 60, id="unanswered for a minute"),
        pytest.param(
            {"rejects": 480, "after": 20}, "voicemail.forward_no_answer", 20, id="480 after it rang"
        ),
        pytest.param({"rings": None, "rejects": 404}, "voicemail.forward_unknown", 0.5, id="unknown there"),
        pytest.param({"rings": None, "rejects": 503}, "voicemail.forward_failed", 0.5, id="no circuit"),
        pytest.param({"gone": True}, "voicemail.forward_failed", 0, id="no trunk"),
    ],
)
async def test_a_forward_outside_that_fails_falls_back_to_the_first_lines_mailbox(
    world: World, does: dict[str, Any], rule: str, at: float
) -> None:
    forwards(world, "4003", MOBILE)
    world.outside(MOBILE, **does)
    call = world.trunk_call(to="0222969570")
    await call.hears("vm-greeting-system")
    assert world.asterisk.time == pytest.approx(at, abs=0.4)
    assert world.process.occupancy.outside_calls_of("demo") == 1  # only the caller's own leg
    await call.is_recorded()
    await call.hangs_up(after=6)
    assert len(world.line("4003").messages) == 1
    assert world.line("4003").record.rule.rule == rule
    world.nothing_left()


async def test_a_barred_forward_goes_to_voicemail_and_calls_nobody(world: World) -> None:
    forwards(world, "4003", "0899123456")
    world.line("4003").sets_document("call-settings", {"barring": {"premium": True}})
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.ends()
    assert world.legs_outside("0899123456") == []
    assert world.line("4003").record.rule.rule == "voicemail.forward_barred"
    world.nothing_left()


async def test_a_302_of_a_phone_is_a_forward_like_any_other(world: World) -> None:
    world.line("4003").device(redirects=MOBILE, after=1)
    world.line("4003").device()
    world.outside(MOBILE, answers=2)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    assert [leg.alive for leg in world.line("4003").legs] == [False, False]
    (leg,) = world.legs_outside(MOBILE)
    assert "reason=deflection" in leg.variables["PJSIP_HEADER(add,Diversion)"]
    await call.hangs_up()
    world.nothing_left()


async def test_a_302_obeys_barring_and_the_loop_guard(world: World) -> None:
    world.line("4003").device(redirects="0899123456", after=1)
    world.line("4003").sets_document("call-settings", {"barring": {"premium": True}})
    world.line("4004").device(redirects="4004", after=1)
    barred = world.trunk_call(to="0222969570", speaks=5)
    circle = world.trunk_call(to="0222969571", speaks=5)
    await barred.ends()
    await circle.ends()
    assert world.line("4003").record.rule.rule == "voicemail.forward_barred"
    assert world.line("4004").record.rule.rule == "voicemail.forward_loop"
    world.nothing_left()


async def test_a_302_to_a_colleague_rings_there(world: World) -> None:
    world.line("4003").device(redirects="4004", after=1)
    phone = world.line("4004").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    await call.hangs_up(after=1)
    assert list(call.talked) == [phone]
    world.nothing_left()


async def test_a_caller_that_leaves_while_the_forward_rings_leaves_nothing(world: World) -> None:
    forwards(world, "4003", MOBILE)
    world.outside(MOBILE, rings=1)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    await call.hangs_up(after=5)
    assert world.line("4003").messages == []
    world.nothing_left()
