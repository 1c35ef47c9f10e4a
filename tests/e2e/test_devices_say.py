"""What devices say, none is there, nobody answers: spec §3 rows 8 to 10 and "What devices say"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from callcontrol.history import Direction
from rig import both_hear
from rig.incoming import IncomingCall
from tests.e2e.office import Office, eventually
from tests.e2e.people import (
    announced,
    greeted,
    outside_call,
    register,
    take,
    talk,
)

CALLER = "0145700001"
MOBILE = "0660608001"


async def _rule(office: Office, desk: Any) -> str:
    (record,) = await office.records(desk)
    assert record.direction is Direction.MISSED
    return record.rule.rule


async def test_without_a_device_the_unavailable_forward_is_used(office: Office) -> None:
    alice, bob, zoe = office.desks(3)
    unavailable = {"forward_enabled": True, "number": zoe.extension}
    await office.set(bob, "call-manager", {"unavailable": unavailable})
    async with office.phone(alice) as a, office.phone(zoe) as z:
        await register(a, z)
        call = await a.invite(bob.extension)
        ring = await take(z)
        assert "reason=unavailable" in (ring.header("Diversion") or "")
        await call.cancel()
    assert await _rule(office, bob) == "forward.unavailable"


async def test_without_a_device_or_a_forward_voicemail_answers(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        await b.unregister()
        await greeted(await outside_call(world, bob.number, CALLER))
    assert await _rule(office, bob) == "voicemail.unavailable"


@pytest.mark.parametrize("status", [486, 480])
async def test_a_device_that_is_busy_ends_its_own_ring_and_the_other_goes_on(
    office: Office, status: int
) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as desk, office.phone(bob) as softphone:
        await register(desk, softphone)
        call = await outside_call(world, bob.number, CALLER)
        busy, other = await asyncio.gather(desk.incoming(), softphone.incoming())
        await busy.reject(status)
        await other.ring()
        await call.ringing()
        await talk(call, other)
        await call.hang_up()
    (record,) = await office.records(bob)
    assert record.direction is Direction.RECEIVED
    assert "answered" in {leg.result for leg in record.legs}
    assert status in {leg.sip_status for leg in record.legs}


async def test_when_every_device_is_busy_the_busy_row_applies(office: Office) -> None:
    bob, ben = office.desks(2)
    await office.set(ben, "call-manager", {"busy": {"voicemail_enabled": False}})
    async with (
        office.trunk() as world,
        office.phone(bob) as b1,
        office.phone(bob) as b2,
        office.phone(ben) as silent_one,
    ):
        await register(b1, b2, silent_one)
        for phone, status in ((b1, 486), (b2, 480), (silent_one, 486)):
            phone.auto_reject(status)
        await greeted(await outside_call(world, bob.number, CALLER))
        await announced(await outside_call(world, ben.number, CALLER))
    assert await _rule(office, bob) == "voicemail.declined"
    assert await _rule(office, ben) == "refuse.declined"


async def test_of_two_devices_that_answer_at_the_same_moment_one_talks_and_the_other_is_ended(
    office: Office,
) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as desk, office.phone(bob) as softphone:
        await register(desk, softphone)
        call = await outside_call(world, bob.number, CALLER)
        rings = await asyncio.gather(desk.incoming(), softphone.incoming())
        await asyncio.gather(*(ring.answer() for ring in rings), return_exceptions=True)
        await call.answered()
        await eventually(lambda: _is_over(rings), "one of them is ended")
        (winner,) = [ring for ring in rings if not ring.is_over]
        await both_hear(call, winner)
        await call.hang_up()
        await winner.ended()
    (record,) = await office.records(bob)
    assert record.direction is Direction.RECEIVED
    await office.nothing_left()


async def _is_over(rings: Iterable[IncomingCall]) -> bool | None:
    return any(ring.is_over for ring in rings) or None


@pytest.mark.parametrize("status", [603, 600])
async def test_a_device_that_declines_for_all_ends_every_ring(office: Office, status: int) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as desk, office.phone(bob) as softphone:
        await register(desk, softphone)
        call = await outside_call(world, bob.number, CALLER)
        declining, other = await asyncio.gather(desk.incoming(), softphone.incoming())
        await other.ring()
        await call.ringing()
        await declining.reject(status)
        await other.cancelled()
        await greeted(call)
    assert await _rule(office, bob) == "voicemail.declined"


@pytest.mark.parametrize("statuses", [(404, 404), (500, 503), (408, 408)], ids=str)
async def test_when_every_device_fails_without_ringing_the_line_is_unavailable(
    office: Office, statuses: tuple[int, int]
) -> None:
    bob, zoe = office.desks(2)
    unavailable = {"forward_enabled": True, "number": zoe.extension}
    await office.set(bob, "call-manager", {"unavailable": unavailable})
    async with (
        office.trunk() as world,
        office.phone(bob) as b1,
        office.phone(bob) as b2,
        office.phone(zoe) as z,
    ):
        await register(b1, b2, z)
        for phone, status in zip((b1, b2), statuses, strict=True):
            phone.auto_reject(status)
        call = await outside_call(world, bob.number, CALLER)
        await take(z)
        await call.cancel()
    assert await _rule(office, bob) == "forward.unreachable"


async def test_a_device_that_fails_beside_one_that_is_busy_leaves_the_line_busy(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b1, office.phone(bob) as b2:
        await register(b1, b2)
        b1.auto_reject(500)
        b2.auto_reject(486)
        await greeted(await outside_call(world, bob.number, CALLER))
    assert await _rule(office, bob) == "voicemail.declined"


@pytest.mark.parametrize("status", [408, 480])
async def test_a_device_that_gives_up_after_it_rang_did_not_answer(office: Office, status: int) -> None:
    bob, zoe = office.desks(2)
    no_answer = {"forward_enabled": True, "number": zoe.extension, "forward_after": 30}
    await office.set(bob, "call-manager", {"no_answer": no_answer})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        b.auto_reject(status, ring=True)
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(z)
        assert "reason=no-answer" in (ring.header("Diversion") or "")
        await call.cancel()
    assert await _rule(office, bob) == "forward.no_answer"


async def test_a_phone_that_is_unplugged_does_not_hold_up_the_others(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"no_answer": {"voicemail_after": 3}})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(bob) as dead:
        await register(b, dead)
        dead.ignore()
        call = await outside_call(world, bob.number, CALLER)
        await take(b)
        await call.ringing()
        await greeted(call)
    assert await _rule(office, bob) == "voicemail.no_answer"
