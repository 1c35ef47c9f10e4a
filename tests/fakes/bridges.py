"""Bridges of the fake telephone system, and who hears whom in them since when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.fakes.channel import Conversation, FakeChannel

if TYPE_CHECKING:
    from tests.fakes.asterisk import FakeAsterisk


HIDDEN = "what is dialled"
"""Where Asterisk keeps a leg that was in no bridge as it was dialled, until it joins one. No list shows it."""


class Bridges:
    """``members`` by bridge; ``conversations`` of two answered channels, going on and over."""

    def __init__(self, system: FakeAsterisk) -> None:
        self._system = system
        self.members: dict[str, set[str]] = {}
        self.conversations: list[Conversation] = []

    def create(self, bridge: str) -> None:
        """Make a bridge; one that is there stays as it is."""
        self.members.setdefault(bridge, set())

    def join(self, bridge: str, channels: Sequence[FakeChannel]) -> None:
        """Put channels into a bridge."""
        for channel in channels:
            self._leave(channel)
            channel.bridge = bridge
            self.members[bridge].add(channel.id)
        self.converse()

    def hide(self, channel: FakeChannel) -> None:
        """A leg is dialled."""
        channel.bridge = channel.bridge or HIDDEN

    def leave(self, channel: FakeChannel) -> None:
        """A channel is over, or answered by nobody any more."""
        self._leave(channel)
        channel.bridge = None

    def _leave(self, channel: FakeChannel) -> None:
        if channel.bridge is not None and channel.bridge != HIDDEN:
            self.members[channel.bridge].discard(channel.id)

    def remove(self, bridge: str, channel: str) -> None:
        """Take a channel out, if it is there."""
        found = self._system.channels.get(channel)
        if found is not None and channel in self.members.get(bridge, ()):
            self.leave(found)
            self.converse()

    def destroy(self, bridge: str) -> None:
        """Its channels go on outside it."""
        for channel in [self._system.channels[c] for c in self.members.pop(bridge, ())]:
            channel.bridge = None
        self.converse()

    def converse(self) -> None:
        """Note who hears whom now."""
        channels = self._system.channels
        now = {
            frozenset((one, other))
            for members in self.members.values()
            for one in members
            for other in members
            if one < other and channels[one].state == channels[other].state == "Up"
        }
        for talk in self.conversations:
            if talk.until is None and talk.channels not in now:
                talk.until = self._system.time
        going_on = {talk.channels for talk in self.conversations if talk.until is None}
        self.conversations += [Conversation(pair, self._system.time) for pair in now - going_on]
        self._system.changed()
