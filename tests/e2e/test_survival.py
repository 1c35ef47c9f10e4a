"""No death of a part loses a call, a message or a record (design.md M9). A system of its own: it gets broken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from callcontrol.history import Direction
from rig import Phone, both_hear
from rig.incoming import IncomingCall
from rig.outgoing import OutgoingCall
from tests.e2e.office import Desk, Office, eventually
from tests.stack import Stack


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fragile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system whose parts the tests kill."""
    async with Stack.start(
        tmp_path_factory.mktemp("fragile"),
        company=None,
        app_module=os.environ.get("CC_APP", "callcontrol.app"),
    ) as stack:
        office = await Office.open(stack, size=60, company="Fragile", prefix="02223")
        yield office
        await office.close()


async def _ringing(office: Office, a: Phone, b: Phone, bob: Desk) -> tuple[OutgoingCall, IncomingCall]:
    await a.register()
    await b.register()
    call = await a.invite(bob.extension)
    ring = await b.incoming()
    await ring.ring()
    await call.ringing()
    return call, ring


async def _talking(office: Office, a: Phone, b: Phone, bob: Desk) -> tuple[OutgoingCall, IncomingCall]:
    call, ring = await _ringing(office, a, b, bob)
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    return call, ring


async def _recording(office: Office, a: Phone, bob: Desk) -> OutgoingCall:
    await a.register()
    call = await a.invite(bob.extension)
    await call.answered()
    await call.hears_speech()
    await call.send_dtmf("#")
    await call.hears(1000)
    return call


async def test_the_app_dies_while_it_rings_and_the_answer_is_connected_by_the_next_one(
    fragile: Office,
) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _ringing(fragile, a, b, bob)
        await fragile.stack.kill_app()
        await ring.answer()  # nobody listens
        await fragile.stack.start_app()
        await call.answered()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    (got,) = await fragile.records(bob)
    assert (got.direction, len(got.legs)) == (Direction.RECEIVED, 1)
    (made,) = await fragile.records(alice)
    assert made.direction is Direction.OUTGOING
    await fragile.nothing_left()


async def test_the_app_dies_while_it_rings_and_it_goes_on_ringing(fragile: Office) -> None:
    alice, bob = fragile.desks(2)
    await fragile.set(bob, "call-manager", {"no_answer": {"voicemail_after": 12}})
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _ringing(fragile, a, b, bob)
        await fragile.stack.kill_app()
        await fragile.stack.start_app()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended(within=2)
    (got,) = await fragile.records(bob)
    assert got.direction is Direction.RECEIVED
    await fragile.nothing_left()


async def test_fifty_calls_talk_while_the_app_is_killed_and_each_ends_and_is_recorded_once(
    fragile: Office,
) -> None:
    """Ten callers and ten callees with five calls each: none is dropped, and either hangup ends its call."""
    callers, callees = fragile.desks(10), fragile.desks(10)
    async with AsyncExitStack() as phones:
        of = {desk: await phones.enter_async_context(fragile.phone(desk)) for desk in (*callers, *callees)}
        for phone in of.values():
            await phone.register()
        for callee in callees:
            of[callee].auto_answer()
        pairs = [(a, callees[(n + k) % 10]) for n, a in enumerate(callers) for k in range(5)]
        calls = [await of[a].invite(b.extension) for a, b in pairs]
        await asyncio.gather(*(call.answered(within=20) for call in calls))
        await fragile.stack.kill_app()
        await fragile.stack.start_app()
        assert not [call for call in calls if call.is_over]
        legs = [leg for callee in callees for leg in of[callee].calls]
        await asyncio.gather(*(call.hang_up() for call in calls))
        await asyncio.gather(*(leg.ended(within=4) for leg in legs))
    records = await asyncio.gather(*(fragile.records(desk, 5) for desk in (*callers, *callees)))
    assert [r.direction for some in records[10:] for r in some] == [Direction.RECEIVED] * 50
    await fragile.nothing_left()


@pytest.mark.parametrize("who", ["caller", "callee"])
async def test_the_app_dies_while_they_talk_and_either_hangup_still_ends_the_call(
    fragile: Office, who: str
) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _talking(fragile, a, b, bob)
        await fragile.stack.kill_app()
        await both_hear(call, ring)  # nothing of the app is needed for that
        await fragile.stack.start_app()
        await both_hear(call, ring)
        first, other = (call, ring) if who == "caller" else (ring, call)
        await first.hang_up()
        await other.ended(within=2)
    (got,) = await fragile.records(bob)
    assert got.direction is Direction.RECEIVED
    assert got.duration > 0
    await fragile.nothing_left()


