"""Refusals: each is told in words and by the SIP status, never by silence, and no phone rings (spec §3)."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.history import Direction
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

LISTED = {"enabled": True, "callers": {"numbers": ["01 45 67 89 01"]}}


async def test_a_caller_on_the_reject_list_is_refused_without_an_answer(world: World) -> None:
    world.line("4003").sets(selective_reject=LISTED)
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert (call.prompts, call.sip_status) == (["caller-refused"], 603)
    assert call.channel.answered_at is None
    assert world.line("4003").legs == []
    assert world.line("4003").record.direction is Direction.REJECTED
    assert world.line("4003").messages == []
    world.nothing_left()


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        pytest.param(
            {"privacy": "id", "pai": "<sip:+33145678901@op.invalid>"}, True, id="PAI and Privacy: id"
        ),
        pytest.param(
            {"sender": '"Anonymous" <sip:anonymous@anonymous.invalid>'}, True, id="anonymous.invalid"
        ),
        pytest.param({"privacy": "id"}, True, id="Privacy without PAI"),
        pytest.param({"sender": "<sip:operator.invalid>"}, False, id="no user: unavailable, not anonymous"),
        pytest.param({"sender": "<sip:unavailable@unknown.invalid>"}, False, id="unavailable"),
        pytest.param({"privacy": "none", "pai": "<sip:+33145678901@op.invalid>"}, False, id="Privacy: none"),
        pytest.param({}, False, id="a number"),
    ],
)
async def test_only_anonymous_callers_are_refused_as_such(
    world: World, headers: dict[str, Any], refused: bool
) -> None:
    world.line("4003").sets(reject_anonymous=True)
    world.line("4003").device(answers=1, leaves=1)
    call = world.trunk_call(to="0222969570", **headers)
    await call.ends()
    assert (call.prompts == ["anonymous-refused"]) is refused
    assert bool(call.talked) is not refused
    world.nothing_left()


async def test_the_reject_list_wins_over_an_unconditional_forward(world: World) -> None:
    world.line("4003").sets(
        selective_reject=LISTED, incoming="forward", unconditional={"number": "0612345678"}
    )
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert call.prompts == ["caller-refused"]
    world.nothing_left()


async def test_a_busy_line_without_forward_and_voicemail_says_so(world: World) -> None:
    world.line("4003").sets(busy={"voicemail_enabled": False})
    world.line("4003").device(rejects=486)
    call = world.trunk_call(to="0222969570")
    await call.ends()
    assert (call.prompts, call.sip_status) == (["line-busy"], 486)
    assert world.line("4003").record.direction is Direction.MISSED
    world.nothing_left()


async def test_with_voicemail_and_forward_off_it_rings_for_three_minutes_then_says_so(world: World) -> None:
    world.line("4003").sets(no_answer={"voicemail_enabled": False})
    world.line("4003").device()
    call = world.trunk_call(to="0222969570")
    ended = await call.ends()
    assert (call.prompts, call.sip_status) == (["no-answer"], 480)
    assert ended == pytest.approx(182, abs=0.2)
    world.nothing_left()


@pytest.mark.parametrize(
    ("settings", "rings"),
    [
        pytest.param({}, False, id="everybody goes to voicemail"),
        pytest.param({"priority_enabled": True, "priority": LISTED["callers"]}, True, id="a priority caller"),
        pytest.param({"priority": LISTED["callers"]}, False, id="the option is off"),
    ],
)
async def test_do_not_disturb(world: World, settings: dict[str, Any], rings: bool) -> None:
    world.line("4003").sets(dnd={"enabled": True, **settings})
    world.line("4003").device(answers=1, leaves=1)
    call = world.trunk_call(to="0222969570", speaks=4)
    await call.ends()
    assert bool(world.line("4003").legs) is rings
    assert bool(world.line("4003").messages) is not rings
    world.nothing_left()


async def test_a_caller_on_its_list_rings_distinctively(world: World) -> None:
    world.line("4003").sets(distinctive_ring=LISTED)
    world.line("4003").device(answers=1, leaves=1)
    special, other = world.trunk_call("0222969570"), world.trunk_call("0222969570", caller="+33145678902")
    await special.ends()
    await other.ends()
    rings = ["PJSIP_HEADER(add,Alert-Info)" in leg.variables for leg in world.line("4003").legs]
    assert sorted(rings) == [False, True]
    world.nothing_left()


async def test_a_line_deleted_while_it_rings_still_ends_well(world: World) -> None:
    world.line("4003").device()
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    world.directory.remove_line("0222969570")
    await call.ends()
    assert call.prompts == ["number-unknown"]
    world.nothing_left()
