"""What operators really do: answers, silence, loops, reasons (docs/interop.md; RFC 3261 §21, spec §3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from callcontrol.answers import TELLING, End
from callcontrol.history import Direction
from rig import Trunk
from rig.incoming import IncomingCall
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import announced_to_the_end, greeted, outside_call, register, silent, take, talk
from tests.stack import Stack, free_ports

MOBILE = "0660606011"
QUIET = "0660606012"
"""Called where a trunk says nothing: Asterisk repeats that INVITE for half a minute, and takes it back once heard."""
CALLER = "0145680002"
SPARE = "spare-trunk"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def operators(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A company on a system of its own with two trunks, whose OPTIONS are asked every second."""
    second = free_ports().trunk
    spare = {"name": SPARE, "host": "127.0.0.1", "port": second, "match": ["127.0.0.9"], "qualify": 1}
    async with Stack.start(
        tmp_path_factory.mktemp("operators"), trunk={"qualify": 1}, more_trunks=[spare]
    ) as stack:
        office = await Office.open(stack, 60, company="Opérateurs", prefix="02231")
        yield office
        await office.close()


@asynccontextmanager
async def both(office: Office) -> AsyncIterator[tuple[Trunk, Trunk]]:
    """The far ends of both trunks, as Asterisk sees them: alive."""
    async with office.trunk() as first, spare(office) as second:
        for trunk in office.stack.config.trunks:
            await _known_alive(office, trunk.name)
        yield first, second


async def _known_alive(office: Office, trunk: str) -> None:
    """Its OPTIONS are answered, and the app has learnt it."""

    async def up() -> bool | None:
        return await office.metric(f'callcontrol_trunk_up{{trunk="{trunk}"}}') == 1 or None

    await eventually(up, f"{trunk} is known to live", within=10)


@asynccontextmanager
async def spare(office: Office) -> AsyncIterator[Trunk]:
    """The far end of the second trunk."""
    port = office.stack.config.trunks[1].port
    async with Trunk(office.stack.sip_server, port=port, name="spare") as trunk:
        yield trunk


def forwards(to: str) -> dict[str, object]:
    """A call manager that forwards everything."""
    return {"incoming": "forward", "unconditional": {"number": to}}


# -- rows 5 and 6: what an answer means ---------------------------------------------------------------------------

FINAL = [
    (404, "", End.UNKNOWN_NUMBER),
    (484, "", End.UNKNOWN_NUMBER),
    (410, "", End.UNKNOWN_NUMBER),
    (604, "", End.UNKNOWN_NUMBER),
    (403, "", End.REFUSED),
    (603, "", End.REFUSED),
    (607, "", End.REFUSED),
    (480, "", End.UNREACHABLE),
    (480, "180", End.NO_ANSWER),
    (480, "182", End.NO_ANSWER),
    (480, "183", End.NO_ANSWER),
    (408, "183", End.NO_ANSWER),
    (487, "", End.NO_ANSWER),
    (503, "183", End.NETWORK),
    (486, "", End.BUSY),
]
"""Final status, what came before it, and what that means (callcontrol/answers.py gives the sources)."""


@pytest.mark.parametrize(("status", "before", "end"), FINAL)
async def test_a_final_answer_is_told_in_words_and_tried_nowhere_else(
    operators: Office, status: int, before: str, end: End
) -> None:
    (alice,) = operators.desks(1)
    async with both(operators) as (first, second), operators.phone(alice) as a:
        await a.register()
        call = await a.invite(MOBILE)
        out = await first.incoming()
        await _says(out, before)
        if before:
            await call.agent.until(lambda: len(call.provisionals) > 1 or None, 4, "hears nothing of it")
        await out.reject(status)
        assert await announced_to_the_end(call) == TELLING[end].status
        await silent(second)
        await silent(first)
    (record,) = await operators.records(alice)
    assert [(leg.result, leg.sip_status) for leg in record.legs] == [(end.value, status)]


async def _says(out: IncomingCall, before: str) -> None:
    if before == "183":
        await out.progress()
    elif before:
        await out.say(int(before))


