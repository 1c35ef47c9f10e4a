"""Forwards: selective, unconditional, to a colleague, outside and to voicemail; what they carry; loops (spec §3)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from callcontrol.history import Direction
from rig import Trunk
from rig.message import Header
from tests.e2e.office import Desk, Office
from tests.e2e.people import greeted, leave_message, outside_call, register, silent, take, talk

CALLER = "0145680001"
MOBILE = "0660606001"


def to(number: str) -> dict[str, Any]:
    """A call manager that forwards everything."""
    return {"incoming": "forward", "unconditional": {"number": number}}


def diversion(number: str, reason: str) -> str:
    """What a Diversion entry of one of our lines begins with."""
    return f"<sip:{number}@127.0.0.1>;reason={reason}"


async def test_callers_on_the_list_go_to_the_lists_own_number_and_others_ring(office: Office) -> None:
    bob, zoe = office.desks(2)
    selective = {"enabled": True, "number": zoe.extension, "callers": {"numbers": ["01 45 68*"]}}
    await office.set(bob, "call-manager", {"selective_forward": selective})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        await take(z)
        await call.cancel()
        await silent(b)
        call = await outside_call(world, bob.number, "0240000000")
        await take(b)
        await call.cancel()
    other, forwarded = await office.records(bob, 2)
    assert (forwarded.rule.rule, other.rule.rule) == ("forward.selective", "ring.default")


async def test_an_unconditional_forward_to_a_colleague_rings_there_with_the_original_caller(
    office: Office,
) -> None:
    bob, zoe = office.desks(2)
    await office.set(bob, "call-manager", to(zoe.number))
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(z)
        assert ring.caller.uri.user == CALLER
        assert (ring.header("Diversion") or "").startswith(diversion(bob.number, "unconditional"))
        await talk(call, ring)
        await call.hang_up()
        await ring.ended()
        await silent(b)
    (passed,), (got,) = await office.records(bob), await office.records(zoe)
    assert (passed.direction, passed.rule.rule) == (Direction.MISSED, "forward.unconditional")
    assert (got.direction, got.peer.number) == (Direction.RECEIVED, f"+33{CALLER[1:]}")


async def test_a_forward_outside_carries_the_original_caller_and_who_forwarded_and_why(
    office: Office,
) -> None:
    alice, bob, zoe = office.desks(3)
    await office.set_all({bob: {"call-manager": to(zoe.extension)}, zoe: {"call-manager": to(MOBILE)}})
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        for caller, shown in ((world, CALLER), (a, alice.number)):
            call = await (
                outside_call(world, bob.number, CALLER) if caller is world else a.invite(bob.extension)
            )
            out = await take(world, to=MOBILE)
            assert out.caller.uri.user == shown
            first, second = out.request.values("Diversion")
            assert first.startswith(diversion(zoe.number, "unconditional"))
            assert second.startswith(diversion(bob.number, "unconditional"))
            history = out.request.values("History-Info")
            assert [entry.partition(";index=")[2] for entry in history] == ["1", "1.1", "1.1.1"]
            reached = zip((bob.number, zoe.number, MOBILE[1:]), history, strict=True)
            assert all(number in entry for number, entry in reached)
            assert "cause=302" in history[1]
            await talk(call, out)
            await out.hang_up()
            await call.ended()
    records = await office.records(zoe, 2)
    assert {record.rule.rule for record in records} == {"forward.unconditional"}
    assert [record.legs[0].result for record in records] == ["answered", "answered"]


async def test_everything_may_go_straight_to_voicemail(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"incoming": "voicemail"})
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        await greeted(await outside_call(world, bob.number, CALLER))
        await silent(b)
    (record,) = await office.records(bob)
    assert record.rule.rule == "voicemail.unconditional"


@pytest.mark.parametrize("lines", [2, 3], ids=["A to B to A", "A to B to C to A"])
async def test_forwards_in_a_circle_end_in_the_mailbox_of_the_line_called(office: Office, lines: int) -> None:
    ring = office.desks(lines)
    forwards = zip(ring, [*ring[1:], ring[0]], strict=True)
    await office.set_all({desk: {"call-manager": to(next_desk.extension)} for desk, next_desk in forwards})
    async with office.trunk() as world:
        await leave_message(await outside_call(world, ring[0].number, CALLER))
    (message,) = await office.messages(ring[0])
    assert message.sender.number == f"+33{CALLER[1:]}"
    (first,), (last,) = await office.records(ring[0]), await office.records(ring[-1])
    assert (first.rule.rule, first.message) == ("forward.unconditional", message.id)
    assert last.rule.rule == "voicemail.forward_loop"
    for desk in ring[1:]:
        await office.messages(desk, 0)


async def test_no_line_rings_twice_and_a_caller_is_not_called_back_in_a_circle(office: Office) -> None:
    alice, bob = office.desks(2)
    await office.set(bob, "call-manager", to(alice.number))
    async with office.phone(alice) as a, office.phone(alice) as second:
        await register(a, second)
        call = await a.invite(bob.extension)  # forwarded to the caller's own line
        ring = await take(second)
        await silent(a)
        await call.cancel()
        await ring.cancelled()


FAILURES = {"busy": (486, "busy"), "refused": (603, "refused"), "network": (503, "failed")}


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_forward_outside_that_fails_ends_in_the_first_lines_mailbox(
    office: Office, failure: str
) -> None:
    status, rule = FAILURES[failure]
    bob, zoe = office.desks(2)
    await office.set_all({bob: {"call-manager": to(zoe.extension)}, zoe: {"call-manager": to(MOBILE)}})
    async with office.trunk() as world:
        call = await outside_call(world, bob.number, CALLER)
        out = await world.incoming(to=MOBILE)
        await out.reject(status)
        await leave_message(call)
    (message,) = await office.messages(bob)
    (record,) = await office.records(zoe)
    assert record.rule.rule == f"voicemail.forward_{rule}"
    assert message.call == record.call


async def test_a_forward_outside_that_its_network_gives_up_counts_as_unanswered(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", to(MOBILE))
    async with office.trunk() as world:
        call = await outside_call(world, bob.number, CALLER)
        out = await take(world, to=MOBILE)
        await call.ringing()
        await out.reject(480)
        await greeted(call)
    (record,) = await office.records(bob)
    assert record.rule.rule == "voicemail.forward_no_answer"


async def test_a_barred_forward_is_not_made_and_ends_in_the_mailbox(office: Office) -> None:
    alice, bob = office.desks(2)
    await office.set_all(
        {bob: {"call-manager": to(MOBILE), "call-settings": {"barring": {"national": True}}}}
    )
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        await asyncio.gather(
            greeted(await outside_call(world, bob.number, CALLER)), greeted(await a.invite(bob.extension))
        )
        await silent(world)
    records = await office.records(bob, 2)
    assert {record.rule.rule for record in records} == {"voicemail.forward_barred"}


async def test_a_forward_to_a_group_where_nobody_is_rung_ends_in_the_first_lines_mailbox(
    office: Office,
) -> None:
    group = {"number": "0223200900", "extension": "6900", "name": "Accueil", "members": ["6002"]}
    small = await Office.open(office.stack, 3, company="Groupée", prefix="02232", of_file={"groups": [group]})
    alice, bob = small.desks(2)
    await small.set(bob, "call-manager", to("6900"))
    async with small.phone(alice) as a:
        await a.register()
        await leave_message(await a.invite(bob.extension))
    (message,), (record,) = await small.messages(bob), await small.records(bob)
    assert (record.rule.rule, record.message) == ("forward.unconditional", message.id)
    await small.close()


async def test_a_forward_outside_that_is_announced_before_it_fails_still_ends_in_the_mailbox(
    office: Office,
) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", to(MOBILE))
    async with office.trunk() as world:
        call = await outside_call(world, bob.number, CALLER)
        out = await world.incoming(to=MOBILE)
        await out.progress()
        await call.early_media()
        await call.hears(out.tone)
        await out.reject(486)
        await leave_message(call)
    assert len(await office.messages(bob)) == 1


DIVERTED: list[Header] = [
    ("Diversion", ", ".join(f"<sip:012345670{n}@outside.example>;reason=unconditional" for n in range(5)))
]
HISTORY: list[Header] = [
    ("History-Info", ", ".join(f"<sip:012345670{n}@outside.example>;index=1{'.1' * n}" for n in range(6)))
]


@pytest.mark.parametrize("headers", [DIVERTED, HISTORY], ids=["Diversion", "History-Info"])
async def test_a_call_that_was_forwarded_five_times_outside_is_not_forwarded_again(
    office: Office, headers: list[Header]
) -> None:
    bob, zoe = office.desks(2)
    await office.set(bob, "call-manager", to(zoe.extension))
    async with office.trunk() as world, office.phone(zoe) as z:
        await z.register()
        await greeted(await outside_call(world, bob.number, CALLER, headers=headers))
        await silent(z)
        await _still_forwarded(office, world, bob, z, headers)
    fewer, five = await office.records(bob, 2)
    assert (five.rule.rule, fewer.rule.rule) == ("voicemail.forwarded_too_often", "forward.unconditional")


async def _still_forwarded(office: Office, world: Trunk, bob: Desk, z: Any, headers: list[Header]) -> None:
    ((name, value),) = headers
    four = ",".join(value.split(",")[:-1])
    call = await outside_call(world, bob.number, CALLER, headers=[(name, four)])
    ring = await take(z)
    assert len(ring.request.values("Diversion")) == 5
    await call.cancel()


async def test_a_call_that_comes_back_from_the_forward_of_the_same_line_ends_in_its_mailbox(
    office: Office,
) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", to(MOBILE))
    header = ("Diversion", f"<sip:+33{bob.number[1:]}@outside.example>;reason=unconditional")
    async with office.trunk() as world:
        await greeted(await outside_call(world, bob.number, CALLER, headers=[header]))
        await silent(world)
    (record,) = await office.records(bob)
    assert record.rule.rule == "voicemail.loop"
