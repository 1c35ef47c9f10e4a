"""ARI's JSON events into our vocabulary (``telephony.py``). Pure.

An event that we do not use gives None; one that lacks what its type promises is a bug of the server and
gives None too, with the reason logged by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callcontrol.telephony import (
    Channel,
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelLeft,
    ChannelProgressing,
    ChannelRinging,
    DialRedirected,
    Event,
    HangupRequested,
    HoldChanged,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    TransferAsked,
    UserEvent,
)

Json = Mapping[str, Any]

NOT_WANTED = (
    "ChannelVarset",
    "ChannelDialplan",
    "ChannelCallerId",
    "ChannelConnectedLine",
    "ChannelEnteredBridge",
    "ChannelLeftBridge",
    "BridgeCreated",
    "BridgeDestroyed",
    "DeviceStateChanged",
    "PlaybackStarted",
    "PlaybackContinuing",
    "RecordingStarted",
)
"""Event types kept off the socket: they flood it and tell us nothing."""


def channel_of(raw: Json) -> Channel:
    """A channel object of ARI."""
    return Channel(
        id=raw["id"],
        name=raw["name"],
        state=raw["state"],
        caller_name=raw["caller"]["name"],
        caller_number=raw["caller"]["number"],
        connected_number=raw["connected"]["number"],
        exten=raw["dialplan"]["exten"],
    )


def _entered(raw: Json) -> Event:
    replaced = raw.get("replace_channel")
    return ChannelEntered(
        channel_of(raw["channel"]), tuple(raw["args"]), replaced["id"] if replaced else None
    )


def _state(raw: Json) -> Event | None:
    channel = channel_of(raw["channel"])
    match channel.state:
        case "Up":
            return ChannelAnswered(channel)
        case "Ringing":
            return ChannelRinging(channel)
        case _:
            return None


def _dial(raw: Json) -> Event | None:
    """A redirect, or 183 (no channel state): everything else of a dialled leg is told by its own channel events."""
    forward = raw.get("forward") or ""
    if not forward:
        return ChannelProgressing(channel_of(raw["peer"])) if raw.get("dialstatus") == "PROGRESS" else None
    # Local/<user>@<context> or a URI: the user part is what the phone asked for (platform.md §5).
    target = forward.split("/", 1)[-1].split("@", 1)[0].split(";", 1)[0]
    return DialRedirected(channel_of(raw["peer"]), target.removeprefix("sip:"))


def _target(uri: str) -> str:
    return uri.partition(":")[2]


def _recording(raw: Json) -> Event:
    recording = raw["recording"]
    seconds = recording.get("duration")
    failed = raw["type"] == "RecordingFailed"
    return RecordingEnded(
        recording["name"],
        _target(recording["target_uri"]),
        failed,
        None if seconds is None else float(seconds),
    )


def _playback(raw: Json) -> Event:
    playback = raw["playback"]
    return PlaybackEnded(playback["id"], _target(playback["target_uri"]), playback["state"] == "failed")


def _transfer(raw: Json) -> Event:
    wanted = raw["refer_to"]
    requested = wanted.get("requested_destination") or {}
    destination = wanted.get("destination_channel")
    return TransferAsked(
        channel_of(raw["referred_by"]["source_channel"]),
        requested.get("destination"),
        destination["id"] if destination else None,
    )


def _user_event(raw: Json) -> Event:
    fields = raw.get("userevent") or {}
    channel = raw.get("channel")
    pairs = tuple((str(k), str(v)) for k, v in fields.items() if k != "eventname")
    return UserEvent(channel["id"] if channel else None, raw["eventname"], pairs)


_PARSERS: Mapping[str, Callable[[Json], Event | None]] = {
    "StasisStart": _entered,
    "StasisEnd": lambda raw: ChannelLeft(channel_of(raw["channel"])),
    "ChannelStateChange": _state,
    "ChannelDestroyed": lambda raw: ChannelEnded(
        channel_of(raw["channel"]), raw["cause"], raw.get("tech_cause")
    ),
    "ChannelHangupRequest": lambda raw: HangupRequested(
        channel_of(raw["channel"]), raw.get("cause"), raw.get("tech_cause")
    ),
    "ChannelDtmfReceived": lambda raw: KeyPressed(channel_of(raw["channel"]), raw["digit"]),
    "ChannelHold": lambda raw: HoldChanged(channel_of(raw["channel"]), held=True),
    "ChannelUnhold": lambda raw: HoldChanged(channel_of(raw["channel"]), held=False),
    "ChannelTransfer": _transfer,
    "ChannelUserevent": _user_event,
    "Dial": _dial,
    "PlaybackFinished": _playback,
    "RecordingFinished": _recording,
    "RecordingFailed": _recording,
}


def parse(raw: Json) -> Event | None:
    """One event; None when we have no use for it. Raises KeyError or TypeError when it is malformed."""
    parser = _PARSERS.get(raw["type"])
    if parser is None:
        return None
    try:
        return parser(raw)
    except (AttributeError, ValueError) as error:  # null or text where an object or a number is promised
        raise TypeError(f"{raw['type']}: {error}") from error
