"""Ask Asterisk, again and again, what its own OPTIONS find of the trunks, and tell ``Trunks``.

Not by a subscription to their endpoints: every event of their channels would come twice.
"""

from __future__ import annotations

import asyncio

from callcontrol.asterisk.client import AriClient
from callcontrol.call.trunks import Trunks
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused

LOOK_SECONDS = 2.0


async def watch(client: AriClient, trunks: Trunks) -> None:
    """Until cancelled. While Asterisk is away nothing new is learnt."""
    while True:
        for trunk in trunks.configured:
            try:
                trunks.qualified(trunk.name, await client.reachable(trunk.name))
            except (PhoneSystemDown, PhoneSystemRefused):
                break
        await asyncio.sleep(LOOK_SECONDS)
