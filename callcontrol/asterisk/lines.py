"""Our lines as Asterisk's SIP accounts: two included files, written atomically, and a debounced reload.

Asterisk keeps them over a restart of its own, and the native fallback reads the barring from them
(design.md §5, spec §13).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk_conf.accounts import Accounts
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.errors import CallControlError

log = structlog.get_logger()

DEBOUNCE_SECONDS = 0.1
RETRY_SECONDS = 1.0

AllAccounts = Callable[[], Awaitable[Accounts]]


class LineFiles:
    """Keeps ``lines.conf`` and ``fallback.conf`` in ``folder`` what ``accounts`` gives."""

    def __init__(self, folder: Path, client: AriClient, accounts: AllAccounts) -> None:
        self._folder, self._client, self._accounts = folder, client, accounts
        self._changed = asyncio.Event()
        self._unread: set[str] = set()
        """Modules whose file was written but that have not read it yet."""

    def changed(self) -> None:
        """Something about a line, a short code or a barring changed: write and reload soon."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled. A failure is tried again: Asterisk or the database may be away."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(DEBOUNCE_SECONDS)
            self._changed.clear()
            try:
                await self.write()
            except (CallControlError, OSError, ValueError) as error:
                log.warning("lines.not_written", error=str(error))
                self._changed.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def write(self) -> None:
        """Write both files if they differ from what is there, and have Asterisk read them again."""
        lines, codes, others = await self._accounts()
        lines_text = await asyncio.to_thread(render_lines, lines)
        fallback_text = await asyncio.to_thread(render_fallback, lines, codes, others)
        if await asyncio.to_thread(replace_file, self._folder / "lines.conf", lines_text):
            self._unread.add("res_pjsip.so")
        if await asyncio.to_thread(replace_file, self._folder / "fallback.conf", fallback_text):
            self._unread.add("pbx_config.so")
        for module in sorted(self._unread):
            await self._client.reload_module(module)
            self._unread.discard(module)


def replace_file(path: Path, text: str) -> bool:
    """Write ``text`` atomically, mode 0600; False when the file says it already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
    return True
