"""The resources of ARI, each with its verbs in the vocabulary of ari-py: channels, bridges, playbacks, recordings.

They never retry (but for what is said), interpret an event or decide anything; what is gone is told as ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from callcontrol.asterisk import operations as ops
from callcontrol.asterisk.ari_http import AriHttp, CarriedOut
from callcontrol.asterisk.operations import Operation
from callcontrol.errors import ChannelGone, PhoneSystemRefused

EAR = "ear"
"""Stasis argument of a channel that only listens."""


def _gone_is(error: PhoneSystemRefused, channel: str) -> Exception:
    """404 and 409 on a channel mean that it is gone or going; everything else stands."""
    return ChannelGone(channel) if error.status in (404, 409, 412) else error


async def _exists(http: AriHttp, op: Operation, **ids: str) -> bool:
    try:
        await http.request(op, ids)
    except PhoneSystemRefused as error:
        if error.status == 404:
            return False
        raise
    return True


class Channels:
    """``/channels``: each verb raises ``ChannelGone`` when its channel no longer exists."""

    def __init__(self, http: AriHttp, app: str) -> None:
        self._http, self._app = http, app

    async def list(self) -> list[dict[str, Any]]:
        """Every channel of Asterisk."""
        found: list[dict[str, Any]] = await self._http.request(ops.LIST_CHANNELS)
        return found

    async def _on(
        self,
        op: Operation,
        channel: str,
        body: Any = None,
        carried_out: CarriedOut | None = None,
        /,
        **query: str | int | None,
    ) -> Any:
        try:
            return await self._http.request(op, {"channelId": channel}, body, carried_out, **query)
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

    async def run(self, context: str, variables: Mapping[str, str]) -> None:
        """Run ``s`` of a context of the dialplan, which ends by itself, in no application. Does not wait for its
        end."""
        query = {"endpoint": f"Local/s@{context}/n", "context": context, "extension": "over"}
        await self._http.request(ops.RUN, None, {"variables": dict(variables)}, **query)

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
        began = partial(_exists, self._http, ops.GET_PLAYBACK, playbackId=playback)
        await self._on(ops.PLAY, channel, {"media": list(media)}, began, **query)

    async def record(self, channel: str, name: str, **query: str | int | None) -> None:
        """Record into ``name``; parameters as in ARI."""
        began = partial(_exists, self._http, ops.GET_RECORDING, recordingName=name)
        await self._on(ops.RECORD, channel, None, began, name=name, **query)

    async def snoop(self, channel: str, snoop: str) -> None:
        """Make the channel ``snoop`` (id chosen by us), which hears what comes in on ``channel`` and says nothing."""
        query = {"spy": "in", "whisper": "none", "app": self._app, "appArgs": EAR}
        try:
            made = partial(_exists, self._http, ops.GET_CHANNEL, channelId=snoop)
            await self._http.request(ops.SNOOP, {"channelId": channel, "snoopId": snoop}, None, made, **query)
        except PhoneSystemRefused as error:
            raise _gone_is(error, channel) from error

    async def get_variable(self, channel: str, variable: str) -> str:
        """The value of a channel variable or function."""
        answer = await self._on(ops.GET_VARIABLE, channel, variable=variable)
        return str(answer["value"])

    async def set_variable(self, channel: str, variable: str, value: str) -> None:
        """Set a channel variable or function, at once, whatever plays."""
        await self._on(ops.SET_VARIABLE, channel, variable=variable, value=value)

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
        made = partial(_exists, self._http, ops.GET_BRIDGE, bridgeId=bridge)
        await self._http.request(ops.CREATE_BRIDGE, {"bridgeId": bridge}, None, made, type="mixing")

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
        return await _exists(self._http, ops.GET_PLAYBACK, playbackId=playback)


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
        return await _exists(self._http, ops.GET_RECORDING, recordingName=name)
