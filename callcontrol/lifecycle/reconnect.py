"""What happens when the events socket opens: list what exists, make good what was missed, then listen.

Also looks after strangers: channels that Asterisk handles alone (native fallback) count for their lines until
they end.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Listener
from callcontrol.asterisk.devices import PROBE
from callcontrol.asterisk.listing import snapshot
from callcontrol.asterisk.resources import EAR
from callcontrol.call.occupancy import LinePlace, Occupancy
from callcontrol.call.switchboard import Switchboard
from callcontrol.errors import PhoneSystemRefused
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.sip_account import line_of
from callcontrol.telephony import Event, HangupCause, Snapshot

log = structlog.get_logger()

AfterResync = Callable[[], None]


class Reconnection(Listener):
    """Between one Asterisk and the calls of this process.

    ``after`` is called when a resync is done, and when calls that Asterisk handled alone are over; ``heard`` is told
    every event first; ``resynced`` is called when a resync is done.
    """

    def __init__(
        self,
        client: AriClient,
        switchboard: Switchboard,
        live_calls: LiveCalls,
        occupancy: Occupancy,
        after: AfterResync,
        heard: Callable[[Event], None] = lambda _: None,
        resynced: AfterResync = lambda: None,
    ) -> None:
        self._client, self._switchboard, self._live_calls = client, switchboard, live_calls
        self._occupancy, self._after = occupancy, after
        self._heard, self._resynced = heard, resynced
        self._strangers: set[str] = set()

    def on_event(self, event: Event) -> None:
        self._heard(event)
        self._switchboard.on_event(event)

    def on_disconnected(self) -> None:
        log.warning("station.disconnected")

    async def on_connected(self) -> None:
        now, waiting = await snapshot(self._client)
        known = await self._live_calls.resync(now)
        for entered in waiting:
            channel = entered.channel.id
            if channel in known or self._switchboard.knows(channel):
                continue
            if entered.args[:1] in (("leg",), (EAR,), (PROBE,)):  # its call is over or was never written down
                await self._live_calls.hang_up_stranger(channel, HangupCause.NORMAL)
            else:
                self._switchboard.on_event(entered)
        await self._count_strangers(now)
        self._after()
        self._resynced()
        log.info("station.connected", channels=len(now.channels), calls=len(self._live_calls.calls))

    def stranger_ended(self, channel: str) -> None:
        """A channel that is not ours is over."""
        if channel in self._strangers:
            self._strangers.discard(channel)
            self._occupancy.leave(channel)
            self._after()

    async def _count_strangers(self, now: Snapshot) -> None:
        """Not by a subscription to all endpoints: every event of our own channels would come twice."""
        for gone in self._strangers - now.channels.keys():
            self._occupancy.leave(gone)
        self._strangers &= now.channels.keys()
        for channel in now.channels.values():
            endpoint = channel.name.partition("/")[2].rpartition("-")[0]
            if not self._switchboard.knows(channel.id) and channel.name.startswith("PJSIP/"):
                self._strangers.add(channel.id)
                self._occupancy.renew(channel.id, frozenset({LinePlace(line_of(endpoint))}))
                await self._subscribe(channel.id)

    async def _subscribe(self, channel: str) -> None:
        try:
            await self._client.subscribe(f"channel:{channel}")
        except PhoneSystemRefused:  # it ended meanwhile
            self.stranger_ended(channel)
