"""The composition root of the calls process: builds every adapter, starts, and steps down.

``python -m callcontrol.app``. It is started and watched by the supervisor (``callcontrol run``). Stopped by
SIGTERM, or replaced by another process of the same application, it touches no call: they go on in Asterisk
and the next process adopts them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Gauge

from callcontrol import heartbeat, logs
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection, UnsuitableAsterisk
from callcontrol.asterisk.lines import LineFiles
from callcontrol.asterisk.listing import snapshot
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.services import CallServices, MenuServices
from callcontrol.call.switchboard import Switchboard
from callcontrol.changes.services import ChangeServices
from callcontrol.clock import SystemClock
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError, PhoneSystemDown, PhoneSystemRefused, StoreDown
from callcontrol.journal.files import Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.lifecycle.call_side import LocalCallSide
from callcontrol.lifecycle.fallback_import import FallbackImport
from callcontrol.lifecycle.housekeeping import Housekeeping
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.reconnect import Reconnection
from callcontrol.media.own_recordings import OwnRecordingFolder
from callcontrol.media.prompts import Prompts, shipped_sounds
from callcontrol.media.recordings import RecordingFolder
from callcontrol.portal_bridge import app as web
from callcontrol.portal_bridge.services import WebServices
from callcontrol.runtime.app_process import REPLACED
from callcontrol.runtime.layout import Layout
from callcontrol.store.audit import AuditTrail
from callcontrol.store.box_access import AuditedNotices, StoredBoxAccess
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.calls import CallHistory
from callcontrol.store.contacts import Contacts
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.lines import Lines
from callcontrol.store.messages import Mailboxes
from callcontrol.store.migrate import migrate
from callcontrol.store.pool import Pool, open_pool
from callcontrol.store.sessions import Sessions
from callcontrol.store.settings import SettingsStore

log = structlog.get_logger()

STORE_RETRY_SECONDS = 0.5
FALLBACK_SETTLE_SECONDS = 0.5
"""Asterisk writes the record of a call a moment after the channel's end."""


async def run(config: Config) -> int:
    """Until SIGTERM or SIGINT (0), or until another process takes the calls over (``REPLACED``)."""
    over, replaced = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    tasks = Tasks(over)
    tasks.start("heartbeat", heartbeat.beat(os.environ))
    app = App(config, tasks, replaced.set)
    started = asyncio.create_task(app.start(), name="start")
    ended = [asyncio.create_task(event.wait()) for event in (over, replaced)]
    try:
        await asyncio.wait({started, *ended}, return_when=asyncio.FIRST_COMPLETED)
        if started.done():
            await started  # a failed start is told here
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (started, *ended):
            task.cancel()
        await tasks.stop()
        await app.stop()
    return REPLACED if replaced.is_set() else 0


