"""Devices that say nothing, or say it otherwise than by 180: spec §3, "What devices say"; RFC 3261 §21.1."""

from __future__ import annotations

import pytest

from callcontrol.history import Direction
from tests.fakes.behaviour import SILENT, Behaviour
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

GREETING = "vm-greeting-system"
BUSY = Behaviour(rings=0.1, rejects=486, after=0.5)
FAILS = Behaviour(rings=None, rejects=503, after=0.5)
GIVES_UP = Behaviour(rings=0.1, rejects=480, after=6)
RINGS = Behaviour(rings=0.1)
QUEUED = Behaviour(says=182, rings=0.2)
HAS_SOUND = Behaviour(says=183, rings=0.2)


@pytest.mark.parametrize(
    ("devices", "rule", "at"),
    [
        pytest.param([SILENT], "voicemail.unreachable", 4, id="§3: alone it has failed after 4 s"),
        pytest.param([SILENT, SILENT], "voicemail.unreachable", 4, id="§3: so have two of them"),
        pytest.param([SILENT, BUSY], "voicemail.declined", 4, id="§3: a busy caller is not kept waiting"),
        pytest.param([SILENT, FAILS], "voicemail.unreachable", 4, id="§3: beside one that failed"),
        pytest.param([SILENT, GIVES_UP], "voicemail.no_answer", 6, id="§3: after the last that refused"),
        pytest.param([SILENT, RINGS], "voicemail.no_answer", 60, id="§3: one that rings goes on alone"),
        pytest.param([QUEUED], "voicemail.no_answer", 60, id="RFC 3261 §21.1.4: 182 rings"),
        pytest.param([HAS_SOUND], "voicemail.no_answer", 60, id="RFC 3261 §21.1.5: 183 rings"),
        pytest.param([SILENT, QUEUED], "voicemail.no_answer", 60, id="182 goes on beside a silent one"),
    ],
)
async def test_a_device_that_says_nothing_keeps_nobody_waiting(
    world: World, devices: list[Behaviour], rule: str, at: float
) -> None:
    for does in devices:
        world.line("4003").device(does)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert world.asterisk.time == pytest.approx(at, abs=0.4)
    await call.hangs_up()
    assert world.line("4003").record.rule.rule == rule
    world.nothing_left()


@pytest.mark.parametrize(
    ("says", "then", "rule"),
    [
        pytest.param(
            Behaviour(says=182, rings=0.2, rejects=480, after=3), 3, "voicemail.no_answer", id="182"
        ),
        pytest.param(
            Behaviour(says=183, rings=0.2, rejects=480, after=0.5),
            0.5,
            "voicemail.no_answer",
            id="183",
        ),
        pytest.param(
            Behaviour(says=183, rings=0.2, rejects=408, after=3),
            3,
            "voicemail.no_answer",
            id="183, 408",
        ),
        pytest.param(
            Behaviour(rings=None, rejects=480, after=3), 3, "voicemail.declined", id="no 18x before"
        ),
        pytest.param(
            Behaviour(says=183, rings=0.2, rejects=486, after=3),
            3,
            "voicemail.declined",
            id="183, 486",
        ),
    ],
)
async def test_480_after_any_sign_of_ringing_is_no_answer(
    world: World, says: Behaviour, then: float, rule: str
) -> None:
    world.line("4003").device(says)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    assert world.asterisk.time == pytest.approx(then, abs=0.4)
    await call.hangs_up()
    assert world.line("4003").record.rule.rule == rule
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "at"),
    [
        pytest.param(Behaviour(rings=0.3), 0.3, id="180 at once"),
        pytest.param(Behaviour(says=183, rings=0.3), 0.3, id="183 at once"),
        pytest.param(Behaviour(says=182, rings=0.3), 1, id="182 within a second"),
        pytest.param(Behaviour(rings=3), 1, id="a phone that takes its time"),
        pytest.param(SILENT, 1, id="a phone that says nothing"),
    ],
)
async def test_the_caller_hears_ringing_and_never_nothing(world: World, does: Behaviour, at: float) -> None:
    world.line("4003").device(does)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    assert world.asterisk.time == pytest.approx(at, abs=0.05)
    await call.hangs_up()
    world.nothing_left()


async def test_a_device_that_rings_late_is_a_device_that_rings(world: World) -> None:
    world.line("4003").device(SILENT)
    world.line("4003").device(rings=0.1, rejects=486, after=20)
    late = world.line("4003").device(rings=5, answers=25)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    await call.hangs_up(after=1)
    assert list(call.talked) == [late]
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "asked"),
    [(SILENT, 1), (Behaviour(rings=None, rejects=408), 1), (FAILS, 1), (BUSY, 0), (QUEUED, 0)],
    ids=["silent", "408", "503", "busy", "182"],
)
async def test_whether_a_device_that_failed_is_there_is_asked_at_once(
    world: World, does: Behaviour, asked: int
) -> None:
    world.line("4003").device(does)
    call = world.trunk_call(to="0222969570")
    await call.hears(GREETING)
    await call.hangs_up()
    assert world.asterisk.qualified == ["0222969570"] * asked
    world.nothing_left()


@pytest.mark.parametrize("crosses", [-0.0015, -0.001, -0.0005, 0.0, 0.0005, 0.001, 0.0015, 0.002])
async def test_an_answer_as_the_ring_ends_is_what_the_caller_got(world: World, crosses: float) -> None:
    world.line("4003").sets(no_answer={"voicemail_after": 10})
    world.line("4003").device(rings=0.1, answers=10 + crosses)
    call = world.trunk_call(to="0222969570")
    await call.hangs_up(after=15)
    record = world.line("4003").record
    talked = bool(call.talked)
    assert record.direction is (Direction.RECEIVED if talked else Direction.MISSED)
    assert (record.answered_at is not None) is talked
    assert talked is (GREETING not in call.prompts)
    world.nothing_left()


@pytest.mark.parametrize("crosses", [-0.001, 0.0, 0.001, 0.002])
async def test_an_outside_answer_as_the_forward_ends_is_what_the_caller_got(
    world: World, crosses: float
) -> None:
    world.line("4003").sets(incoming="forward", unconditional={"number": "0660600001"})
    world.outside("0660600001", rings=0.1, answers=60 + crosses)
    call = world.line("4002").dials("4003")
    await call.hangs_up(after=63)
    outcome = {leg.result for leg in world.line("4003").record.legs}
    assert ("answered" in outcome) is bool(call.talked)
    world.nothing_left()