@pytest.mark.parametrize("status", [503, 500, 502, 504, 488, 402])
async def test_what_another_trunk_can_mend_goes_through_it(operators: Office, status: int) -> None:
    (alice,) = operators.desks(1)
    async with both(operators) as (first, second), operators.phone(alice) as a:
        await a.register()
        call = await a.invite(MOBILE)
        await (await first.incoming()).reject(status)
        await talk(call, await take(second, to=MOBILE))
        await call.hang_up()
    (record,) = await operators.records(alice)
    assert [leg.result for leg in record.legs] == ["network_failure", "answered"]


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        (404, "voicemail.forward_unknown"),
        (603, "voicemail.forward_refused"),
        (486, "voicemail.forward_busy"),
        (480, "voicemail.forward_unreachable"),
    ],
)
async def test_a_forward_that_fails_says_why_in_the_history(
    operators: Office, status: int, rule: str
) -> None:
    (bob,) = operators.desks(1)
    await operators.set(bob, "call-manager", forwards(MOBILE))
    async with both(operators) as (first, second):
        call = await outside_call(first, bob.number, CALLER)
        await (await first.incoming(to=MOBILE)).reject(status)
        await greeted(call)
        await silent(second)
    (record,) = await operators.records(bob)
    assert record.rule.rule == rule


# -- row 3: a trunk without a word --------------------------------------------------------------------------------


async def test_a_trunk_without_a_word_is_given_up_after_two_seconds(operators: Office) -> None:
    (alice,) = operators.desks(1)
    loop = asyncio.get_running_loop()
    async with both(operators) as (first, second), operators.phone(alice) as a:
        await a.register()
        first.ignore()  # it goes on to answer OPTIONS
        began = loop.time()
        call = await a.invite(QUIET)
        await talk(call, await take(second, to=QUIET))
        assert 1.5 < loop.time() - began < 4
        await call.hang_up()
        ignored = len(first.ignored)
        again = await a.invite(QUIET)  # it is known now
        await talk(again, await take(second, to=QUIET, within=1))
        await again.hang_up()
        assert len(first.ignored) == ignored
    assert "trunk.dead" in operators.stack.app_log()
    assert await operators.metric('callcontrol_trunk_up{trunk="demo-trunk"}') == 0


async def test_an_emergency_call_waits_one_second_and_tries_a_dead_trunk_last(operators: Office) -> None:
    (alice,) = operators.desks(1)
    loop = asyncio.get_running_loop()
    async with spare(operators) as second, operators.phone(alice) as a:  # the first one is gone altogether
        await a.register()
        began = loop.time()
        call = await a.invite("112")
        ring = await take(second, to="112")
        assert loop.time() - began < 3
        await ring.reject(503)  # and so is hope, but for the first, which is back by now
        async with operators.trunk() as first:
            await talk(call, await take(first, to="112"))
            await call.hang_up()


# -- row 2: loops -------------------------------------------------------------------------------------------------


def _called(world: Trunk) -> int:
    """How often the mobile was called; what would call it once more has happened before this is asked."""
    return sum(isinstance(call, IncomingCall) and call.dialled == MOBILE for call in world.calls)


async def test_a_forward_that_comes_back_ends_in_the_mailbox_after_one_round(operators: Office) -> None:
    (bob,) = operators.desks(1)
    await operators.set(bob, "call-manager", forwards(MOBILE))
    async with operators.trunk() as world:
        call = await outside_call(world, bob.number, CALLER)
        out = await take(world, to=MOBILE)
        back = await outside_call(
            world, bob.number, out.caller.uri.user or ""
        )  # no Diversion, no History-Info
        await greeted(back)
        assert _called(world) == 1
        await talk(call, out)
        await call.hang_up()
    looped, forwarded = await operators.records(bob, 2)
    assert {looped.rule.rule, forwarded.rule.rule} == {"voicemail.caller_loop", "forward.unconditional"}