class Tasks:
    """The long-lived tasks of the process. One that fails ends the process: the supervisor starts it anew."""

    def __init__(self, over: asyncio.Event) -> None:
        self._over = over
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run ``coroutine`` until ``stop``."""
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("app.task_failed", task=task.get_name(), exc_info=error)
            self._over.set()

    async def stop(self) -> None:
        """Cancel all and wait for them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class App:
    """All parts of one process, in the order of their dependence."""

    def __init__(self, config: Config, tasks: Tasks, on_replaced: Callable[[], None]) -> None:
        self._config, self._tasks = config, tasks
        layout = Layout(config.runtime_dir)
        asterisk = config.asterisk
        self.clock = SystemClock(config.clock)
        self.ari = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
        self.occupancy = Occupancy()
        self.switchboard = Switchboard(self._stranger_ended)
        self._journal = Journal(config.runtime_dir / "journal")
        self._layout = layout
        self._on_replaced = on_replaced
        self._fallback_over = asyncio.Event()
        self._stopping: list[Callable[[], Coroutine[Any, Any, None]]] = [self.ari.close]

    async def start(self) -> None:
        """Bring everything up. Asterisk is met last: until then it serves the calls alone."""
        config = self._config
        pool = await open_pool(config.database.url)
        self._stopping.append(pool.close)
        await self._until_store(lambda: migrate(config.database.url))
        lines, self.history, self.messages = Lines(pool), CallHistory(pool), Mailboxes(pool)
        files = LineFiles(self._layout.asterisk_etc, self.ari, lines.accounts)
        self.cache = DirectoryCache(
            config.database.url, config.database.listen_url, on_lines_changed=files.changed
        )
        await self._until_store(self.cache.start)
        gc.collect()
        gc.freeze()  # a full collection over 100,000 lines would hold the event loop up for most of a second
        self._stopping.append(self.cache.stop)

        services = self._services(pool)
        outbox = Outbox(self.history, self.messages)
        self.live_calls = LiveCalls(services, self.switchboard, self._journal, outbox)
        self.fallback = FallbackImport(
            config.fallback_dir, self._layout.fallback_calls, config.media_dir, lambda: self.cache.directory
        )
        self.station = Reconnection(
            self.ari, self.switchboard, self.live_calls, self.occupancy, self._fallback_over.set
        )
        connection = Connection(self.ari, self.station, self._on_replaced)
        state = LocalCallSide(
            self.ari, self.occupancy, lambda: self.cache.directory, self.live_calls, connection
        )
        await self._start_web(pool, state)
        self._tasks.start("outbox", outbox.run())
        self._tasks.start("lines", files.run())
        self._tasks.start("fallback-import", self._import_fallback())
        housekeeping = Housekeeping(
            self.history, self.messages, Sessions(pool), AuditTrail(pool), self.clock, config.media_dir
        )
        self._tasks.start("housekeeping", housekeeping.run())
        self._tasks.start("asterisk", connection.run())

    def _stranger_ended(self, channel: str) -> None:
        self.station.stranger_ended(channel)

    def _services(self, pool: Pool) -> CallServices:
        config = self._config
        recordings = RecordingFolder(config.recording_dir, config.media_dir)
        prompts = Prompts(shipped_sounds(), config.sounds_dir)
        phones = AsteriskPhoneSystem(self.ari)
        return CallServices(
            directories=lambda: self.cache.directory,
            phones=phones,
            clock=self.clock,
            prompts=prompts,
            occupancy=self.occupancy,
            messages=self.messages,
            recordings=recordings,
            changes=ChangeServices(
                SettingsStore(pool),
                Contacts(pool),
                ForwardNumbers(pool),
                lambda: self.cache.directory,
                self.cache,
            ),
            menu=MenuServices(
                self.messages,
                StoredBoxAccess(pool),
                AuditedNotices(pool),
                OwnRecordingFolder(config.recording_dir, config.media_dir),
            ),
            trunks=config.trunks,
            host=_public_host(config),
        )

    async def _start_web(self, pool: Any, state: LocalCallSide) -> None:
        config = self._config
        registry = CollectorRegistry()
        counted = Gauge(
            "callcontrol_calls_counted", "Calls that count for a line or company", registry=registry
        )
        counted.set_function(lambda: float(self.occupancy.calls))
        services = WebServices(
            pool=pool,
            directory=lambda: self.cache.directory,
            call_side=state,
            in_force=self.cache,
            clock=self.clock,
            config=config,
            mail_dir=self._layout.mail if config.smtp.catch_all else None,
            registry=registry,
        )
        runner = await web.serve(web.build(services), config.web.bind, config.web.port)
        self._stopping.insert(0, runner.cleanup)

    async def _import_fallback(self) -> None:
        """Each time that calls handled by Asterisk alone are over: bring home what they left."""
        while True:
            await self._fallback_over.wait()
            await asyncio.sleep(FALLBACK_SETTLE_SECONDS)
            self._fallback_over.clear()
            try:
                now, _ = await snapshot(self.ari)
                await self.fallback.run(frozenset(now.channels), self.history, self.messages)
            except (StoreDown, PhoneSystemDown, PhoneSystemRefused) as error:
                log.warning("fallback.import_put_off", error=str(error))
                self._fallback_over.set()
            except (
                Exception
            ):  # a file that cannot be read must not end the calls: the next import tries again
                log.exception("fallback.import_failed")

    async def _until_store(self, action: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Do ``action`` as soon as the database is there."""
        while True:
            try:
                await action()
            except StoreDown as error:
                log.warning("app.waiting_for_store", error=str(error))
                await asyncio.sleep(STORE_RETRY_SECONDS)
            else:
                return

    async def stop(self) -> None:
        """Let go of everything; the calls go on."""
        if hasattr(self, "live_calls"):
            await self.live_calls.step_down()
        for stop in self._stopping:
            await stop()


def _public_host(config: Config) -> str:
    bind = config.sip.bind
    return "127.0.0.1" if bind in ("0.0.0.0", "::", "") else bind  # noqa: S104  a comparison, no binding


def main() -> int:
    """The process; its exit code."""
    config = configuration.load(None, os.environ)
    logs.configure(config.log_level)
    try:
        return asyncio.run(run(config))
    except (CallControlError, UnsuitableAsterisk) as error:
        log.error("app.cannot_start", error=str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
