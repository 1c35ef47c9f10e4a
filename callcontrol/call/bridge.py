"""The bridge of a call: made when two are about to hear each other, destroyed when one of them goes on alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from callcontrol.call.party import Party
from callcontrol.ports.phone_system import PhoneSystem


@dataclass(slots=True)
class Bridge:
    """One for each call; there in Asterisk only while it is needed."""

    id: str
    phones: PhoneSystem
    exists: bool = False
    """Asterisk has it."""
    joined: set[str] = field(default_factory=set)
    """The channels in it."""

    async def create(self) -> None:
        """Make it, once."""
        if not self.exists:
            self.exists = True
            await self.phones.create_bridge(self.id)

    async def join(self, *parties: Party) -> None:
        """Put those of ``parties`` into it who are not there yet. Raises ``ChannelGone`` when one of them left."""
        await self.create()
        missing = [party for party in parties if party.id not in self.joined]
        for party in missing:
            await party.be_quiet()
        if missing:
            await self.phones.add_to_bridge(self.id, [party.id for party in missing])
        self.joined |= {party.id for party in parties}

    async def take_out(self, channel: str) -> None:
        """Take one channel out, to be spoken to, or as somebody else takes its place."""
        if channel in self.joined:
            await self.phones.remove_from_bridge(self.id, channel)
            self.joined.discard(channel)

    async def release(self, party: Party) -> None:
        """A leg that has answered, and that no bridge of ours had yet, goes on alone: it will be spoken to.

        Asterisk keeps what it dials in a hidden bridge. There a channel cannot be recorded, and a playback that meets
        its hangup keeps it for ten minutes (platform notes). Raises ``ChannelGone``.
        """
        await self.join(party)
        await self.leave(party.id)

    async def leave(self, channel: str | None) -> None:
        """``channel``, if there is one, goes on alone (commands on a bridged channel would wait); destroy the bridge.

        In this order: a playback that comes while Asterisk still empties the bridge would wait for ever.
        """
        if self.exists:
            if channel is not None:
                await self.phones.remove_from_bridge(self.id, channel)
            await self._destroy()

    async def empty(self) -> None:
        """Take everybody out, and destroy it; the next ``join`` makes it anew."""
        if self.exists:
            for channel in sorted(self.joined):
                await self.phones.remove_from_bridge(self.id, channel)
            await self._destroy()

    async def _destroy(self) -> None:
        self.joined.clear()
        await self.phones.destroy_bridge(self.id)
        self.exists = False