async def test_two_different_customers_at_once_are_no_loop(operators: Office) -> None:
    (bob,) = operators.desks(1)
    await operators.set(bob, "call-manager", forwards(MOBILE))
    async with operators.trunk() as world:
        calls = [await outside_call(world, bob.number, f"014568010{n}") for n in range(2)]
        outs = [await take(world, to=MOBILE) for _ in calls]
        for call in calls:
            await call.cancel()
        assert len(outs) == 2


async def test_withheld_callers_are_bounded_by_the_cap_on_outside_forwards(operators: Office) -> None:
    (bob,) = operators.desks(1)
    await operators.set(bob, "call-manager", forwards(MOBILE))
    hidden = [("Privacy", "id")]
    async with operators.trunk() as world:
        calls = [await outside_call(world, bob.number, "anonymous", headers=hidden) for _ in range(5)]
        for _ in calls:
            await take(world, to=MOBILE)
        await greeted(await outside_call(world, bob.number, "anonymous", headers=hidden))
        assert _called(world) == 5
        for call in calls:
            await call.cancel()
    rules = [record.rule.rule for record in await operators.records(bob, 6)]
    assert rules.count("voicemail.forwards_full") == 1


async def test_max_forwards_is_taken_over_and_counted_down(operators: Office) -> None:
    bob, zoe = operators.desks(2)
    await operators.set(bob, "call-manager", forwards(MOBILE))
    async with operators.trunk() as world, operators.phone(zoe) as z:
        await z.register()
        for number, far in ((bob.number, world), (zoe.number, z)):
            call = await outside_call(world, number, CALLER, headers=[("Max-Forwards", "9")])
            ring = await take(far)
            assert ring.headers("Max-Forwards") == ["8"]
            await call.cancel()
        call = await outside_call(world, zoe.number, CALLER, headers=[("Max-Forwards", "0")])
        await call.refused()
        assert call.final_status == 483
        await silent(z)


# -- rows 19 and 20 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "elsewhere"),
    [
        ('SIP;cause=200;text="Call completed elsewhere"', True),
        ("Q.850;cause=26", True),
        ("Q.850;cause=17", False),
        (None, False),
    ],
)
async def test_the_reason_of_a_cancel_is_handed_on_to_our_phones(
    operators: Office, reason: str | None, elsewhere: bool
) -> None:
    (zoe,) = operators.desks(1)
    async with operators.trunk() as world, operators.phone(zoe) as one, operators.phone(zoe) as two:
        await register(one, two)
        call = await outside_call(world, zoe.number, CALLER)
        rings = [await take(one), await take(two)]
        await call.cancel(headers=[("Reason", reason)] if reason else [])
        for ring in rings:
            reasons = (await ring.cancelled()).headers("Reason")
            assert any(said.startswith("SIP;cause=200") for said in reasons) is elsewhere
    (record,) = await operators.records(zoe)
    assert record.direction is Direction.MISSED


@pytest.mark.parametrize("status", [403, 606])
async def test_a_forward_whose_foreign_number_is_refused_goes_out_with_our_own(
    tmp_path_factory: pytest.TempPathFactory, status: int
) -> None:
    async with Stack.start(tmp_path_factory.mktemp("foreign")) as stack:
        office = await Office.open(stack, 3, company="Renvois", prefix="02232")
        (bob,) = office.desks(1)
        await office.set(bob, "call-manager", forwards(MOBILE))
        async with office.trunk() as world:
            call = await outside_call(world, bob.number, CALLER)
            refused = await world.incoming(to=MOBILE)
            assert refused.caller.uri.user == CALLER
            await refused.reject(status)
            await _goes_out_as(world, bob)
            await call.ringing()  # so it was the number
            await call.cancel()
            call = await outside_call(world, bob.number, CALLER)  # remembered: at once
            await _goes_out_as(world, bob)
            await call.cancel()
        await office.close()


async def _goes_out_as(world: Trunk, desk: Desk) -> None:
    out = await take(world, to=MOBILE)
    assert out.caller.uri.user == desk.number
    assert desk.number in (out.header("Diversion") or "")
