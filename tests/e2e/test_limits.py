"""Five calls of a line, whatever their kind and state; the outside calls of a company (spec §2.5, §3 row 7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcontrol.history import Direction
from rig import Phone, Trunk
from rig.call import Call
from rig.outgoing import OutgoingCall
from tests.e2e.office import Desk, Office
from tests.e2e.people import (
    announced,
    announced_to_the_end,
    becomes,
    greeted,
    outside_call,
    register,
    silent,
    take,
    talk,
)

CALLER = "0145690001"
MOBILE = "0660607001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def limited(office: Office) -> AsyncIterator[Office]:
    """A company that may hold two outside calls."""
    small = await Office.open(
        office.stack, 14, company="Limitée", prefix="02225", of_company={"max_calls": 2}
    )
    yield small
    await small.close()


async def _five_calls(world: Trunk, b: Phone, bob: Desk, zoe: Phone, z: Desk) -> list[Call]:
    """Two outgoing (one talks, one rings) and three incoming (one talks, one is held, one rings) calls of Bob."""
    out = await b.invite(MOBILE)
    await talk(out, await take(world, to=MOBILE))
    inside = await b.invite(z.extension)
    await take(zoe)
    talking = await outside_call(world, bob.number, CALLER)
    await talk(talking, await take(b))
    held = await outside_call(world, bob.number, CALLER)
    leg = await take(b)
    await talk(held, leg)
    await leg.hold()
    rings = await outside_call(world, bob.number, CALLER)
    await take(b)
    return [out, inside, talking, held, rings]


async def test_the_sixth_call_is_busy_whether_it_comes_in_or_goes_out(office: Office) -> None:
    bob, zoe = office.desks(2)
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        five = await _five_calls(world, b, bob, z, zoe)
        await greeted(await outside_call(world, bob.number, CALLER))
        await silent(b)
        await announced(await b.invite(MOBILE))
        await announced(await b.invite(zoe.extension))
        await silent(world, z)
        in_its_place = []
        for over in five:  # each kind of call makes room for exactly one, which takes its place
            await over.hang_up()
            in_its_place.append(await _rings(world, b, bob))
            await greeted(await outside_call(world, bob.number, CALLER))
        await asyncio.gather(*(call.cancel() for call in in_its_place))
    busy = [r for r in await office.records(bob, 18) if r.rule.rule == "voicemail.busy"]
    refused = [r for r in await office.records(bob, 18) if r.rule.rule == "outgoing.line_full"]
    assert (len(busy), len(refused)) == (6, 2)
    await office.nothing_left()


async def _rings(world: Trunk, b: Phone, bob: Desk) -> OutgoingCall:
    call = await outside_call(world, bob.number, CALLER)
    await take(b)
    await call.ringing()
    return call


async def test_of_seven_calls_at_the_same_moment_five_ring(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        calls = await asyncio.gather(*(outside_call(world, bob.number, CALLER) for _ in range(7)))
        await asyncio.gather(*(take(b) for _ in range(5)))
        found = await asyncio.gather(*(becomes(call) for call in calls))
        assert sorted(found) == ["answered"] * 2 + ["rings"] * 5
        await silent(b)
        await asyncio.gather(*(call.hang_up() for call in calls))
    assert len(await office.records(bob, 7)) == 7


async def test_a_full_line_forwards_where_its_busy_forward_says(office: Office) -> None:
    alice, bob, zoe = office.desks(3)
    await office.set(bob, "call-manager", {"busy": {"forward_enabled": True, "number": zoe.number}})
    async with (
        office.trunk() as world,
        office.phone(alice) as a,
        office.phone(bob) as b,
        office.phone(zoe) as z,
    ):
        await register(a, b, z)
        calls = [await _rings(world, b, bob) for _ in range(5)]
        call = await a.invite(bob.extension)
        ring = await take(z)
        assert "reason=user-busy" in (ring.header("Diversion") or "")
        for over in (*calls, call):
            await over.cancel()
    latest = (await office.records(bob, 6))[0]
    assert latest.rule.rule == "forward.busy"


async def test_a_full_line_without_voicemail_is_announced_as_busy(office: Office) -> None:
    alice, bob = office.desks(2)
    await office.set(bob, "call-manager", {"busy": {"voicemail_enabled": False}})
    async with office.trunk() as world, office.phone(alice) as a, office.phone(bob) as b:
        await register(a, b)
        calls = [await _rings(world, b, bob) for _ in range(5)]
        assert await announced_to_the_end(await a.invite(bob.extension)) == 486
        await asyncio.gather(*(call.cancel() for call in calls))
    assert (await office.records(bob, 6))[0].rule.rule == "refuse.busy"


async def test_calls_that_went_to_voicemail_or_to_a_forward_count_no_longer(office: Office) -> None:
    bob, zoe = office.desks(2)
    busy = {"forward_enabled": True, "number": MOBILE}
    await office.set_all(
        {
            bob: {"call-manager": {"no_answer": {"voicemail_after": 1}}},
            zoe: {"call-manager": {"busy": busy}},
        }
    )
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        z.auto_reject(486)
        to_mailbox = [await outside_call(world, bob.number, CALLER) for _ in range(5)]
        # different people: a caller whose call is being forwarded outside is taken for that call coming back
        outside = [await outside_call(world, zoe.number, f"014569001{n}") for n in range(5)]
        await asyncio.gather(*(take(world, to=MOBILE) for _ in outside))
        await asyncio.gather(*(call.answered(within=8) for call in to_mailbox))
        for phone, desk in ((b, bob), (z, zoe)):
            for _ in range(5):
                await phone.incoming()  # those of before
            phone.manual()
            sixth = await outside_call(world, desk.number, "0145690007")
            await take(phone)
            await sixth.cancel()
        await asyncio.gather(*(call.hang_up() for call in (*to_mailbox, *outside)))
    assert {r.rule.rule for r in await office.records(zoe, 6)} == {"forward.declined", "ring.default"}
    await office.nothing_left()


async def test_a_refused_call_or_an_emergency_does_not_count(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        unknown = [await b.invite("9999") for _ in range(3)]
        urgent = [await b.invite("112") for _ in range(2)]
        for _ in urgent:
            await take(world, to="112")
        await asyncio.gather(*(call.early_media() for call in unknown))
        await (await _rings(world, b, bob)).cancel()
        await asyncio.gather(*(call.cancel() for call in (*unknown, *urgent)))


async def test_at_the_companys_maximum_nobody_calls_or_forwards_outside(limited: Office) -> None:
    alice, bob, carol, zoe = limited.desks(4)
    await limited.set(
        carol, "call-manager", {"incoming": "forward", "unconditional": {"number": "0660607009"}}
    )
    async with (
        limited.trunk() as world,
        limited.phone(alice) as a,
        limited.phone(bob) as b,
        limited.phone(zoe) as z,
    ):
        await register(a, b, z)
        out = await a.invite(MOBILE)
        await talk(out, await take(world, to=MOBILE))
        incoming = await outside_call(world, bob.number, CALLER)
        await talk(incoming, await take(b))
        third = await z.invite(MOBILE)  # the company is full: announced
        forwarded = await z.invite(carol.extension)  # not forwarded: Carol's mailbox
        status, _ = await asyncio.gather(announced_to_the_end(third), greeted(forwarded))
        assert status == 486
        await silent(world)
        inside = await z.invite(alice.extension)  # calls inside are not counted
        await take(a)
        urgent = await z.invite("112")
        await take(world, to="112")
        for call in (inside, urgent, out):
            await call.hang_up()
        again = await z.invite(MOBILE)  # one has ended: there is room
        await take(world, to=MOBILE)
        await again.cancel()
        await incoming.hang_up()
    (record,) = await limited.records(carol)
    assert record.rule.rule == "voicemail.company_full"
    refused = [r for r in await limited.records(zoe, 5) if r.rule.rule == "outgoing.company_full"]
    assert [r.direction for r in refused] == [Direction.OUTGOING]
    await limited.nothing_left()


async def test_an_outside_caller_who_would_be_forwarded_outside_needs_two_of_the_companys_calls(
    limited: Office,
) -> None:
    alice, carol = limited.desks(2)
    await limited.set(
        carol, "call-manager", {"incoming": "forward", "unconditional": {"number": "0660607009"}}
    )
    async with limited.trunk() as world, limited.phone(alice) as a:
        await a.register()
        call = await outside_call(world, carol.number, CALLER)
        out = await take(world, to="0660607009")
        await talk(call, out)
        await announced(await a.invite(MOBILE))
        await call.hang_up()
        await out.ended()
        one = await outside_call(world, alice.number, CALLER)
        await take(a)
        await greeted(await outside_call(world, carol.number, CALLER))
        await silent(world)
        await one.cancel()
    latest, first = await limited.records(carol, 2)
    assert (first.rule.rule, latest.rule.rule) == ("forward.unconditional", "voicemail.company_full")


@pytest.mark.parametrize("most", [1])
async def test_a_line_may_have_its_own_maximum(office: Office, most: int) -> None:
    small = await Office.open(
        office.stack, 2, company="Étroite", prefix="02226", of_lines={"max_calls": most}
    )
    (bob,) = small.desks(1)
    async with small.trunk() as world, small.phone(bob) as b:
        await b.register()
        first = await outside_call(world, bob.number, CALLER)
        await take(b)
        await greeted(await outside_call(world, bob.number, CALLER))
        await first.cancel()
    await small.records(bob, 2)
    await small.close()
