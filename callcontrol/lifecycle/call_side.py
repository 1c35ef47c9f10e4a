"""``ports.CallSide`` of this process: what the web may ask of the calls."""

from __future__ import annotations

from collections.abc import Callable

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection
from callcontrol.asterisk.devices import registered_devices
from callcontrol.call.occupancy import Occupancy
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound
from callcontrol.facts import Device, LineState
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.ports import CallSide


class LocalCallSide(CallSide):
    """Reads only; every answer is of this moment."""

    def __init__(
        self,
        client: AriClient,
        occupancy: Occupancy,
        directories: Callable[[], Directory],
        live_calls: LiveCalls,
        connection: Connection,
    ) -> None:
        self._client, self._occupancy, self._directories = client, occupancy, directories
        self._live_calls, self._connection = live_calls, connection

    async def devices(self, line: str) -> tuple[Device, ...]:
        return await registered_devices(self._client, line)

    async def state(self, line: str) -> LineState:
        known = self._directories().line(line)
        if known is None:
            raise NotFound(f"there is no line {line}")
        return LineState(
            devices=await self.devices(known.number),
            calls=self._occupancy.calls_of(known.number),
            company_outside_calls=self._occupancy.outside_calls_of(known.company),
            forwarding=self._occupancy.forwards_of(known.number),
        )

    def calls_under_way(self) -> int:
        return len(self._live_calls.calls)

    def connected(self) -> bool:
        return self._connection.connected.is_set()
