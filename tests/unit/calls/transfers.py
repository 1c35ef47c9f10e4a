"""Scenarios of transfers, for the deaths after every journal entry (``test_calls_readopted``). Whoever transfers
presses the key again when nothing has come of it: the first REFER is lost while no app looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.actors import Caller
from tests.fakes.channel import FakeChannel
from tests.fakes.world import World

DOMINIQUE = "0222969570"
MOBILE, LANDLINE = "0612345678", "0145000001"
AGAIN_SECONDS = 2.0
TRANSFERRED = "channel_answered"


def phone_of(world: World, name: str) -> Callable[[], FakeChannel | None]:
    """The phone of a line that talks now."""
    return lambda: next((leg for leg in world.line(name).legs if leg.alive and leg.state == "Up"), None)


def refers(
    world: World,
    at: float,
    who: Callable[[], FakeChannel | None],
    target: str | None,
    to: Callable[[], FakeChannel | None] = lambda: None,
) -> None:
    """Ask for a transfer at a time, and once more if nothing came of it."""

    def ask() -> None:
        channel = who()
        if channel is not None and TRANSFERRED not in channel.transfer:
            world.asterisk.refer(channel, target, to())

    for seconds in (at, at + AGAIN_SECONDS):
        world.later(seconds, ask)


async def a_blind_transfer_to_a_colleague(world: World) -> Caller:
    world.line("4003").device(answers=1)
    world.line("4004").device(rings=0.2, answers=3, leaves=10)
    call = world.trunk_call(to=DOMINIQUE)
    refers(world, 8, phone_of(world, "4003"), "4004")
    return call


async def a_blind_transfer_of_the_callee(world: World) -> Caller:
    world.outside(MOBILE, rings=0.2, answers=1)
    world.line("4004").device(rings=0.2, answers=3, leaves=10)
    call = world.line("4002").dials(MOBILE)
    refers(world, 8, lambda: call.channel if call.channel.alive else None, "4004")
    return call


async def a_blind_transfer_outside(world: World) -> Caller:
    world.line("4003").device(answers=1)
    world.outside(MOBILE, rings=0.2, answers=4, leaves=10)
    call = world.trunk_call(to=DOMINIQUE)
    refers(world, 8, phone_of(world, "4003"), MOBILE)
    return call


async def a_blind_transfer_that_comes_back(world: World) -> Caller:
    world.line("4003").device(answers=1, leaves=100)
    world.line("4004").device(rings=0.2)
    call = world.trunk_call(to=DOMINIQUE)
    refers(world, 8, phone_of(world, "4003"), "4004")
    call.will_hang_up(70)
    return call


async def a_blind_transfer_outside_that_comes_back_and_is_not_taken(world: World) -> Caller:
    world.line("4003").device(answers=1)
    world.outside(MOBILE, rejects=486, after=2)
    call = world.trunk_call(to=DOMINIQUE, speaks=5)
    world.later(10, world.line("4003").unregisters)
    refers(world, 8, phone_of(world, "4003"), MOBILE)
    call.will_hang_up(60)
    return call


async def a_blind_transfer_to_a_mailbox(world: World) -> Caller:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to=DOMINIQUE)
    refers(world, 8, phone_of(world, "4003"), "4005")
    call.will_hang_up(40)
    return call


async def a_blind_transfer_that_is_barred(world: World) -> Caller:
    world.line("4003").device(answers=1)
    world.line("4003").sets_document("call-settings", {"barring": {"premium": True}})
    call = world.trunk_call(to=DOMINIQUE)
    world.later(8, lambda: world.asterisk.refer(phone_of(world, "4003")(), "0899123456"))  # type: ignore[arg-type]
    call.will_hang_up(30)
    return call


async def _consults(world: World, **colleague: Any) -> tuple[Caller, list[Caller]]:
    """An outside caller talks with 4003, whose other call to 4004 begins at 6."""
    world.line("4003").device(answers=1)
    world.line("4004").device(rings=0.2, **colleague)
    call, asked = world.trunk_call(to=DOMINIQUE), []
    world.later(6, lambda: asked.append(world.line("4003").dials("4004")))
    return call, asked


async def an_attended_transfer(world: World) -> Caller:
    call, asked = await _consults(world, answers=2, leaves=20)
    refers(world, 12, phone_of(world, "4003"), None, lambda: asked[0].channel)
    return call


async def an_attended_transfer_while_it_rings(world: World) -> Caller:
    call, asked = await _consults(world, answers=12, leaves=20)
    refers(world, 10, phone_of(world, "4003"), None, lambda: asked[0].channel)
    return call


SCENARIOS = (
    a_blind_transfer_to_a_colleague,
    a_blind_transfer_of_the_callee,
    a_blind_transfer_outside,
    a_blind_transfer_that_comes_back,
    a_blind_transfer_outside_that_comes_back_and_is_not_taken,
    a_blind_transfer_to_a_mailbox,
    a_blind_transfer_that_is_barred,
    an_attended_transfer,
    an_attended_transfer_while_it_rings,
)
