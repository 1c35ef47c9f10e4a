"""A phone that sends callers elsewhere (302): a forward like any other, barring and loop guard included (spec §3)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from callcontrol.history import Direction
from tests.e2e.office import Desk, Office
from tests.e2e.people import (
    greeted,
    outside_call,
    register,
    silent,
    take,
    talk,
)

CALLER = "0145700001"
MOBILE = "0660608001"


async def _rule(office: Office, desk: Any) -> str:
    (record,) = await office.records(desk)
    assert record.direction is Direction.MISSED
    return record.rule.rule


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
