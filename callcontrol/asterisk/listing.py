"""What exists in Asterisk now, as a ``Snapshot`` for the resync, and channels that nobody looks after."""

from __future__ import annotations

from typing import Any

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.events import channel_of
from callcontrol.telephony import ChannelEntered, Snapshot


async def snapshot(client: AriClient) -> tuple[Snapshot, list[ChannelEntered]]:
    """The snapshot, and the ``ChannelEntered`` of every channel that waits in our application.

    The arguments of ``Stasis()`` stand in the dialplan's ``app_data``, so that a channel whose event died
    with an earlier process can still come in by the front door.
    """
    raw_channels = await client.channels.list()
    raw_bridges = await client.bridges.list()
    channels = {raw["id"]: channel_of(raw) for raw in raw_channels}
    bridges = {raw["id"]: frozenset(raw["channels"]) for raw in raw_bridges}
    waiting = [_entered(raw) for raw in raw_channels if _is_ours(raw, client.app)]
    return Snapshot(channels, bridges), waiting


def _is_ours(raw: dict[str, Any], app: str) -> bool:
    plan = raw["dialplan"]
    return plan.get("app_name") == "Stasis" and str(plan.get("app_data", "")).split(",")[0] == app


def _entered(raw: dict[str, Any]) -> ChannelEntered:
    return ChannelEntered(channel_of(raw), tuple(str(raw["dialplan"]["app_data"]).split(",")[1:]))
