"""The calls whose journals are kept: those that die at every entry (test_calls_readopted), and some more."""

from __future__ import annotations

from tests.fakes.actors import Caller
from tests.fakes.world import World
from tests.unit.calls.test_calls_readopted import MOBILE, SCENARIOS, Script


async def a_number_that_nobody_has(world: World) -> Caller:
    return world.trunk_call(to="0222969599")


async def an_emergency_call(world: World) -> Caller:
    world.outside("15", rings=1, answers=4, leaves=6)
    return world.line("4002").dials("15")


async def a_hidden_call_outside(world: World) -> Caller:
    world.outside(MOBILE, rings=1, answers=5, leaves=6)
    return world.line("4002").dials(f"*67{MOBILE}")


async def a_call_that_is_shown_for_once(world: World) -> Caller:
    world.line("4002").sets_document("call-settings", {"hide_number": True})
    world.line("4003").device(answers=3, leaves=6)
    return world.line("4002").dials("*824003")


async def a_phone_that_redirects_outside(world: World) -> Caller:
    world.line("4003").device(redirects=MOBILE, after=1)
    world.line("4003").device()
    world.outside(MOBILE, answers=5, leaves=6)
    return world.trunk_call(to="0222969570")


async def a_line_that_is_not_to_be_disturbed(world: World) -> Caller:
    world.line("4003").sets(dnd={"enabled": True})
    world.line("4003").device(answers=3)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(25)
    return call


async def a_caller_without_a_number(world: World) -> Caller:
    world.line("4003").device(answers=3, leaves=6)
    return world.trunk_call(to="0222969570", caller="anonymous", privacy="id")


async def a_message_too_short(world: World) -> Caller:
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(5)
    return call


async def a_forward_after_some_time(world: World) -> Caller:
    world.line("4003").sets(no_answer={"forward_enabled": True, "forward_after": 8, "number": MOBILE})
    world.line("4003").device()
    world.outside(MOBILE, answers=5, leaves=6)
    return world.trunk_call(to="0222969570")


async def a_caller_that_was_forwarded_to_us(world: World) -> Caller:
    world.line("4003").device(answers=3, leaves=6)
    return world.trunk_call(to="0222969570", diversion="<sip:0145678999@operator.invalid>;reason=no-answer")


KEPT: tuple[Script, ...] = (
    *SCENARIOS,
    a_number_that_nobody_has,
    an_emergency_call,
    a_hidden_call_outside,
    a_call_that_is_shown_for_once,
    a_phone_that_redirects_outside,
    a_line_that_is_not_to_be_disturbed,
    a_caller_without_a_number,
    a_message_too_short,
    a_forward_after_some_time,
    a_caller_that_was_forwarded_to_us,
)
