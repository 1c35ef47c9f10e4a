"""A forward that the network sends back without a trace (issue A4, row 2), lived by calls."""

from __future__ import annotations

from callcontrol.journal.entries import Entered
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

MOBILE = "0612345678"


async def test_a_call_that_comes_back_ends_in_the_mailbox_and_the_count_is_right_after(world: World) -> None:
    world.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rings=0.1)
    first = world.trunk_call(to="0222969570")
    await first.hears_ringing()
    assert len(world.process.occupancy.forwards_of("0222969570")) == 1
    back = world.trunk_call(to="0222969570", speaks=5)
    await back.ends()
    assert len(world.legs_outside(MOBILE)) == 1
    await first.hangs_up()
    assert world.process.occupancy.forwards_of("0222969570") == ()
    world.nothing_left()


async def test_the_count_of_forwards_is_right_after_a_death(world: World) -> None:
    world.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rings=0.1)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    await world.crashes()
    assert len(world.process.occupancy.forwards_of("0222969570")) == 1
    await call.hangs_up()
    world.nothing_left()


async def test_max_forwards_is_counted_down_on_every_leg_and_after_a_death(world: World) -> None:
    world.line("4003").device(rings=0.1)
    call = world.trunk_call(to="0222969570", max_forwards="9")
    await call.hears_ringing()
    (leg,) = world.line("4003").legs
    assert leg.variables["PJSIP_HEADER(add,Max-Forwards)"] == "8"
    (entered,) = [entry for entry in world.entries() if isinstance(entry, Entered)]
    assert entered.max_forwards == 9  # in the journal: legs made after a restart have it too
    await call.hangs_up()
    world.nothing_left()
