"""What the database tells (NOTIFY), heard once in a process and handed to every part that subscribed.

Notifications can be lost, with a connection or without: whoever must miss nothing looks for itself when told
``missed``. LISTEN needs a direct connection, never one through a pooler.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from callcontrol.errors import StoreDown
from callcontrol.store.notifications import FOLLOWER
from callcontrol.store.pool import Connection, connect, store_errors

log = structlog.get_logger()

CHECK_SECONDS = 10.0
"""How often the connection is tried."""
RETRY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class _Subscriber:
    channels: tuple[str, ...]
    hear: Callable[[str], None]
    missed: Callable[[], None]


class DatabaseListener:
    """One connection to ``url`` that listens, and follows the directory among the rest. Subscribe before ``start``."""

    def __init__(self, url: str, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._url, self._check_seconds = url, check_seconds
        self._subscribers: list[_Subscriber] = []
        self._connection: Connection = None
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def subscribe(
        self, channels: Sequence[str], hear: Callable[[str], None], missed: Callable[[], None]
    ) -> None:
        """``hear`` gets each payload of ``channels``; ``missed`` is called when the connection is back after a loss.
        Both in the event loop: they must not block."""
        self._subscribers.append(_Subscriber(tuple(channels), hear, missed))

    async def start(self) -> None:
        """Listen from now on. Raises StoreDown; it can then be called again."""
        await self._listen()
        self._task = asyncio.create_task(self._keep(), name="listener")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._drop()

    async def _keep(self) -> None:
        while True:
            try:
                await self._until_lost()
            except StoreDown as error:
                log.warning("listener.lost", error=str(error))
            self._drop()
            await self._until_back()
            for subscriber in self._subscribers:
                subscriber.missed()

    async def _until_lost(self) -> None:
        """Return, or raise StoreDown, when the connection is no longer good."""
        while not self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._check_seconds):
                    await self._lost.wait()
                return
            with store_errors():
                await self._connection.execute("SELECT 1")

    async def _until_back(self) -> None:
        while True:
            try:
                await self._listen()
            except StoreDown:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _listen(self) -> None:
        self._drop()
        self._lost.clear()
        connection = await connect(self._url, name=FOLLOWER)
        connection.add_termination_listener(self._on_loss)
        self._connection = connection
        with store_errors():
            for subscriber in self._subscribers:
                for channel in subscriber.channels:
                    await connection.add_listener(channel, _Ear(subscriber.hear))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.remove_termination_listener(self._on_loss)
            connection.terminate()

    def _on_loss(self, _connection: Any) -> None:
        self._lost.set()


@dataclass(frozen=True, slots=True, eq=False)
class _Ear:
    """asyncpg's form of a listener."""

    hear: Callable[[str], None]

    def __call__(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self.hear(payload)
