"""Keeps every lamp what the boxes hold (spec §5): hears of each change from the database, whoever made it.

What a phone shows is never counted on from what it was told before: each time the box is read anew. All lamps are told
again when Asterisk or this process was away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import structlog

from callcontrol.directory.directory import Directory
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused, StoreDown
from callcontrol.lamp import Held, Lamp, lamp, lit_next
from callcontrol.ports.clock import Clock

log = structlog.get_logger()

CHANNEL = "messages"
"""Of the database's notifications: ``mailbox LINE VERSION``."""
AT_ONCE = 50
"""Lamps that one run of Asterisk tells."""
PAUSE_SECONDS = 0.25
"""Between two runs: what changes again meanwhile is told once."""
RETRY_SECONDS = 0.5


class Boxes(Protocol):
    """What the lamps ask of the store."""

    async def for_lamps(self, lines: Iterable[str]) -> dict[str, list[Held]]:
        """What the boxes of ``lines`` hold; empty ones are left out. Raises StoreDown."""


class Phones(Protocol):
    """Who tells the phones."""

    async def lines(self) -> dict[str, bool]:
        """Whom there is to tell, and who of them has a device that hears it."""

    async def show(self, lamps: Mapping[str, Lamp]) -> None:
        """Raises PhoneSystemDown, PhoneSystemRefused."""


class Lamps:
    """``boxes`` are read, ``phones`` told; the settings are those of ``directories()``, in force when heard of."""

    def __init__(
        self, boxes: Boxes, phones: Phones, directories: Callable[[], Directory], clock: Clock
    ) -> None:
        self._boxes, self._phones, self._directories, self._clock = boxes, phones, directories, clock
        self._to_look: dict[str, None] = {}
        """In the order of their changes."""
        self._told: dict[str, Lamp] = {}
        self._later: dict[str, datetime] = {}
        """Lines whose lamp changes at a moment although nothing else does."""
        self._all = True
        self._failing = False
        self._wake = asyncio.Event()

    def heard(self, payload: str) -> None:
        """A notification of ``CHANNEL``: something in a box changed."""
        self.changed(payload.split(" ")[1])

    def changed(self, line: str) -> None:
        """Something of ``line`` changed: its box or its settings."""
        self._to_look[line] = None
        self._wake.set()

    def device_changed(self, line: str) -> None:
        """A device of ``line`` came, and knows what Asterisk counts, or went."""
        self._told.pop(line, None)
        self.changed(line)

    def all_changed(self) -> None:
        """Nothing is known of what the phones show: Asterisk is new, or changes may have been missed."""
        self._all = True
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. A failure is tried again: Asterisk or the database may be away."""
        while True:
            await self._until_something()
            lines: list[str] = []
            try:
                if self._all:
                    await self._begin_anew()
                lines = list(self._to_look)[:AT_ONCE]
                for line in lines:
                    del self._to_look[line]
                await self._look(lines)
                self._failing = False
            except (StoreDown, PhoneSystemDown, PhoneSystemRefused) as error:
                self._to_look = dict.fromkeys(lines) | self._to_look
                if not self._failing:
                    log.warning("lamps.not_told", error=str(error))
                self._failing = True
                await asyncio.sleep(RETRY_SECONDS)
            if len(self._to_look) < AT_ONCE:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _until_something(self) -> None:
        while not (self._to_look or self._all):
            self._wake.clear()
            now = self._clock.now()
            wait = min(((at - now).total_seconds() for at in self._later.values()), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if wait is None else max(wait, 0.0)):
                    await self._wake.wait()
            now = self._clock.now()
            self._to_look |= dict.fromkeys(line for line, at in self._later.items() if at <= now)

    async def _begin_anew(self) -> None:
        """Look at every line that Asterisk knows, first at those whose phones are known to be there."""
        self._all = False
        try:
            lines = await self._phones.lines()
        except (PhoneSystemDown, PhoneSystemRefused):
            self._all = True
            raise
        self._told.clear()
        self._to_look |= dict.fromkeys(sorted(lines, key=lambda line: not lines[line]))

    async def _look(self, lines: list[str]) -> None:
        """Tell the lamps of ``lines`` that are not told already."""
        directory, now = self._directories(), self._clock.now()
        held = await self._boxes.for_lamps(lines)
        lamps: dict[str, Lamp] = {}
        for line in lines:
            self._later.pop(line, None)
            if (
                directory.line(line) is None
            ):  # a group has no device; a line that was deleted has none any more
                self._told.pop(line, None)
                continue
            settings = directory.settings(line).notifications
            box = held.get(line, [])
            lamps[line] = lamp(box, settings.mwi_voice, settings.mwi_fax, now)
            if (at := lit_next(box, now)) is not None:
                self._later[line] = at
        news = {line: one for line, one in lamps.items() if self._told.get(line) != one}
        if news:
            await self._phones.show(news)
            self._told |= news
