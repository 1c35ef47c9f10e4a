"""What Asterisk plays, as it tells it: which prompts a caller hears, in order, and when each began."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

import aiohttp

from tests.stack import Stack

_NUMBERS = itertools.count(1)


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
        """Listen to everything that ``stack`` plays. Under a name of its own: Asterisk takes an application out a
        moment after its socket has closed, and could take out the next one of its name."""
        config, prompter = stack.config.asterisk, cls()
        url = f"{config.ari_url}/events?app=prompter-{next(_NUMBERS)}&subscribeAll=true"
        login = aiohttp.encode_basic_auth(config.ari_user, config.ari_password)
        async with (
            aiohttp.ClientSession(headers={"Authorization": login}) as session,
            session.ws_connect(url) as socket,
        ):
            reading = asyncio.create_task(prompter._read(socket))
            try:
                yield prompter
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            event = json.loads(message.data)
            if event["type"] == "PlaybackStarted":  # told for each of several media in a row
                name = event["playback"]["media_uri"].partition(":")[2]
                now = asyncio.get_running_loop().time()
                self.heard.append(PurePosixPath(name).name)
                self.times.append(now)
                self.all.append((self.heard[-1], now))
                self._news.set()
            elif event["type"] == "ApplicationReplaced":
                self._deaf = "another one listens under its name"
        self._deaf = self._deaf or f"Asterisk closed its socket ({socket.close_code})"
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
