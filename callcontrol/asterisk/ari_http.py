"""The way to ARI: one operation over HTTP, its answer decoded, its refusals as our errors.

A command whose connection broke is given once more where that is safe (``Operation.repeats``); otherwise nothing is
retried or decided. Commands go over HTTP connections (a blocked command on the
events socket would stall all others: platform.md §0 rule 2).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import aiohttp

from callcontrol.asterisk import operations as ops
from callcontrol.asterisk.http import Disconnected, HttpClient
from callcontrol.asterisk.operations import Operation
from callcontrol.errors import CommandLost, PhoneSystemDown, PhoneSystemRefused

COMMAND_SECONDS = 5.0
"""No command of ours may take longer: one that does waits for a playback that should have been stopped."""


CarriedOut = Callable[[], Awaitable[bool]]
"""Whether a command that got no answer was carried out."""


@lru_cache(2048)  # a call names its channel in each of its commands
def _quoted(text: str) -> str:
    return quote(text, safe="")


class AriHttp:
    """The way to ARI. ``request`` raises ``PhoneSystemRefused`` (4xx, 5xx), ``PhoneSystemDown``, or ``CommandLost``."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url.rstrip("/")
        self.user, self.password = user, password
        self._authorization = aiohttp.encode_basic_auth(user, password)
        self._commands = HttpClient(self.url, self._authorization)
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """For the events socket, made at first use inside the running loop."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=COMMAND_SECONDS)
            self._session = aiohttp.ClientSession(
                headers={"Authorization": self._authorization}, timeout=timeout
            )
        return self._session

    async def request(
        self,
        op: Operation,
        ids: Mapping[str, str] | None = None,
        body: Any = None,
        carried_out: CarriedOut | None = None,
        /,
        **query: str | int | None,
    ) -> Any:
        """Carry out ``op`` and return its decoded JSON; None for 204, and where only ``carried_out`` tells of it."""
        path = op.path.format_map({k: _quoted(v) for k, v in (ids or {}).items()})
        given = "&".join([f"{k}={_quoted(str(v))}" for k, v in query.items() if v is not None])
        target = f"{path}?{given}" if given else path
        content = b"" if body is None else json.dumps(body).encode()
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                try:
                    status, answer = await self._commands.request(op.method, target, content)
                except Disconnected as error:
                    if not op.repeats:
                        raise CommandLost(f"{op.method} {path}: {error}") from error
                    self._commands.forget_idle()
                    if carried_out is not None and await carried_out():
                        return None
                    status, answer = await self._commands.request(op.method, target, content)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise PhoneSystemDown(f"{op.method} {path}: {type(error).__name__}") from error
        if status >= 400:
            raise PhoneSystemRefused(f"{op.method} {path}", status, answer.decode("utf-8", "replace"))
        return json.loads(answer) if answer else None

    async def get_docs(self) -> list[dict[str, Any]]:
        """The server's api-docs of every resource that we use."""
        docs = [Operation("GET", f"/api-docs/{name}.json") for name in ops.RESOURCES]
        return [await self.request(op) for op in docs]

    async def close(self) -> None:
        """Let go of all connections."""
        self._commands.close()
        if self._session is not None:
            await self._session.close()
            self._session = None
