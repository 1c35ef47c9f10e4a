"""Whether a row and files can be written: tried, not guessed, and at most once a second, whoever asks how often."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from callcontrol.errors import StoreDown
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.signs import write_sign

log = structlog.get_logger()

AGE_SECONDS = 1.0
"""So long what was found is told again."""
ROOM = b"\0" * 16384
"""More than a block, and than what a file system keeps inside its own tables."""


@dataclass(frozen=True, slots=True)
class Writable:
    """What can be written: a row, a file where messages are, a file where calls are kept track of."""

    row: bool
    media: bool
    runtime: bool


class WriteTrial:
    """To be used inside one event loop. Those who ask together share one trial, of ``deadline`` seconds."""

    def __init__(self, services: WebServices, deadline: float) -> None:
        self._services, self._deadline = services, deadline
        self._trial: asyncio.Task[Writable] | None = None
        self._at = 0.0

    async def outcome(self) -> Writable:
        """What was found within the last second."""
        now = asyncio.get_running_loop().time()
        if self._trial is None or (self._trial.done() and now - self._at > AGE_SECONDS):
            self._at, self._trial = now, asyncio.create_task(self._try(), name="write trial")
        return await asyncio.shield(self._trial)

    async def _try(self) -> Writable:
        config = self._services.config
        row, media, runtime = await asyncio.gather(
            self._row(), self._file(config.media_dir), self._file(config.runtime_dir)
        )
        return Writable(row, media, runtime)

    async def _row(self) -> bool:
        try:
            async with asyncio.timeout(self._deadline):
                await write_sign(self._services.pool, "web", self._services.clock.now())
        except (StoreDown, TimeoutError) as error:
            log.warning("web.row_not_written", error=type(error).__name__)
            return False
        return True

    async def _file(self, folder: Path) -> bool:
        try:
            async with asyncio.timeout(self._deadline):
                await asyncio.to_thread(_write, folder)
        except (OSError, TimeoutError) as error:
            log.warning("web.file_not_written", folder=folder.name, error=type(error).__name__)
            return False
        return True


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".trial-{os.getpid()}"
    try:
        path.write_bytes(ROOM)
    finally:
        with suppress(OSError):
            path.unlink()
