"""Ask Asterisk, again and again, what its own OPTIONS find of the trunks, and tell ``Trunks``.

Not by a subscription to their endpoints: every event of their channels would come twice.
"""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Gauge

from callcontrol.asterisk.client import AriClient
from callcontrol.call.trunks import Trunks, TrunkState
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


def publish(trunks: Trunks, registry: CollectorRegistry) -> None:
    """``callcontrol_trunk_up``: 0 for a trunk that is known dead, else 1."""
    gauge = Gauge("callcontrol_trunk_up", "0: known dead, calls go round it", ["trunk"], registry=registry)
    for trunk in trunks.configured:
        gauge.labels(trunk.name).set_function(lambda name=trunk.name: _up(trunks, name))  # type: ignore[misc]


def _up(trunks: Trunks, name: str) -> float:
    return float(trunks.state(name) is not TrunkState.DEAD)
