"""The alarm of a disk that fills: told once when there is no room for messages any more, and once when there is again.

Messages are refused and taken again by themselves (``mailbox.take_message`` asks for each); this only tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from callcontrol.media.recordings import free_bytes

log = structlog.get_logger()

LOOK_SECONDS = 2.0


class StorageWatch:
    """Looks at the disk of ``folder``, of which ``keep_free`` bytes must be free; ``catch_up`` writes what a full one
    refused."""

    def __init__(self, folder: Path, keep_free: int, catch_up: Callable[[], None] = lambda: None) -> None:
        self._folder, self._keep_free, self._catch_up = folder, keep_free, catch_up
        self._full = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            self._catch_up()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Tell a change."""
        free = free_bytes(self._folder)
        full = free < self._keep_free
        if full and not self._full:
            log.error("storage.full", alarm=True, free_bytes=free, keep_free_bytes=self._keep_free)
        elif self._full and not full:
            log.warning("storage.room_again", free_bytes=free)
        self._full = full
