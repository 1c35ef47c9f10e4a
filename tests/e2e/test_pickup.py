"""A phone picks up a call that rings at another one, on real phones; the app is killed in it (spec §2.6)."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.history import Direction
from rig import both_hear
from rig.incoming import IncomingCall
from rig.message import Request
from rig.outgoing import OutgoingCall
from tests.e2e.office import Desk, Office
from tests.e2e.people import announced_to_the_end, outside_call, register, take
from tests.e2e.web import logged_in

OUTSIDE = "+33145720001"


def elsewhere(ended_by: object) -> bool:
    """Whether a phone was told that the call was taken elsewhere: it shows no missed call then."""
    return (
        isinstance(ended_by, Request)
        and ended_by.method == "CANCEL"
        and any("cause=200" in reason for reason in ended_by.headers("Reason"))
    )


async def history(office: Office, desk: Desk) -> dict[str, object]:
    """The only call of a desk, as its user sees it."""
    await office.records(desk)
    async with logged_in(office, desk) as web:
        (call,) = (await web.get("me/calls"))["items"]
    return dict(call)


async def test_a_colleague_picks_up_an_outside_call_and_all_three_know_it(trio: Office) -> None:
    alice, bob, carla = trio.desks(3)
    async with (
        trio.trunk() as world, trio.phone(alice) as a, trio.phone(alice) as a2, trio.phone(bob) as b,
        trio.phone(carla) as c,
    ):  # fmt: skip
        await register(a, a2, b, c)
        call = await outside_call(world, alice.number, OUTSIDE)
        rings = [await take(phone) for phone in (a, a2)]
        await call.ringing()
        picked = await b.invite("*8")
        await picked.answered()
        await call.answered()
        await both_hear(call, picked)
        assert [elsewhere(await ring.ended()) for ring in rings] == [True, True]
        late = await c.invite(f"**{alice.extension}")
        assert await announced_to_the_end(late) == 404
        await both_hear(call, picked)
        await picked.hang_up()
        await call.ended(within=2)
    missed, got, tried = await history(trio, alice), await history(trio, bob), await history(trio, carla)
    assert (missed["direction"], missed["answered_at"]) == ("missed", None)
    assert got["direction"] == "received"
    assert got["peer"]["number"] == "0145720001"  # type: ignore[index]
    assert got["rule"]["id"] == "call.picked_up"  # type: ignore[index]
    assert alice.number in got["rule"]["because"].replace(" ", "")  # type: ignore[index]
    assert (tried["direction"], tried["answered_at"]) == ("outgoing", None)
    await trio.nothing_left()


async def test_a_colleagues_call_is_picked_up_and_the_caller_ends_it(trio: Office) -> None:
    alice, bob, carla = trio.desks(3)
    async with trio.phone(alice) as a, trio.phone(bob) as b, trio.phone(carla) as c:
        await register(a, b, c)
        call = await c.invite(alice.extension)
        ring = await take(a)
        await call.ringing()
        picked = await b.invite(f"**{alice.extension}")
        await picked.answered()
        await call.answered()
        await both_hear(call, picked)
        assert elsewhere(await ring.ended())
        await call.hang_up()
        await picked.ended(within=2)
    directions = [(await history(trio, desk))["direction"] for desk in (alice, bob, carla)]
    assert directions == ["missed", "received", "outgoing"]
    await trio.nothing_left()


async def test_two_phones_pick_up_at_once_and_one_of_them_gets_it(trio: Office) -> None:
    alice, bob, carla = trio.desks(3)
    async with trio.trunk() as world, trio.phone(alice) as a, trio.phone(bob) as b, trio.phone(carla) as c:
        await register(a, b, c)
        call = await outside_call(world, alice.number, OUTSIDE)
        await take(a)
        await call.ringing()
        both = list(await asyncio.gather(b.invite("*8"), c.invite("*8")))
        await call.answered()
        first = await _answered_one(both)
        other = next(each for each in both if each is not first)
        await both_hear(call, first)
        assert await announced_to_the_end(other) == 404
        await call.hang_up()
        await first.ended(within=2)
    await trio.nothing_left()


async def _answered_one(calls: list[OutgoingCall]) -> OutgoingCall:
    agent = calls[0].agent
    return await agent.until(
        lambda: next((call for call in calls if call.is_answered), None), 5, "nobody is answered"
    )


@pytest.mark.parametrize("moment", ["while it rings", "as it is picked up", "while they talk"])
async def test_the_app_is_killed_and_the_pickup_goes_on(trio: Office, moment: str) -> None:
    alice, bob, _ = trio.desks(3)
    stack = trio.stack
    async with trio.trunk() as world, trio.phone(alice) as a, trio.phone(bob) as b:
        await register(a, b)
        call = await outside_call(world, alice.number, OUTSIDE)
        ring: IncomingCall = await take(a)
        await call.ringing()
        if moment == "while it rings":
            await stack.kill_app()
            await stack.start_app()
        if moment == "as it is picked up":
            stack.freeze_app()  # so that the code waits for an app that never answers it
        picked = await b.invite("*8")
        if moment == "as it is picked up":
            await picked.provisional(100)
            await stack.kill_app()
            await stack.start_app()
        await picked.answered()
        await call.answered()
        await both_hear(call, picked)
        if moment == "while they talk":
            await stack.kill_app()
            await both_hear(call, picked)
            await stack.start_app()
            await both_hear(call, picked)
        assert elsewhere(await ring.ended())
        await call.hang_up()
        await picked.ended(within=2)
    (missed,), (got,) = await trio.records(alice), await trio.records(bob)
    assert (missed.direction, got.direction) == (Direction.MISSED, Direction.RECEIVED)
    assert got.rule.rule == "call.picked_up"
    await trio.nothing_left()