async def test_a_hangup_while_the_app_is_away_ends_the_call_when_it_is_back(fragile: Office) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _talking(fragile, a, b, bob)
        await fragile.stack.kill_app()
        await call.hang_up()
        await fragile.stack.start_app()
        await ring.ended(within=3)
    await fragile.records(alice)
    await fragile.records(bob)
    await fragile.nothing_left()


@pytest.mark.parametrize("hangs_up", ["while the app is away", "after it is back"])
async def test_the_app_dies_while_a_message_is_recorded_and_the_message_arrives(
    fragile: Office, hangs_up: str
) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a:
        call = await _recording(fragile, a, bob)
        await asyncio.sleep(1.0)  # a part of the message
        await fragile.stack.kill_app()
        if hangs_up == "while the app is away":
            await asyncio.sleep(2.0)  # the rest of it
            await call.hang_up()
        await fragile.stack.start_app()
        if hangs_up == "after it is back":
            await asyncio.sleep(1.5)  # the rest of it
            await call.hang_up()
    (message,) = await fragile.messages(bob)
    assert message.duration is not None
    assert message.duration >= 2.5
    (record,) = await fragile.records(bob)
    assert record.message == message.id
    await fragile.nothing_left()


async def test_a_frozen_app_is_replaced_and_the_call_goes_on(fragile: Office) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _talking(fragile, a, b, bob)
        watched = asyncio.ensure_future(fragile.stack.app.wait())  # what the supervisor does
        fragile.stack.freeze_app()
        async with asyncio.timeout(5):
            await watched
        await fragile.stack.start_app()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    await fragile.records(bob)
    await fragile.nothing_left()


async def test_while_the_app_is_down_phones_ring_and_what_happened_is_known_when_it_is_back(
    fragile: Office,
) -> None:
    alice, bob, zoe = fragile.desks(3)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        await a.register()
        await b.register()
        await fragile.stack.kill_app()
        call = await a.invite(bob.extension)
        ring = await b.incoming(within=1)
        await ring.ring()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended()
        message = await a.invite(zoe.number)  # no device: its mailbox
        await message.answered()
        await message.hears(1000, within=15)
        await asyncio.sleep(3.0)  # the message
        await message.hang_up()
        await fragile.stack.start_app()
    (left,) = await fragile.messages(zoe)
    assert left.sender.number == f"+33{alice.number[1:]}"
    (got,) = await fragile.records(bob)
    assert got.direction is Direction.RECEIVED
    assert len(await fragile.records(alice, 2)) == 2
    (missed,) = await fragile.records(zoe)
    assert (missed.direction, missed.message) == (Direction.MISSED, left.id)
    await fragile.nothing_left()


async def test_a_native_call_that_goes_on_counts_for_its_lines_when_the_app_is_back(fragile: Office) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        await a.register()
        await b.register()
        await fragile.stack.kill_app()
        call = await a.invite(bob.extension)
        ring = await b.incoming(within=1)
        await ring.answer()
        await call.answered()
        await fragile.stack.start_app()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended()
    await fragile.nothing_left()


async def test_asterisk_is_killed_and_the_calls_that_it_carried_are_recorded(fragile: Office) -> None:
    alice, bob = fragile.desks(2)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        await _talking(fragile, a, b, bob)
        await fragile.stack.kill_asterisk()
        await fragile.stack.start_asterisk()
        (got,) = await fragile.records(bob)
        assert got.direction is Direction.RECEIVED
        await eventually(lambda: _registered(a), "phones can register again")
        await b.register()
        call = await a.invite(bob.extension)
        ring = await b.incoming()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        await call.hang_up()
    await fragile.nothing_left()


async def test_the_database_stops_and_neither_calls_nor_records_are_lost(fragile: Office) -> None:
    alice, bob, zoe = fragile.desks(3)
    async with fragile.phone(alice) as a, fragile.phone(bob) as b:
        call, ring = await _talking(fragile, a, b, bob)
        await fragile.stack.kill_postgres()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
        call, ring = await _ringing(fragile, a, b, bob)  # a new call costs no query
        await call.cancel()
        message = await _recording(fragile, a, zoe)
        await asyncio.sleep(2.5)  # the message
        await message.hang_up()
        await fragile.stack.start_postgres()
    assert len(await fragile.records(bob, 2)) == 2
    (left,) = await fragile.messages(zoe)
    assert left.duration is not None
    await fragile.nothing_left()


async def _registered(phone: Phone) -> bool | None:
    response = await phone.try_register()
    return response.status == 200 or None
