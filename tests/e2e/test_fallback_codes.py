"""A call that goes nowhere gets the same code from us whether the app is up or not (answers.py, docs/interop.md)."""

from __future__ import annotations

import asyncio

from rig import Phone
from tests.e2e.office import Office, registers
from tests.e2e.people import announced_to_the_end

CALLS = {"0612345678": 503, "0123": 404, "+442079460958": 503, "0899123456": 403}
"""What is dialled while no trunk can be reached, by a line that may not call premium numbers, and the code for it."""


async def _codes(phone: Phone) -> dict[str, int | None]:
    calls = {dialled: await phone.invite(dialled) for dialled in CALLS}
    codes = await asyncio.gather(*map(announced_to_the_end, calls.values()))
    return dict(zip(calls, codes, strict=True))


async def test_the_code_of_a_call_that_goes_nowhere_is_the_same_with_the_app_and_without(
    trio: Office,
) -> None:
    (alice,) = trio.desks(1)
    await trio.set(alice, "call-settings", {"barring": {"premium": True}})
    async with trio.phone(alice) as a:
        await a.register()
        assert await _codes(a) == CALLS
        await trio.stack.kill_app()
        try:
            assert await registers(a)
            assert await _codes(a) == CALLS
        finally:
            await trio.stack.start_app()
