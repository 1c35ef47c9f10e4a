"""Scenarios of calls that we make, for the deaths after every journal entry (``test_calls_readopted``): each sets its
scene, asks for one call, and says what the people do. Keys are pressed again: one is lost while no app looks."""

from __future__ import annotations

from tests.fakes.actors import Caller
from tests.fakes.world import World

MOBILE, LANDLINE = "0612345678", "0145000001"


async def a_call_that_we_make_from_the_own_phone(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3)
    world.line("4002").device(rings=0.2)
    world.line("4003").device(rings=0.2, answers=4, leaves=8)
    return world.line("4002").asks_for("4003")


async def a_call_that_we_make_and_the_first_party_ends(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3, leaves=20)
    world.outside(MOBILE, rings=1, answers=5)
    return world.line("4002").asks_for(MOBILE)


async def a_call_that_we_make_and_nobody_takes(world: World) -> Caller:
    world.line("4002").device(rings=0.2, rejects=486, after=6)
    world.line("4003").device(rings=0.2, answers=4)
    return world.line("4002").asks_for("4003")


async def a_call_that_we_make_from_outside_to_who_presses_1(world: World) -> Caller:
    world.outside(MOBILE, rings=1, answers=3, presses=((3, "1"), (5, "1"), (7, "1")))
    world.line("4003").device(rings=0.2, answers=4, leaves=8)
    return world.line("4002").asks_for("4003", first=MOBILE)


async def a_call_that_we_make_from_outside_to_a_voicemail_that_presses_nothing(world: World) -> Caller:
    world.outside(MOBILE, rings=1, answers=3)
    world.line("4003").device(rings=0.2, answers=4)
    return world.line("4002").asks_for("4003", first=MOBILE)


async def a_call_that_we_make_through_the_second_trunk_to_somebody_busy(world: World) -> Caller:
    world.outside(f"{MOBILE}@operator", rings=None, rejects=503, after=1)
    world.outside(f"{MOBILE}@second", rings=1, answers=3, presses=((3, "1"), (5, "1"), (7, "1")))
    world.outside(LANDLINE, rejects=486, after=2)
    return world.line("4002").asks_for(LANDLINE, first=MOBILE)


async def a_call_that_we_make_into_a_mailbox(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3, leaves=40)
    world.line("4003").sets(no_answer={"voicemail_after": 6})
    world.line("4003").device(rings=0.2)
    return world.line("4002").asks_for("4003")


async def a_call_that_we_make_to_pick_another_one_up(world: World) -> Caller:
    world.line("4003").device(rings=0.2)
    world.line("4005").device(rings=0.2, answers=2, leaves=12)
    call = world.trunk_call(to="0222969570")
    world.later(4, lambda: world.line("4005").asks_for("**4003"))
    return call


SCENARIOS = (
    a_call_that_we_make_from_the_own_phone,
    a_call_that_we_make_and_the_first_party_ends,
    a_call_that_we_make_and_nobody_takes,
    a_call_that_we_make_from_outside_to_who_presses_1,
    a_call_that_we_make_from_outside_to_a_voicemail_that_presses_nothing,
    a_call_that_we_make_through_the_second_trunk_to_somebody_busy,
    a_call_that_we_make_into_a_mailbox,
    a_call_that_we_make_to_pick_another_one_up,
)
