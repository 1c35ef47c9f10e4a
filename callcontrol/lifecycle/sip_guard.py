"""Hears of each SIP password that was tried (``runtime.asterisk_log``), and has Asterisk refuse who guesses.

What is refused stands in guessers.conf (an address, altogether) and in lines.conf (an address, of one line). While this
process is away nobody new is kept out, and nobody is let in; guessers.json tells the next one who is, and until when.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from callcontrol import numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.lines import replace_file
from callcontrol.asterisk_conf.render import render_guessers
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError, StoreDown
from callcontrol.lifecycle.guessers import REMEMBERED, Guessers, Kept, KeptOut, OnlyTold
from callcontrol.link.socket import bound
from callcontrol.ports.alarms import Alarms
from callcontrol.ports.clock import Clock
from callcontrol.security_event import RIGHT, SecurityEvent, from_datagram, source
from callcontrol.sip_account import line_of
from callcontrol.store.known_addresses import KnownAddresses

log = structlog.get_logger()

RETRY_SECONDS = 1.0
BETWEEN_SECONDS = 1.0
"""Between two reloads: who guesses from many addresses must not keep Asterisk reading."""
LOOK_SECONDS = 30.0
"""How often at least it is looked whether somebody's time is over."""
_LARGEST = 4096


class SipGuard:
    """``path`` is the socket at which it hears; ``folder`` that of guessers.conf; ``lines_changed`` has lines.conf
    written anew."""

    def __init__(
        self,
        path: Path,
        folder: Path,
        client: AriClient,
        guessers: Guessers,
        known: KnownAddresses,
        directories: Callable[[], Directory],
        alarms: Alarms,
        clock: Clock,
        lines_changed: Callable[[], None],
    ) -> None:
        self._path, self._file, self._client = path, folder / "guessers.conf", client
        self._memory = folder / "guessers.json"
        self.guessers = guessers
        guessers.recall(_remembered(self._memory), clock.now())
        self._known, self._directories, self._alarms, self._clock = known, directories, alarms, clock
        self._lines_changed = lines_changed
        self._changed = asyncio.Event()
        self._changed.set()
        self._news: asyncio.Queue[tuple[str, str]] = asyncio.Queue(10_000)

    async def run(self) -> None:
        """Until cancelled."""
        await self._learn()
        ears = bound(self._path, socket.SOCK_DGRAM)
        ears.setblocking(False)
        try:
            async with asyncio.TaskGroup() as together:
                together.create_task(self._hear(ears))
                together.create_task(self._refuse())
                together.create_task(self._keep_news())
        finally:
            ears.close()

    async def _learn(self) -> None:
        while True:
            try:
                self.guessers.learn(await self._known.all(self._clock.now() - REMEMBERED))
            except StoreDown as error:
                log.warning("guard.waits", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _hear(self, ears: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            event = from_datagram(await loop.sock_recv(ears, _LARGEST))
            if event is not None:
                self.note(event)

    def note(self, event: SecurityEvent) -> None:
        """Count what was tried, and judge."""
        now, place = self._clock.now(), source(event.address)
        account = line_of(event.account)
        line = self._directories().line(account) if account.isdigit() else None
        if event.event == RIGHT:
            if line is not None and self.guessers.right(line.number, place, now):
                with suppress(asyncio.QueueFull):
                    self._news.put_nowait((line.number, place))
            return
        verdict = self.guessers.wrong_password(line.number if line is not None else "", place, now)
        if verdict is None:
            return
        blocked = isinstance(verdict, KeptOut)
        about = (("address", place), ("blocked", "yes" if blocked else "no"))
        company = line.company if line is not None else None
        self._alarms.ring(Alarm(AlarmKind.SIP_GUESSES, line.number if line else None, company, about))
        match verdict:
            case KeptOut(line=None, until=until):
                log.warning("guard.kept_out", address=place, until=until.isoformat())
                self._changed.set()
            case KeptOut(line=str() as guessed, until=until):
                log.warning(
                    "guard.kept_from", address=place, line=numbers.redact(guessed), until=until.isoformat()
                )
                self._changed.set()
                self._lines_changed()
            case OnlyTold():
                pass

    async def _refuse(self) -> None:
        """Write who is kept out, and have Asterisk read it, whenever that changes."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds()):
                    await self._changed.wait()
            if self.guessers.let_in(self._clock.now()):
                self._changed.set()
                self._lines_changed()
            if not self._changed.is_set():
                continue
            self._changed.clear()
            try:
                await asyncio.to_thread(replace_file, self._memory, _as_text(self.guessers.kept))
                text = render_guessers(self.guessers.addresses)
                if await asyncio.to_thread(replace_file, self._file, text):
                    await self._client.reload_module("res_pjsip.so")  # res_pjsip_acl has no reload of its own
                    await asyncio.sleep(BETWEEN_SECONDS)
            except (CallControlError, OSError) as error:
                log.warning("guard.not_written", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                self._file.unlink(missing_ok=True)  # written or not, it was not read
                self._changed.set()

    def _seconds(self) -> float:
        end = self.guessers.next_end
        left = (end - self._clock.now()).total_seconds() if end is not None else LOOK_SECONDS
        return min(max(left, 0.05), LOOK_SECONDS)

    async def _keep_news(self) -> None:
        while True:
            line, place = await self._news.get()
            while True:
                try:
                    await self._known.seen(line, place, self._clock.now())
                except StoreDown:
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    break


def _as_text(kept: list[Kept]) -> str:
    return json.dumps([[each.source, each.line, each.until.isoformat(), each.times] for each in kept])


def _remembered(file: Path) -> list[Kept]:
    """Who was kept out before. A file that cannot be read costs a guesser's memory, never a start."""
    try:
        rows = json.loads(file.read_text("utf-8"))
        return [_kept(*row) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("guard.forgotten", error=str(error))
        return []


def _kept(source: str, line: str | None, until: str, times: int) -> Kept:
    """A row of the file; what stands in it goes into Asterisk's configuration. Raises ValueError, TypeError."""
    at = datetime.fromisoformat(until)
    if at.tzinfo is None or not (line is None or line.isdigit()):
        raise ValueError("no such row")
    return Kept(
        str(ipaddress.ip_network(source)) if "/" in source else str(ipaddress.ip_address(source)),
        line,
        at,
        int(times),
    )
