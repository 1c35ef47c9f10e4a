"""What dies without a BYE is found by the refresh of its session, and silence alone ends nothing (RFC 4028 §10).

In true seconds on real Asterisk: the shortest session that RFC 4028 §5 allows (90 s) is refreshed after 45 s, and a
request that nobody answers is given up after 32 s (RFC 3261 §17.1.2.2): the refresh, and then the BYE.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.office import Office
from tests.e2e.people import outside_call, register, take, talk
from tests.stack import Stack

FOUND_SECONDS = 45 + 32 + 32 + 10


@pytest.mark.timeout(200)
async def test_a_phone_that_lost_its_power_is_found_and_a_muted_one_talks_on(tmp_path: Path) -> None:
    settings = {"sip": {"session_expires": 90}}
    async with Stack.start(tmp_path, company=None, settings=settings) as stack:
        office = await Office.open(stack, size=4)
        dead, muted = office.desks(2)
        async with office.trunk() as world, office.phone(dead) as d, office.phone(muted) as m:
            await register(d, m)
            to_dead = await outside_call(world, dead.number, "0145700001")
            await talk(to_dead, await take(d))
            to_muted = await outside_call(world, muted.number, "0145700002")
            ring = await take(m)
            await talk(to_muted, ring)
            ring.media.mute()
            await d.vanish()
            await to_dead.ended(within=FOUND_SECONDS)
            assert not to_muted.is_over
            ring.media.unmute()
            await to_muted.hears(ring.tone)
            await to_muted.hang_up()
        await office.nothing_left()
        await office.close()
