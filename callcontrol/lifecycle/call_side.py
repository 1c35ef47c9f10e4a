"""``ports.CallSide`` where the calls are: what the web may ask of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime

from callcontrol.alarms import Bell
from callcontrol.asterisk.connection import Connection
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.changes.ports import InForce, Key
from callcontrol.clock import SystemClock
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound
from callcontrol.facts import Device, Line, LineState
from callcontrol.lifecycle.calls_now import calls_now
from callcontrol.lifecycle.guessers import Guessers
from callcontrol.lifecycle.known_devices import KnownDevices
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.made_calls import MadeCalls
from callcontrol.link.broadcast import Broadcast
from callcontrol.live import AlarmCount, CallNow, CallsNow, LiveEvent, MadeCall
from callcontrol.ports.call_side import CallSide
from callcontrol.ports.phone_system import PhoneSystem


class LocalCallSide(CallSide):
    """Every answer is of this moment, but for devices ``as_told``. ``in_force`` is that of the directory's cache;
    ``live`` is told what happens; ``hears``: what Asterisk tells is heard."""

    def __init__(
        self,
        phones: PhoneSystem,
        known_devices: KnownDevices,
        occupancy: Occupancy,
        directories: Callable[[], Directory],
        live_calls: LiveCalls,
        connection: Connection,
        trunks: Trunks,
        clock: SystemClock,
        in_force: InForce,
        live: Broadcast,
        hears: Callable[[], bool],
        bell: Bell,
        guessers: Guessers,
        toll: Toll,
    ) -> None:
        self._phones, self._occupancy, self._directories = phones, occupancy, directories
        self._known_devices = known_devices
        self._live_calls, self._connection, self._clock = live_calls, connection, clock
        self._trunks, self._in_force, self._live = trunks, in_force, live
        self._hears = hears
        self._made = MadeCalls(live_calls)
        self._bell, self._guessers, self._toll = bell, guessers, toll

    async def devices(self, line: str) -> tuple[Device, ...]:
        return await self._phones.contacts(None, line)

    async def state(self, line: str, *, as_told: bool = False) -> LineState:
        known = self._directories().account(line)
        if known is None:
            raise NotFound("there is no such line")
        devices = self._known_devices.of if as_told else self.devices
        return LineState(
            devices=() if known.group else await devices(known.number),
            calls=self._occupancy.calls_of(known.number),
            company_outside_calls=self._occupancy.outside_calls_of(known.company),
            forwarding=self._occupancy.forwards_of(known.number),
            costly=self._toll.today(
                known.number, self._directories().company(known.company), self._clock.now()
            ),
        )

    async def now(self) -> CallsNow:
        return CallsNow(
            connected=self._connection.connected.is_set() and self._hears(),
            under_way=len(self._live_calls.calls),
            counted=self._occupancy.calls,
            tasks=len(asyncio.all_tasks()),
            emergency_floods=self._occupancy.emergency_floods,
            journals_behind=self._live_calls.journals_behind,
            trunks=self._trunks.now(),
            alarms=tuple(AlarmCount(kind, count) for kind, count in self._bell.counts.items()),
            wrong_sip_passwords=self._guessers.wrong,
            sip_kept_out=self._guessers.count,
        )

    async def calls(self) -> tuple[CallNow, ...]:
        return calls_now(call.journal.story for call in self._live_calls.calls.values())

    async def make_call(self, line: str, first: str | None, to: str) -> MadeCall:
        return self._made.make(self._line(line), first, to)

    async def made_call(self, line: str, call: str) -> MadeCall:
        return self._made.get(line, call)

    async def end_call(self, line: str, call: str) -> None:
        self._made.end(line, call)

    async def in_force(self, changed: Collection[Key]) -> None:
        await self._in_force.in_force(changed)

    async def set_clock(self, now: datetime, *, runs: bool = False) -> None:
        self._clock.fix(now, runs=runs)

    def events(self, line: str | None = None) -> AbstractContextManager[AsyncIterator[LiveEvent]]:
        return self._live.listen(line)

    def _line(self, number: str) -> Line:
        known = self._directories().line(number)
        if known is None:
            raise NotFound("there is no such line")
        return known
