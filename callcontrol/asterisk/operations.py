"""Every ARI operation that we use, in one table, checked at start against the server's own api-docs.

Pure. A server that lacks an operation or a parameter is refused at start with its name, instead of
failing in the middle of a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One ARI operation. ``path`` is relative to ``/ari`` with ``{names}``; ``query`` the parameters we send.

    ``repeats``: given again when the connection broke before its answer. Twice is once, because what it makes has an id
    of our choosing or the state that it leads to is there already; or who gives it can ask whether it was carried out.
    """

    method: str
    path: str
    query: tuple[str, ...] = ()
    repeats: bool = True


INFO = Operation("GET", "/asterisk/info")
RELOAD_MODULE = Operation("PUT", "/asterisk/modules/{moduleName}")
USER_EVENT = Operation("POST", "/events/user/{eventName}", ("application",))
EVENT_FILTER = Operation("PUT", "/applications/{applicationName}/eventFilter")
SUBSCRIBE = Operation("POST", "/applications/{applicationName}/subscription", ("eventSource",))
LIST_CHANNELS = Operation("GET", "/channels")
CREATE_CHANNEL = Operation(
    "POST", "/channels/create", ("endpoint", "app", "channelId", "originator", "appArgs")
)
RUN = Operation("POST", "/channels", ("endpoint", "context", "extension"))
DIAL = Operation("POST", "/channels/{channelId}/dial", ("timeout",), repeats=False)
"""Twice would send a second INVITE, and nothing tells whether the first went out."""
GET_CHANNEL = Operation("GET", "/channels/{channelId}")
ANSWER = Operation("POST", "/channels/{channelId}/answer")
RING = Operation("POST", "/channels/{channelId}/ring")
HANG_UP = Operation("DELETE", "/channels/{channelId}", ("reason", "reason_code"))
PLAY = Operation("POST", "/channels/{channelId}/play", ("media", "playbackId", "offsetms", "skipms"))
RECORD = Operation(
    "POST",
    "/channels/{channelId}/record",
    ("name", "format", "maxDurationSeconds", "maxSilenceSeconds", "ifExists", "beep", "terminateOn"),
)
SNOOP = Operation("POST", "/channels/{channelId}/snoop/{snoopId}", ("spy", "whisper", "app", "appArgs"))
GET_VARIABLE = Operation("GET", "/channels/{channelId}/variable", ("variable",))
SET_VARIABLE = Operation("POST", "/channels/{channelId}/variable", ("variable", "value"))
TRANSFER_PROGRESS = Operation("POST", "/channels/{channelId}/transfer_progress", ("states",))
GET_GLOBAL = Operation("GET", "/asterisk/variable", ("variable",))
LIST_ENDPOINTS = Operation("GET", "/endpoints/{tech}")
GET_ENDPOINT = Operation("GET", "/endpoints/{tech}/{resource}")
LIST_BRIDGES = Operation("GET", "/bridges")
GET_BRIDGE = Operation("GET", "/bridges/{bridgeId}")
CREATE_BRIDGE = Operation("POST", "/bridges/{bridgeId}", ("type", "name"))
ADD_TO_BRIDGE = Operation(
    "POST", "/bridges/{bridgeId}/addChannel", ("channel", "inhibitConnectedLineUpdates")
)
REMOVE_FROM_BRIDGE = Operation("POST", "/bridges/{bridgeId}/removeChannel", ("channel",))
DESTROY_BRIDGE = Operation("DELETE", "/bridges/{bridgeId}")
STOP_PLAYBACK = Operation("DELETE", "/playbacks/{playbackId}")
CONTROL_PLAYBACK = Operation("POST", "/playbacks/{playbackId}/control", ("operation",))
GET_PLAYBACK = Operation("GET", "/playbacks/{playbackId}")
STOP_RECORDING = Operation("POST", "/recordings/live/{recordingName}/stop")
GET_RECORDING = Operation("GET", "/recordings/live/{recordingName}")

ALL: tuple[Operation, ...] = tuple(v for v in list(globals().values()) if isinstance(v, Operation))
RESOURCES: tuple[str, ...] = tuple(sorted({op.path.split("/")[1] for op in ALL}))


def missing(api_docs: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the server's api-docs (one Swagger 1.1 document for each resource) lack of ``ALL``."""
    offered: dict[tuple[str, str], set[str]] = {}
    for document in api_docs:
        for api in document["apis"]:
            for operation in api["operations"]:
                names = {p["name"] for p in operation.get("parameters", ()) if p["paramType"] == "query"}
                offered[operation["httpMethod"], api["path"]] = names
    found: list[str] = []
    for op in ALL:
        names_or_none = offered.get((op.method, op.path))
        if names_or_none is None:
            found.append(f"{op.method} {op.path}")
        else:
            found += [f"{op.method} {op.path}?{name}" for name in op.query if name not in names_or_none]
    return found
