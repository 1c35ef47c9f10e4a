"""A softphone that is not ours, Debian's baresip, calls one of our phones through the whole system."""

from __future__ import annotations

import asyncio

from rig.baresip import Baresip, missing
from tests.e2e.office import Office

TONE = 440


async def test_baresip_calls_our_phone_and_each_hears_the_other(office: Office) -> None:
    assert not missing(), missing()
    alice, bob = office.desks(2)
    async with (
        Baresip(alice.number, alice.sip_password, office.stack.sip_server, tone=TONE) as softphone,
        office.phone(bob) as b,
    ):
        await softphone.registered()
        await b.register()
        await softphone.dial(bob.extension)
        ring = await b.incoming()
        assert ring.caller.uri.user == alice.number
        await ring.ring()
        await ring.answer()
        await softphone.established()
        await ring.hears(TONE)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears
        await ring.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(ring.tone)
    await office.records(bob)
    await office.nothing_left()
