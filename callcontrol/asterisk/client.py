"""A thin typed ARI client on aiohttp: ``client.channels.answer(id)``, in the vocabulary of ari-py.

It never retries on its own, never interprets an event and never decides anything. Commands go over HTTP
connections (a blocked command on the events socket would stall all others: platform.md §0 rule 2).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from callcontrol.asterisk import operations as ops
from callcontrol.asterisk.http import HttpClient
from callcontrol.asterisk.operations import Operation
from callcontrol.errors import ChannelGone, PhoneSystemDown, PhoneSystemRefused

COMMAND_SECONDS = 5.0
"""No command of ours may take longer: one that does waits for a playback that should have been stopped."""


class AriHttp:
    """The way to ARI. ``request`` raises ``PhoneSystemRefused`` (4xx, 5xx) or ``PhoneSystemDown``."""

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
        /,
        **query: str | int | None,
    ) -> Any:
        """Carry out ``op`` and return its decoded JSON, None for 204."""
        path = op.path.format_map({k: quote(v, safe="") for k, v in (ids or {}).items()})
        given = "&".join([f"{k}={quote(str(v), safe='')}" for k, v in query.items() if v is not None])
        target = f"{path}?{given}" if given else path
        content = b"" if body is None else json.dumps(body).encode()
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
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


EAR = "ear"
"""Stasis argument of a channel that only listens."""


def _gone_is(error: PhoneSystemRefused, channel: str) -> Exception:
    """404 and 409 on a channel mean that it is gone or going; everything else stands."""
    return ChannelGone(channel) if error.status in (404, 409, 412) else error


class Channels:
    """``/channels``: each verb raises ``ChannelGone`` when its channel no longer exists."""

    def __init__(self, http: AriHttp, app: str) -> None:
        self._http, self._app = http, app

    async def list(self) -> list[dict[str, Any]]:
        """Every channel of Asterisk."""
        found: list[dict[str, Any]] = await self._http.request(ops.LIST_CHANNELS)
        return found

    async def _on(self, op: Operation, channel: str, body: Any = None, **query: str | int | None) -> Any:
        try:
            return await self._http.request(op, {"channelId": channel}, body, **query)
        except PhoneSystemRefused as error:
            raise _gone_is(error, channel) from error

    async def create(
        self,
        channel: str,
        endpoint: str,
        *,
        originator: str | None,
        variables: Mapping[str, str],
        args: str = "leg",
    ) -> None:
        """Create ``channel`` (id chosen by us) to ``endpoint`` without dialling it."""
        body = {"variables": dict(variables)}
        query = {
            "endpoint": endpoint,
            "app": self._app,
            "channelId": channel,
            "originator": originator,
            "appArgs": args,
        }
        try:
            await self._http.request(ops.CREATE_CHANNEL, None, body, **query)
        except PhoneSystemRefused as error:
            if error.status != 409:  # 409: a retry of ours met its own first try
                raise

    async def dial(self, channel: str, *, timeout: int) -> None:
        """Dial a created channel; it must have entered Stasis first."""
        await self._on(ops.DIAL, channel, timeout=timeout)

    async def answer(self, channel: str) -> None:
        """Answer (200)."""
        await self._on(ops.ANSWER, channel)

    async def ring(self, channel: str) -> None:
        """Indicate ringing (180)."""
        await self._on(ops.RING, channel)

    async def hang_up(self, channel: str, cause: int) -> None:
        """End a channel with a Q.850 cause."""
        await self._on(ops.HANG_UP, channel, reason_code=cause)

    async def play(
        self, channel: str, playback: str, media: Sequence[str], *, offset_ms: int | None, skip_ms: int
    ) -> None:
        """Queue a playback (id chosen by us) of several media in a row; ``skip_ms`` is one step back or on."""
        query = {"playbackId": playback, "offsetms": offset_ms, "skipms": skip_ms}
        await self._on(ops.PLAY, channel, {"media": list(media)}, **query)

    async def record(self, channel: str, **query: str | int | None) -> None:
        """Record; parameters as in ARI."""
        await self._on(ops.RECORD, channel, None, **query)

    async def snoop(self, channel: str, snoop: str) -> None:
        """Make the channel ``snoop`` (id chosen by us), which hears what comes in on ``channel`` and says nothing."""
        query = {"spy": "in", "whisper": "none", "app": self._app, "appArgs": EAR}
        try:
            await self._http.request(ops.SNOOP, {"channelId": channel, "snoopId": snoop}, **query)
        except PhoneSystemRefused as error:
            raise _gone_is(error, channel) from error

    async def get_variable(self, channel: str, variable: str) -> str:
        """The value of a channel variable or function."""
        answer = await self._on(ops.GET_VARIABLE, channel, variable=variable)
        return str(answer["value"])

    async def transfer_progress(self, channel: str, states: str) -> None:
        """Tell a phone that asked for a transfer how it goes."""
        await self._on(ops.TRANSFER_PROGRESS, channel, states=states)


class Bridges:
    """``/bridges``."""

    def __init__(self, http: AriHttp) -> None:
        self._http = http

    async def list(self) -> list[dict[str, Any]]:
        """Every bridge of Asterisk."""
        found: list[dict[str, Any]] = await self._http.request(ops.LIST_BRIDGES)
        return found

    async def create(self, bridge: str) -> None:
        """Create a mixing bridge with an id chosen by us."""
        await self._http.request(ops.CREATE_BRIDGE, {"bridgeId": bridge}, type="mixing")

    async def add_channel(self, bridge: str, channels: Sequence[str]) -> None:
        """Put channels into a bridge. Raises ``ChannelGone`` for one that left.

        Without connected line updates: they would tell each party the other's true number, hidden or not.
        """
        query = {"channel": ",".join(channels), "inhibitConnectedLineUpdates": "true"}
        try:
            await self._http.request(ops.ADD_TO_BRIDGE, {"bridgeId": bridge}, None, **query)
        except PhoneSystemRefused as error:
            # 400 is "channel not found" here, 422 "not in Stasis"
            raise ChannelGone(channels[-1]) if error.status in (400, 404, 409, 422) else error from error

    async def remove_channel(self, bridge: str, channel: str) -> None:
        """Take a channel out of a bridge; returns when it has left. One that is not in it is no error."""
        try:
            await self._http.request(ops.REMOVE_FROM_BRIDGE, {"bridgeId": bridge}, None, channel=channel)
        except PhoneSystemRefused as error:
            if error.status not in (400, 404, 409, 422):  # no channel, no bridge, not in Stasis, not in it
                raise

    async def destroy(self, bridge: str) -> None:
        """Destroy a bridge; one that is gone is no error."""
        try:
            await self._http.request(ops.DESTROY_BRIDGE, {"bridgeId": bridge})
        except PhoneSystemRefused as error:
            if error.status != 404:
                raise


class Playbacks:
    """``/playbacks``."""

    def __init__(self, http: AriHttp) -> None:
        self._http = http

    async def stop(self, playback: str) -> None:
        """Stop a playback; one that is over is no error."""
        try:
            await self._http.request(ops.STOP_PLAYBACK, {"playbackId": playback})
        except PhoneSystemRefused as error:
            if error.status != 404:
                raise

    async def control(self, playback: str, operation: str) -> None:
        """Move or pause a playback; one that is over, or has not begun, is no error."""
        try:
            await self._http.request(ops.CONTROL_PLAYBACK, {"playbackId": playback}, operation=operation)
        except PhoneSystemRefused as error:
            if error.status not in (404, 409):
                raise

    async def running(self, playback: str) -> bool:
        """Whether it still exists."""
        try:
            await self._http.request(ops.GET_PLAYBACK, {"playbackId": playback})
        except PhoneSystemRefused as error:
            if error.status == 404:
                return False
            raise
        return True


class Recordings:
    """``/recordings``."""

    def __init__(self, http: AriHttp) -> None:
        self._http = http

    async def stop(self, name: str) -> None:
        """Stop and keep a live recording; one that is over, or being closed since another stop (409), is no error."""
        try:
            await self._http.request(ops.STOP_RECORDING, {"recordingName": name})
        except PhoneSystemRefused as error:
            if error.status not in (404, 409):
                raise

    async def live(self, name: str) -> bool:
        """Whether it is still being recorded."""
        try:
            await self._http.request(ops.GET_RECORDING, {"recordingName": name})
        except PhoneSystemRefused as error:
            if error.status == 404:
                return False
            raise
        return True


class AriClient:
    """The whole of ARI that we use."""

    def __init__(self, url: str, user: str, password: str, app: str) -> None:
        self.http = AriHttp(url, user, password)
        self.app = app
        self.channels = Channels(self.http, app)
        self.bridges = Bridges(self.http)
        self.playbacks = Playbacks(self.http)
        self.recordings = Recordings(self.http)

    async def version(self) -> str:
        """Asterisk's version, e.g. ``22.10.1``."""
        info = await self.http.request(ops.INFO)
        return str(info["system"]["version"])

    async def reload_module(self, name: str) -> None:
        """Reload one module, e.g. ``res_pjsip.so``."""
        await self.http.request(ops.RELOAD_MODULE, {"moduleName": name})

    async def reachable(self, endpoint: str) -> bool | None:
        """Whether a PJSIP endpoint answers what Asterisk asks it (OPTIONS); None: it is not asked, or not known."""
        try:
            found = await self.http.request(ops.GET_ENDPOINT, {"tech": "PJSIP", "resource": endpoint})
        except PhoneSystemRefused as error:
            if error.status == 404:
                return None
            raise
        return {"online": True, "offline": False}.get(found["state"])

    async def online(self) -> frozenset[str]:
        """The PJSIP endpoints (lines, trunks) of which a contact can be reached now."""
        found = await self.http.request(ops.LIST_ENDPOINTS, {"tech": "PJSIP"})
        return frozenset(str(each["resource"]) for each in found if each["state"] == "online")

    async def subscribe(self, source: str) -> None:
        """Subscribe our application to an event source, e.g. ``endpoint:PJSIP``."""
        await self.http.request(ops.SUBSCRIBE, {"applicationName": self.app}, eventSource=source)

    async def filter_events(self, **types: Sequence[str]) -> None:
        """Keep event types off the socket: those ``disallowed``, or all that are not ``allowed``.

        Right after the socket was opened the application may not be known yet (404, platform.md §0 rule 6).
        """
        body = {key: [{"type": name} for name in names] for key, names in types.items()}
        for again in reversed(range(20)):
            try:
                await self.http.request(ops.EVENT_FILTER, {"applicationName": self.app}, body)
            except PhoneSystemRefused as error:
                if error.status != 404 or not again:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    async def close(self) -> None:
        """Let go of all connections."""
        await self.http.close()
