"""While a phone is told of its transfer no other REFER of it comes to us: Asterisk 22.10 would end."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, Mock

import pytest

from callcontrol.asterisk.transfers import READ_SECONDS, tell_progress
from callcontrol.errors import ChannelGone

CORE, OURS = (f"dialplan set chanvar c1 PJSIP_TRANSFER_HANDLING() {whom}" for whom in ("core", "ari-only"))


async def told(state: str, said: AsyncMock) -> list[str]:
    order: list[str] = []
    console, channels = Mock(tell=AsyncMock(side_effect=order.append)), Mock()

    async def progress(channel: str, states: str) -> None:
        order.append(f"{channel} {states}")
        await said()

    channels.transfer_progress = progress
    begun = asyncio.get_running_loop().time()
    try:
        await tell_progress(channels, console, "c1", state)
    except ChannelGone:
        order.append("gone")
    assert asyncio.get_running_loop().time() - begun >= READ_SECONDS
    return order


@pytest.mark.parametrize(
    ("state", "afterwards"), [("channel_declined", [OURS]), ("channel_answered", [])], ids=["refused", "done"]
)
async def test_a_transfer_is_told_when_no_other_is_read(state: str, afterwards: list[str]) -> None:
    assert await told(state, AsyncMock()) == [CORE, f"c1 {state}", *afterwards]


async def test_a_channel_that_is_gone_is_left_alone() -> None:
    order = await told("channel_declined", AsyncMock(side_effect=ChannelGone("c1")))
    assert order == [CORE, "c1 channel_declined", OURS, "gone"]
