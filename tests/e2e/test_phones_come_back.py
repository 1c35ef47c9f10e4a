"""A phone that was killed comes back, however often: nobody is locked out, and what is dead is shown no more."""

from __future__ import annotations

import asyncio

import pytest

from rig import Phone, baresip
from rig.baresip import Baresip
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import take, talk
from tests.e2e.web import logged_in


async def _devices(office: Office, desk: Desk) -> int:
    async with logged_in(office) as chief:
        found = await chief.get(f"lines/{desk.number}/devices")
    return len(found["items"])


async def test_a_phone_killed_again_and_again_is_never_locked_out(firm: Office) -> None:
    alice, bob = firm.desks(2)
    async with firm.phone(alice) as a:
        await a.register()
        for _ in range(7):
            async with firm.phone(bob) as killed:
                await killed.register()
                await killed.vanish()
                killed.is_registered = False
        async with firm.phone(bob) as b:
            await b.register()  # at once: 200
            call = await a.invite(bob.number)
            await talk(call, await take(b))
            await call.hang_up()

            async def alone() -> bool | None:
                contacts = await firm.stack.asterisk_cli(f"pjsip show aor {bob.number}@callcontrol")
                return (contacts.count(" Avail ") == 1 and " Unknown " not in contacts) or None

            async def shown() -> bool | None:
                return await _devices(firm, bob) == 1 or None

            await eventually(alone, "what was killed answers no more", within=15)
            await eventually(shown, "only the one that answers is shown")


@pytest.mark.skipif(baresip.missing() is not None, reason="Debian's baresip is not installed")
async def test_a_softphone_killed_five_times_registers_and_is_called(firm: Office) -> None:
    alice, bob = firm.desks(2)
    for _ in range(5):
        async with Baresip(bob.number, bob.sip_password, firm.stack.sip_server) as killed:
            await killed.registered()
            killed.kill()
    async with Baresip(bob.number, bob.sip_password, firm.stack.sip_server, answers=True) as softphone:
        await softphone.registered()
        async with firm.phone(alice) as a:
            await a.register()
            call = await a.invite(bob.number)
            await call.answered()
            await call.hang_up()


async def test_a_sixth_device_that_lives_takes_the_place_of_the_registration_that_ends_first(
    firm: Office,
) -> None:
    alice, bob = firm.desks(2)
    phones = [firm.phone(bob) for _ in range(6)]
    try:
        for index, phone in enumerate(phones):
            await phone.__aenter__()
            await phone.register(expires=600 if index == 2 else 1200 + index)
        assert await _who_rings(firm, alice, bob, phones) == {0, 1, 3, 4, 5}
        await phones[2].register(expires=2000)  # it finds out when it renews, and comes back in the same way
        assert await _who_rings(firm, alice, bob, phones) == {1, 2, 3, 4, 5}
    finally:
        for phone in phones:
            await phone.__aexit__()


async def _who_rings(office: Office, alice: Desk, bob: Desk, phones: list[Phone]) -> set[int]:
    """All legs of a call are made at once: whoever does not ring with the others is not called."""
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite(bob.number)
        rings = await asyncio.gather(*(_rung(phone) for phone in phones))
        await call.cancel()
        return {index for index, rang in enumerate(rings) if rang}


async def _rung(phone: Phone) -> bool:
    try:
        await phone.incoming(within=1.5)
    except AssertionError:
        return False
    return True
