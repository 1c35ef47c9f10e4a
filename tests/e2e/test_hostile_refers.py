"""A phone that sends REFER after REFER in its call (docs/security.md): nobody's call ends, each is answered, and an
honest transfer goes as ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rig import Transfer, both_hear, midcall
from rig.midcall import replacing
from tests.e2e.office import Office
from tests.e2e.people import outside_call, register, take, talk
from tests.hostile_size import LONG, tried
from tests.stack import Stack

pytestmark = [pytest.mark.hostile, pytest.mark.skipif(not LONG, reason="make test-hostile")]

FLOODS, REFERS = 5, 100
OUTSIDE = "+33145720045"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attacked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system of its own: of the floods that these came from five in six ended Asterisk."""
    async with Stack.start(tmp_path_factory.mktemp("attacked"), company=None) as running:
        opened = await Office.open(running, 20, company="Attaquée", prefix="02257")
        yield opened
        await opened.close()


@pytest.mark.parametrize("pause", [0.0, 0.1], ids=["at full speed", "as each is answered"])
async def test_a_flood_of_refers_ends_nobodys_call_and_a_transfer_goes_as_ever(
    attacked: Office, pause: float
) -> None:
    pid = attacked.stack.asterisk_pid
    alice, bob, carol, dan = attacked.desks(4)
    async with (
        attacked.trunk() as world,
        attacked.phone(alice) as a,
        attacked.phone(bob) as b,
        attacked.phone(carol) as c,
        attacked.phone(dan) as d,
    ):
        await register(a, b, c, d)
        honest = await c.invite(dan.extension)
        other = await take(d)
        await talk(honest, other)
        for _ in range(FLOODS):
            call = await outside_call(world, alice.number, OUTSIDE)
            leg = await take(a)
            await talk(call, leg)
            asked = Transfer(a)
            leg.transfers.append(asked)
            for _ in range(REFERS):
                refer_to = ("Refer-To", f"<sip:9@{attacked.stack.sip_server}>")
                assert (await midcall.ask(leg, "REFER", headers=[refer_to])).status == 202
                await asyncio.sleep(pause)
            await a.until(lambda: final(asked) >= REFERS, 20, "not each is refused")  # noqa: B023
            assert {status for status in asked.statuses if status >= 200} <= {404, 603}
            await both_hear(call, leg, within=15)
            moved = await leg.refer(bob.extension)
            ring = await take(b)
            assert await moved.finished() == 200
            await leg.ended()
            await ring.answer()
            await both_hear(call, ring)
            await call.hang_up()
            await ring.ended()
        await both_hear(honest, other)
        await honest.hang_up()
    assert attacked.stack.asterisk_pid == pid
    tried("REFERs in a flood", FLOODS * REFERS)
    await attacked.nothing_left()


def final(asked: Transfer) -> int:
    return sum(status >= 200 for status in asked.statuses)


async def test_while_one_is_being_answered_asterisk_joins_no_calls_by_itself(attacked: Office) -> None:
    pid = attacked.stack.asterisk_pid
    alice, bob = attacked.desks(2)
    async with attacked.trunk() as world, attacked.phone(alice) as a, attacked.phone(bob) as b:
        await register(a, b)
        call = await outside_call(world, alice.number, OUTSIDE)
        leg = await take(a)
        await talk(call, leg)
        second = await a.invite(bob.extension)
        ring = await take(b)
        await talk(second, ring)
        asked = Transfer(a)
        leg.transfers.append(asked)
        for target in (f"<sip:9@{attacked.stack.sip_server}>", replacing(second.dialog)):
            assert (await midcall.ask(leg, "REFER", headers=[("Refer-To", target)])).status == 202
        await a.until(lambda: final(asked) >= 2, 10, "not each is answered")
        # The second comes to us where Asterisk had it read before we spoke of the first.
        assert {status for status in asked.statuses if status >= 200} <= {500, 603}
        await both_hear(call, leg, within=15)
        await both_hear(second, ring)
        await call.hang_up()
        await second.hang_up()
    assert attacked.stack.asterisk_pid == pid
    await attacked.nothing_left()
