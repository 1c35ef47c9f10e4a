"""The ears of a call: channels that only hear one of its parties (ARI's snoop), and the bridge where a leg hears them.

Nothing that is said or pressed in that bridge reaches the party.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from callcontrol.call.inbox import ChannelRouter, Inbox
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.telephony import HangupCause


@dataclass(slots=True)
class Ears:
    """One for each call; empty unless somebody listens (``flows.listen``)."""

    phones: PhoneSystem
    switchboard: ChannelRouter
    inbox: Inbox
    channels: set[str] = field(default_factory=set)
    bridge: str | None = None
    """Where a leg hears what they hear, apart from the call's own bridge."""

    async def add(self, ear: str, heard: str, bridge: str) -> None:
        """Make the channel ``ear``, which hears ``heard`` and enters like a leg, and its bridge. Raises ``ChannelGone``
        when ``heard`` left."""
        self.channels.add(ear)
        self.switchboard.connect(ear, self.inbox)
        self.bridge = bridge
        await self.phones.create_bridge(bridge)
        await self.phones.listen(heard, ear)

    async def let_hear(self, ear: str, listener: str) -> None:
        """``listener`` hears what ``ear``, which has entered, hears."""
        if self.bridge is not None:
            with suppress(ChannelGone, PhoneSystemRefused):  # one of them left at once; its end is on the way
                await self.phones.add_to_bridge(self.bridge, (ear, listener))

    async def stop(self) -> None:
        """End them, and their bridge."""
        for ear in list(self.channels):
            await self.phones.hang_up(ear, HangupCause.NORMAL)
            self.switchboard.disconnect(ear)
            self.channels.discard(ear)
        if self.bridge is not None:
            await self.phones.destroy_bridge(self.bridge)
            self.bridge = None
