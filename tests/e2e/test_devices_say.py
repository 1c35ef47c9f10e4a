"""What devices say, none is there, nobody answers: spec §3 rows 8 to 10 and "What devices say"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from callcontrol.history import Direction
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import (
    announced,
    announced_to_the_end,
    greeted,
    outside_call,
    register,
    silent,
    take,
    talk,
)
from tests.rig import both_hear
from tests.rig.incoming import IncomingCall

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


# --- 302: a phone forwards ---------------------------------------------------------------------------------


async def test_a_phone_that_redirects_forwards_the_call_and_the_other_stops_ringing(office: Office) -> None:
    bob, zoe = office.desks(2)
    async with (
        office.trunk() as world,
        office.phone(bob) as desk,
        office.phone(bob) as softphone,
        office.phone(zoe) as z,
    ):
        await register(desk, softphone, z)
        call = await outside_call(world, bob.number, CALLER)
        redirecting, other = await asyncio.gather(desk.incoming(), softphone.incoming())
        await redirecting.redirect(f"sip:{zoe.extension}@{office.stack.sip_server}")
        ring = await take(z)
        await other.cancelled()
        assert "reason=deflection" in (ring.header("Diversion") or "")
        await talk(call, ring)
        await call.hang_up()
    assert await _rule(office, bob) == "forward.deflected"


async def test_a_phone_may_redirect_outside(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        b.auto_redirect(MOBILE)
        call = await outside_call(world, bob.number, CALLER)
        out = await take(world, to=MOBILE)
        assert out.caller.uri.user == CALLER
        await talk(call, out)
        await call.hang_up()
    assert await _rule(office, bob) == "forward.deflected"


async def test_a_phone_that_redirects_at_once_is_understood_every_time(office: Office) -> None:
    desks = office.desks(24)
    await asyncio.gather(*(_redirected(office, *desks[i : i + 3], times=20) for i in range(0, 24, 3)))
    for bob in desks[1::3]:
        records = await office.records(bob, 20)
        assert {record.rule.rule for record in records} == {"forward.deflected"}


async def _redirected(office: Office, alice: Desk, bob: Desk, zoe: Desk, *, times: int) -> None:
    """Asterisk loses the target of some redirects that come within milliseconds."""
    async with office.phone(alice) as a, office.phone(bob) as b:
        await register(a, b)
        b.auto_redirect(zoe.extension)
        for _ in range(times):
            call = await a.invite(bob.extension)
            await call.answered(8)
            await call.hang_up()


REDIRECTS = {
    "a barred number": ("0660608002", "voicemail.forward_barred"),
    "the line itself": ("{own}", "voicemail.forward_loop"),
    "the line that forwarded here": ("{first}", "voicemail.forward_loop"),
    "a star code": ("*72", "voicemail.forward_impossible"),
    "an emergency number": ("112", "voicemail.forward_impossible"),
    "nothing that exists": ("9999", "voicemail.forward_impossible"),
}


@pytest.mark.parametrize("target", REDIRECTS)
async def test_a_redirect_obeys_barring_and_the_loop_guard(office: Office, target: str) -> None:
    number, rule = REDIRECTS[target]
    first, bob = office.desks(2)
    forward = {"incoming": "forward", "unconditional": {"number": bob.extension}}
    barred = {"barring": {"national": True}}
    await office.set_all({first: {"call-manager": forward}, bob: {"call-settings": barred}})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(first) as f:
        await register(b, f)
        b.auto_redirect(number.format(own=bob.extension, first=first.extension))
        await greeted(await outside_call(world, first.number, CALLER))
        b.forget()
        await silent(world, b, f)
    assert await _rule(office, bob) == rule


# --- nobody answers ----------------------------------------------------------------------------------------


async def _timed(office: Office, no_answer: dict[str, Any], *, first: bool = True) -> tuple[str, float]:
    """Call a line with these settings that nobody answers: where the call went, and when."""
    bob, zoe = office.desks(2)
    await office.set(bob, "call-manager", {"no_answer": {"number": zoe.extension, **no_answer}})
    loop = asyncio.get_running_loop()
    async with office.phone(bob) as b, office.phone(zoe) as z, office.trunk(beside=True) as world:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        begun = loop.time()
        if first:
            ring = await take(b)
        await eventually(lambda: _ended_up(call, z), "the call goes on", within=12)
        after = loop.time() - begun
        if first:
            await ring.cancelled()
        else:
            await silent(b)
        await call.hang_up()
    (record,) = await office.records(bob)
    return record.rule.rule, round(after, 1)


async def _ended_up(call: Any, z: Any) -> bool | None:
    return call.is_answered or bool(z.calls) or None


async def test_the_first_delay_to_end_decides_and_both_run_from_the_start_of_the_ring(office: Office) -> None:
    forward_only = {"forward_enabled": True, "forward_after": 6, "voicemail_enabled": False}
    forward_first = {"forward_enabled": True, "forward_after": 6, "voicemail_after": 8}
    equal = {"forward_enabled": True, "forward_after": 6, "voicemail_after": 6}
    voicemail_first = {"forward_enabled": True, "forward_after": 7, "voicemail_after": 2}
    voicemail = {"voicemail_after": 3}
    found = await asyncio.gather(
        *(_timed(office, rule) for rule in (forward_only, forward_first, equal, voicemail_first, voicemail))
    )
    assert [rule for rule, _ in found] == [
        "forward.no_answer", "forward.no_answer", "voicemail.no_answer", "voicemail.no_answer",
        "voicemail.no_answer",
    ]  # fmt: skip
    for (_, after), delay in zip(found, (6, 6, 6, 2, 3), strict=True):
        assert delay - 0.2 <= after <= delay + 1.0


async def test_a_delay_of_0_is_voicemail_at_once_and_no_phone_rings(office: Office) -> None:
    rule, after = await _timed(office, {"voicemail_after": 0}, first=False)
    assert rule == "voicemail.immediate"
    assert after < 1.0


async def test_an_unanswered_forward_inside_ends_in_the_first_lines_mailbox_by_the_targets_own_delay(
    office: Office,
) -> None:
    bob, zoe = office.desks(2)
    forward = {"incoming": "forward", "unconditional": {"number": zoe.extension}}
    await office.set_all(
        {bob: {"call-manager": forward}, zoe: {"call-manager": {"no_answer": {"voicemail_after": 1}}}}
    )
    async with office.trunk() as world, office.phone(zoe) as z:
        await z.register()
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(z)
        await call.answered()
        await ring.cancelled()
        await call.hears_speech()
        await call.send_dtmf("#")
        await call.hears(1000)
        await asyncio.sleep(2.6)  # the message
        await call.hang_up()
    (message,) = await office.messages(bob)
    (record,) = await office.records(zoe)
    assert (record.rule.rule, record.call) == ("voicemail.no_answer", message.call)
    await office.messages(zoe, 0)


async def test_with_neither_forward_nor_voicemail_a_refusing_phone_is_announced_as_busy(
    office: Office,
) -> None:
    (bob,) = office.desks(1)
    off = {"no_answer": {"voicemail_enabled": False}, "busy": {"voicemail_enabled": False}}
    await office.set(bob, "call-manager", off)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        b.auto_reject(486, ring=True)
        assert await announced_to_the_end(await outside_call(world, bob.number, CALLER)) == 486
    assert await _rule(office, bob) == "refuse.declined"
