"""What the two processes of ours have in common: a sign of life, services that run until the end, a database that may
come later, and an orderly end. ``app`` (the calls) and ``web_app`` (the web) are made of it."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from callcontrol import heartbeat, logs
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError, StoreDown
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.migrate import migrate
from callcontrol.store.pool import Pool, open_pool

log = structlog.get_logger()

STORE_RETRY_SECONDS = 0.5

Start = Callable[["Process", Config], Coroutine[Any, Any, None]]
"""A composition root: builds everything, and returns when all is up."""


class Process:
    """What was opened, in its order: at the end all of it is closed in the reverse order."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """The exit code, when the end has come."""
        self._ups: list[Callable[[], bool]] = []

    def up_when(self, is_up: Callable[[], bool]) -> None:
        """It is all up only when ``is_up`` says so, too."""
        self._ups.append(is_up)

    @property
    def up(self) -> bool:
        """Everything is there: from now on its silence is that of a process that hangs."""
        self._ups = [is_up for is_up in self._ups if not is_up()]  # once is enough
        return not self._ups

    def end(self, code: int = 0) -> None:
        """End the process with ``code``."""
        if not self.over.done():
            self.over.set_result(code)

    def at_end(self, close: Callable[[], Awaitable[object]]) -> None:
        """Call ``close`` when everything opened after this is closed."""
        self._stack.push_async_callback(close)

    def run(self, **services: Coroutine[Any, Any, None]) -> None:
        """Run each until the end. One that fails ends the process: the supervisor starts it anew."""
        for name, service in services.items():
            task = asyncio.create_task(service, name=name)
            task.add_done_callback(self._ended)
            self.at_end(partial(cancelled, task))

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("process.service_failed", service=task.get_name(), exc_info=error)
            self.end()


@dataclass(frozen=True, slots=True)
class Store:
    """The database as a process uses it."""

    url: str
    pool: Pool
    listener: DatabaseListener


async def open_store(process: Process, config: Config) -> Store:
    """The database, as soon as it is there, with this release's schema. Subscribe to its listener before
    ``follow_directory``."""
    pool = await open_pool(config.database.url)
    process.at_end(pool.close)
    await _until_up(lambda: migrate(config.database.url))
    return Store(config.database.url, pool, DatabaseListener(config.database.listen_url))


async def follow_directory(
    process: Process,
    store: Store,
    *,
    on_lines_changed: Callable[[], None] | None = None,
    on_line_changed: Callable[[str], None] | None = None,
) -> DirectoryCache:
    """The directory, kept true from now on; every subscriber of the listener hears them."""
    cache = DirectoryCache(
        store.url, store.listener, on_lines_changed=on_lines_changed, on_line_changed=on_line_changed
    )
    await _until_up(store.listener.start)
    process.at_end(store.listener.stop)
    await _until_up(cache.start)
    process.at_end(cache.stop)
    gc.collect()
    gc.freeze()  # a full collection over 100,000 lines would hold the event loop up for most of a second
    return cache


async def _until_up(action: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Do ``action`` as soon as the database is there."""
    while True:
        try:
            await action()
        except StoreDown as error:
            log.warning("process.waiting_for_store", error=str(error))
            await asyncio.sleep(STORE_RETRY_SECONDS)
        else:
            return


async def cancelled(task: asyncio.Future[Any]) -> None:
    """End a task and wait for it; how it ended is no longer of interest."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def live(start: Start, config: Config) -> int:
    """Until SIGTERM, SIGINT, or ``Process.end``; the exit code. What ``start`` raises is raised here."""
    async with AsyncExitStack() as stack:
        process = Process(stack)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, process.end)
        starting = asyncio.create_task(start(process, config), name="start")
        process.up_when(starting.done)
        process.run(heartbeat=heartbeat.beat(os.environ, lambda: process.up))
        try:
            either: set[asyncio.Future[Any]] = {starting, process.over}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            return await process.over
        finally:
            await cancelled(starting)


def main(start: Start) -> int:
    """The process; its exit code."""
    config = configuration.load(None, os.environ)
    logs.configure(config.log_level)
    try:
        return asyncio.run(live(start, config))
    except CallControlError as error:
        log.error("process.cannot_start", error=str(error))
        return 1
