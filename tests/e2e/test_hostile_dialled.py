"""Whatever a barred line dials, with the app and without it: nothing that costs leaves the house, every call gets its
answer, and the next honest call goes as ever."""

from __future__ import annotations

import asyncio

import pytest

from rig import Phone, Trunk, both_hear
from tests.e2e.alone import BOB, CLARA, alone, outside, phone
from tests.e2e.office import Office
from tests.e2e.people import register
from tests.e2e.strings import dialled
from tests.hostile_size import size, tried
from tests.stack import Stack

__all__ = ["alone"]

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(400)]

SHORT, LONG = 60, 1020
AT_ONCE = 6
RESCUE = frozenset(
    {
        "15",
        "17",
        "18",
        "112",
        "114",
        "115",
        "116000",
        "116006",
        "116111",
        "116117",
        "119",
        "191",
        "196",
        "197",
    }
)


async def dial_one(thief: Phone, uri: str) -> None:
    """Dial it, and give up once something more than 100 was said."""
    call = await thief.invite(uri)

    def said() -> bool:
        return bool(call.final_status) or any(each.status > 100 for each in call.provisionals)

    try:
        await thief.until(said, 8, f"no answer to {uri}")
    finally:
        await call.leave()


async def dial_all(thief: Phone, world: Trunk, server: str, strings: list[str]) -> list[str]:
    """Dial each, give up what is answered; what the trunk was called as."""
    reached: list[str] = []

    async def trunk_answers() -> None:
        while True:
            ring = await world.incoming(within=3600)
            reached.append(ring.dialled or "?")
            await ring.reject(404)

    async def dial(part: list[str]) -> None:
        for text in part:
            await dial_one(thief, f"sip:{text}@{server}")

    answering = asyncio.create_task(trunk_answers())
    try:
        await asyncio.gather(*(dial(strings[n::AT_ONCE]) for n in range(AT_ONCE)))
    finally:
        answering.cancel()
    return [number for number in reached if number not in RESCUE]


async def test_without_the_app_nothing_that_a_barred_line_dials_costs_anything(alone: Stack) -> None:
    strings = list(dialled(size(SHORT, LONG), seed=11))
    async with outside(alone) as world, phone(alone, CLARA) as clara, phone(alone, BOB) as bob:
        await register(clara, bob)
        assert await dial_all(clara, world, alone.sip_server, strings) == []
        call = await clara.invite(BOB)
        leg = await (await bob.incoming()).answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
    tried("strings dialled by a barred line, without the app", len(strings))


async def test_with_the_app_nothing_that_a_barred_line_dials_costs_anything(office: Office) -> None:
    strings = list(dialled(size(SHORT, LONG), seed=12))
    thief, bob = office.desks(2)
    barring = dict.fromkeys(("national", "international", "premium", "access_codes", "config_codes"), True)
    await office.set(thief, "call-settings", {"barring": barring})
    pid = office.stack.app_pid
    async with office.trunk() as world, office.phone(thief) as t, office.phone(bob) as b:
        await register(t, b)
        assert await dial_all(t, world, office.stack.sip_server, strings) == []
        call = await t.invite(bob.number)
        leg = await (await b.incoming()).answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
    assert office.stack.app_pid == pid
    assert "call.failed" not in office.stack.app_log().split('"call.made"')[-1]
    await office.nothing_left()
    tried("strings dialled by a barred line, with the app", len(strings))
