"""The supervisor's look at ``/healthz``: what is wrong is told when it begins, and when it is over.

A calls process that hears nothing of an Asterisk that answers is started anew: its calls go on, and none stays in the
native fallback for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from callcontrol.config.load import Config
from callcontrol.runtime.app_process import health_url

EVERY_SECONDS = 2.0
DEAF_SECONDS = 30.0
"""Much more than a reconnection, or the start of Asterisk, takes."""


class HealthWatch:
    """``restart_calls`` ends the calls process; ``asterisk_answers`` asks Asterisk itself."""

    def __init__(
        self,
        config: Config,
        say: Callable[[str], None],
        restart_calls: Callable[[], Awaitable[None]],
        asterisk_answers: Callable[[], Awaitable[bool]],
    ) -> None:
        self._url, self._say = health_url(config), say
        self._restart_calls, self._asterisk_answers = restart_calls, asterisk_answers
        self._reasons: tuple[str, ...] = ()
        self._deaf_since: float | None = None

    async def run(self) -> None:
        """Until cancelled."""
        timeout = aiohttp.ClientTimeout(total=EVERY_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                try:
                    async with session.get(self._url) as answer:
                        told = await answer.json(content_type=None)
                    reasons, deaf = (
                        tuple(map(str, told["reasons"])),
                        told["telephone_system"] == {"status": "down"},
                    )
                except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
                    continue  # the web is being started anew: its own watch sees to it
                self._tell(reasons)
                await self._see_to_the_deaf(deaf)

    def _tell(self, reasons: tuple[str, ...]) -> None:
        if reasons != self._reasons:
            self._say(f"degraded: {'; '.join(reasons)}" if reasons else "healthy again")
        self._reasons = reasons

    async def _see_to_the_deaf(self, deaf: bool) -> None:
        now = asyncio.get_running_loop().time()
        if not deaf or not await self._asterisk_answers():
            self._deaf_since = None
            return
        self._deaf_since = now if self._deaf_since is None else self._deaf_since
        if now - self._deaf_since > DEAF_SECONDS:
            self._say(
                f"calls has not heard Asterisk for {DEAF_SECONDS:.0f} s, which answers: starting calls again"
            )
            self._deaf_since = None
            await self._restart_calls()
