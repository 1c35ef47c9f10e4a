"""Transfers by the phone's own key, with real REFERs (spec §2.6): who then talks with whom, and what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from callcontrol.history import Direction
from rig import Phone, Trunk, both_hear
from rig.call import Call
from tests.e2e.office import Desk, Office
from tests.e2e.people import outside_call, register, take, talk

OUTSIDE = "+33145720045"
MUSIC_SECONDS = 0.5
"""Spec: who is put on hold hears music by then."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firm(trio: Office) -> AsyncIterator[Office]:
    """Lines for these tests, on the system whose app may be killed."""
    opened = await Office.open(trio.stack, 50, company="Transferts", prefix="02245", people=4)
    yield opened
    await opened.close()


async def talking(office: Office, world: Trunk, alice: Desk, a: Phone) -> tuple[Call, Call]:
    """Somebody outside talks with Alice."""
    call = await outside_call(world, alice.number, OUTSIDE)
    ring = await take(a)
    await talk(call, ring)
    return call, ring


async def test_a_blind_transfer_to_a_colleague(firm: Office) -> None:
    alice, bob = firm.desks(2)
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        await leg.hold()
        await call.hears_speech(within=3)
        asked = await leg.refer(bob.extension)
        ring = await take(b)
        assert ring.caller.uri.user == "0145720045"
        assert await asked.finished() == 200
        await leg.ended()
        await call.hears(440, within=8)
        await ring.answer()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    (got,), (taken,) = await firm.records(alice), await firm.records(bob)
    assert (got.direction, taken.direction) == (Direction.RECEIVED, Direction.RECEIVED)
    assert got.chain == taken.chain
    await firm.nothing_left()


async def test_an_attended_transfer(firm: Office) -> None:
    alice, bob = firm.desks(2)
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        await leg.hold()
        other = await a.invite(bob.extension)
        ring = await take(b)
        await ring.answer()
        await other.answered()
        await both_hear(other, ring)
        await other.hold()
        await ring.hears_speech()
        asked = await leg.refer_attended(other)
        assert await asked.finished() == 200
        await leg.ended()
        await other.ended()
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended(within=2)
    assert len({record.chain for record in (*await firm.records(alice, 2), *await firm.records(bob))}) == 1
    await firm.nothing_left()
