"""The front door and the router of events: every channel that enters is dispatched here, and every event to its call.

A new channel is dispatched here and nowhere else, by one first-match table. An event goes to the inbox of
the call that owns its channel. Nothing here awaits, so events keep their order and the reader never stalls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from callcontrol.call.inbox import Inbox
from callcontrol.telephony import (
    ChannelEnded,
    ChannelEntered,
    ChannelEvent,
    ChannelLeft,
    Event,
    HangupRequested,
    PlaybackEnded,
    RecordingEnded,
    UserEvent,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entrance:
    """One row of the front door: the first word of ``Stasis()``'s arguments, and who takes the channel."""

    name: str
    enter: Callable[[ChannelEntered], None]


class Switchboard:
    """Routes events. ``on_stranger_ended`` is told the end of channels that are not ours (native fallback)."""

    def __init__(self, on_stranger_ended: Callable[[str], None]) -> None:
        self._inboxes: dict[str, Inbox] = {}
        self._on_leaving: dict[str, Callable[[], None]] = {}
        self._routes: dict[str, Entrance] = {}
        self._on_stranger_ended = on_stranger_ended

    def route(self, name: str, enter: Callable[[ChannelEntered], None]) -> None:
        """Add a row to the front door."""
        self._routes[name] = Entrance(name, enter)

    def connect(self, channel: str, inbox: Inbox, on_leaving: Callable[[], None] | None = None) -> None:
        """Events of ``channel`` go to ``inbox`` from now on. ``on_leaving`` is told its hangup at once, also when the
        call still waits for a command and comes to its inbox later."""
        self.disconnect(channel)
        self._inboxes[channel] = inbox
        if on_leaving is not None:
            self._on_leaving[channel] = on_leaving

    def disconnect(self, channel: str) -> None:
        """Nobody wants them any more."""
        self._inboxes.pop(channel, None)
        self._on_leaving.pop(channel, None)

    def knows(self, channel: str) -> bool:
        """Whether a call owns ``channel``."""
        return channel in self._inboxes

    def on_event(self, event: Event) -> None:
        """Hand an event on; returns at once."""
        match event:
            case UserEvent():
                return
            case _:
                inbox = self._inboxes.get(_owner(event))
        if inbox is not None:
            if isinstance(event, (HangupRequested, ChannelLeft, ChannelEnded)):
                self._on_leaving.pop(event.channel.id, _nothing)()
            inbox.put(event)
        elif isinstance(event, ChannelEntered):
            self._enter(event)
        elif isinstance(event, ChannelEnded):
            self._on_stranger_ended(event.channel.id)

    def _enter(self, event: ChannelEntered) -> None:
        name = event.args[0] if event.args else ""
        route = self._routes.get(name)
        if route is None:
            log.debug("switchboard.no_route", channel=event.channel.id, route=name)
            return
        log.debug("switchboard.entered", channel=event.channel.id, route=route.name)
        route.enter(event)


def _nothing() -> None:
    """What is told of a channel whose leaving is nobody's concern, or was told before."""


def _owner(event: ChannelEvent) -> str:
    match event:
        case PlaybackEnded(channel=channel) | RecordingEnded(channel=channel):
            return channel
        case _:
            return event.channel.id
