"""The one bell of a process: each alarm is logged and counted at once, and mailed to its company, the same one once an
hour at most. Whoever rings never waits, and never hears of a failure."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from callcontrol import numbers
from callcontrol.alarm import Alarm
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotFound, StoreDown
from callcontrol.ports.alarms import Alarms, CompanyMails
from callcontrol.ports.clock import Clock

log = structlog.get_logger()

QUIET = timedelta(hours=1)
"""After a mail about something no further one about the same."""
MOST_WAITING = 1000
RETRY_SECONDS = 2.0


class Bell(Alarms):
    """Rings. ``counts`` is what it rang for since the start, by kind."""

    def __init__(self, directories: Callable[[], Directory], mails: CompanyMails, clock: Clock) -> None:
        self._directories, self._mails, self._clock = directories, mails, clock
        self._told: dict[tuple[str, str | None, str | None], datetime] = {}
        self._waiting: asyncio.Queue[tuple[Alarm, datetime]] = asyncio.Queue(MOST_WAITING)
        self.counts: Counter[str] = Counter()

    def ring(self, alarm: Alarm) -> None:
        now = self._clock.now()
        self.counts[alarm.kind.value] += 1
        log.warning(
            f"alarm.{alarm.kind.value}", alarm=True, line=numbers.redact(alarm.line), **dict(alarm.about)
        )
        key = (alarm.kind.value, alarm.company, alarm.line)
        if alarm.company is None or now - self._told.get(key, now - QUIET) < QUIET:
            return
        self._told = {each: at for each, at in self._told.items() if now - at < QUIET} | {key: now}
        try:
            self._waiting.put_nowait((alarm, now))
        except asyncio.QueueFull:
            log.warning("alarm.not_mailed", kind=alarm.kind.value, because="too many wait")

    async def run(self) -> None:
        """Mail what was rung for. Until cancelled."""
        while True:
            alarm, at = await self._waiting.get()
            while True:
                if await self._mailed(alarm, at):
                    break
                await asyncio.sleep(RETRY_SECONDS)

    async def _mailed(self, alarm: Alarm, at: datetime) -> bool:
        """False: try again, the database is away."""
        try:
            company = self._directories().company(alarm.company or "")
        except NotFound:
            return True
        if company.support_email is None:
            return True
        try:
            await self._mails.send(alarm, company.support_email, company.language, at)
        except StoreDown:
            return False
        except Exception:
            log.exception("alarm.not_mailed", kind=alarm.kind.value)
        return True
