"""What Asterisk plays, as it tells it: which prompts a caller hears, in order, and when each began."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Any, ClassVar

import aiohttp

from tests.stack import Stack


class Prompter:
    """``heard`` grows while it listens, and what was waited for is taken out of it; ``all`` keeps everything. ``times``
    are those of the event loop."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.times: list[float] = []
        self.all: list[tuple[str, float]] = []
        self._news = asyncio.Event()
        self._deaf: str | None = None

    @classmethod
    @asynccontextmanager
    async def of(cls, stack: Stack) -> AsyncIterator[Prompter]:
        """Listen to everything that ``stack`` plays."""
        prompter, line = cls(), await _Line.of(stack)
        line.prompters.add(prompter)
        try:
            yield prompter
        finally:
            line.prompters.discard(prompter)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Asterisk has told something."""
        if event["type"] == "PlaybackStarted":  # told for each of several media in a row
            name = event["playback"]["media_uri"].partition(":")[2]
            now = asyncio.get_running_loop().time()
            self.heard.append(PurePosixPath(name).name)
            self.times.append(now)
            self.all.append((self.heard[-1], now))
            self._news.set()

    def go_deaf(self, why: str) -> None:
        """Nothing more will be told."""
        self._deaf = why
        self._news.set()

    async def plays(self, prompt: str, within: float = 15.0) -> float:
        """Until ``prompt`` begins, from where the last wait ended; when it began."""
        try:
            async with asyncio.timeout(within):
                while prompt not in self.heard:
                    await self._more()
        except TimeoutError:
            raise AssertionError(f"{prompt} is not played within {within} s, but {self.heard}") from None
        at = self.heard.index(prompt)
        when = self.times[at]
        del self.heard[: at + 1], self.times[: at + 1]
        return when

    async def plays_all(self, *prompts: str, within: float = 15.0) -> None:
        """Until ``prompts`` began one after the other, with nothing between."""
        await self.plays(prompts[0], within)
        for prompt in prompts[1:]:
            await self._some(within)
            assert self.heard[0] == prompt, (prompt, self.heard)
            del self.heard[0], self.times[0]

    async def _some(self, within: float) -> None:
        async with asyncio.timeout(within):
            while not self.heard:
                await self._more()

    async def _more(self) -> None:
        """Until something new is heard; who can hear nothing any more says so."""
        assert self._deaf is None, self._deaf
        self._news.clear()
        await self._news.wait()


class _Line:
    """The socket on which a stack's Asterisk tells what it plays. It is closed when that Asterisk has ended: twice it
    died (22.10.1, below ``stasis_subscription_change_type``) as an application that hears everything was taken out."""

    _of: ClassVar[dict[int, _Line]] = {}
    """By the process id of their Asterisk."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.prompters: set[Prompter] = set()
        self._socket = socket

    @classmethod
    async def of(cls, stack: Stack) -> _Line:
        """That of the Asterisk that runs now."""
        pid, config = stack.asterisk_pid, stack.config.asterisk
        assert pid is not None, "no Asterisk runs"
        if pid not in cls._of:
            login = aiohttp.encode_basic_auth(config.ari_user, config.ari_password)
            session = aiohttp.ClientSession(headers={"Authorization": login})
            stack.when_down.push_async_callback(session.close)
            line = cls(await session.ws_connect(f"{config.ari_url}/events?app=prompter&subscribeAll=true"))
            reading = asyncio.create_task(line._read())
            stack.when_down.callback(reading.cancel)
            stack.when_down.callback(cls._of.pop, pid, None)
            cls._of[pid] = line
        return cls._of[pid]

    async def _read(self) -> None:
        async for message in self._socket:
            event = json.loads(message.data)
            for prompter in self.prompters:
                prompter.hear(event)
        for prompter in self.prompters:
            prompter.go_deaf(f"Asterisk closed its socket ({self._socket.close_code})")
