"""Devices that say nothing, or say it otherwise than by 180, on real Asterisk: spec §3, "What devices say"."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from callcontrol.history import Direction
from rig.outgoing import OutgoingCall
from tests.e2e.office import Office, eventually
from tests.e2e.people import greeted, outside_call, register, take, talk

CALLER = "0145700001"


async def _rule(office: Office, desk: object) -> str:
    (record,) = await office.records(desk)  # type: ignore[arg-type]
    assert record.direction is Direction.MISSED
    return record.rule.rule


@pytest.mark.parametrize("other", [None, 486], ids=["alone", "beside one that is busy"])
async def test_a_phone_without_power_keeps_no_caller_waiting(office: Office, other: int | None) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as dead, office.phone(bob) as b:
        await register(dead)
        await dead.vanish()
        if other is not None:
            await register(b)
            b.auto_reject(other)
        call = await outside_call(world, bob.number, CALLER)
        await call.ringing(within=2.5)
        await call.answered(within=8)
        assert call.answered_at is not None
        assert 3.9 < call.answered_at < 6.5
        await call.hears_speech()
        await call.hang_up()
        await eventually(lambda: _known_dead(office, bob.number), "the phone without power is known dead")
    rule = "voicemail.unreachable" if other is None else "voicemail.declined"
    assert await _rule(office, bob) == rule
    await office.nothing_left()


async def _known_dead(office: Office, number: str) -> bool | None:
    """It was asked at once, long before the next regular question (60 s)."""
    contacts = await office.stack.asterisk_cli("pjsip show contacts")
    return any(number in line and "Unavail" in line for line in contacts.splitlines()) or None


@pytest.mark.parametrize("status", [182, 183])
async def test_182_and_183_ring_and_480_after_them_is_no_answer(office: Office, status: int) -> None:
    bob, zoe = office.desks(2)
    no_answer = {"forward_enabled": True, "number": zoe.extension, "forward_after": 30}
    await office.set(bob, "call-manager", {"no_answer": no_answer})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        ring = await b.incoming()
        await (ring.say(182) if status == 182 else ring.progress())
        await call.ringing()
        await ring.reject(480)
        await (await take(z)).reject(486)
        await greeted(call)
    (record,) = await office.records(bob)
    assert record.rule.rule == "forward.no_answer"
    assert {leg.result for leg in record.legs if leg.sip_status == 480} == {"no_answer"}


async def test_a_phone_that_queues_the_call_goes_on_ringing_beyond_four_seconds(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b, office.phone(bob) as busy:
        await register(b, busy)
        busy.auto_reject(486)
        call = await outside_call(world, bob.number, CALLER)
        ring = await b.incoming()
        await ring.say(182)
        await call.ringing()
        with pytest.raises(AssertionError):
            await ring.cancelled(within=4.5)
        await talk(call, ring)
        await call.hang_up()
    (record,) = await office.records(bob)
    assert record.direction is Direction.RECEIVED


async def test_an_answer_as_the_ring_ends_is_what_the_caller_got(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"no_answer": {"voicemail_after": 1}})
    async with office.trunk() as world, office.phone(bob) as b:
        await register(b)
        for late in range(6):
            call = await outside_call(world, bob.number, CALLER)
            ring = await b.incoming()
            await asyncio.sleep(0.985 + 0.004 * late)  # the ring began a moment before it came here
            with suppress(AssertionError):  # it was cancelled first
                await ring.answer()
            await call.answered()
            talked = ring.is_answered and await _hears(call, ring.tone)
            await call.hang_up()
            (record, *_) = await office.records(bob, late + 1)
            assert record.direction is (Direction.RECEIVED if talked else Direction.MISSED), late
    await office.nothing_left()


async def _hears(call: OutgoingCall, tone: int | None) -> bool:
    try:
        await call.hears(tone or 0, within=1)
    except AssertionError:
        return False
    return True
