"""The vocabulary shared by the telephone system and the calls: events, causes, channels. Pure data.

Names are those of ARI and of RFC 3261; numbers in ``HangupCause`` are ITU-T Q.850 causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class HangupCause(IntEnum):
    """Q.850 causes that we send or read. What Asterisk makes of each in SIP: platform.md §4, §5."""

    UNALLOCATED = 1
    NORMAL = 16
    BUSY = 17
    NO_USER_RESPONSE = 18
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    REJECTED = 21
    REDIRECTED = 23
    ANSWERED_ELSEWHERE = 26
    INVALID_NUMBER = 28
    CONGESTION = 34
    FAILURE = 38
    INTERWORKING = 127


MOVE_SECONDS = 5
"""How far a playback is moved at once (spec §6)."""


class PlaybackMove(StrEnum):
    """How a playback under way can be moved; the values are ARI's."""

    BACK = "reverse"
    ON = "forward"
    PAUSE = "pause"
    GO_ON = "unpause"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as an event shows it. ``caller_number`` is what Asterisk holds, not what we believe."""

    id: str
    name: str
    state: str
    caller_name: str = ""
    caller_number: str = ""
    connected_number: str = ""
    exten: str = ""


@dataclass(frozen=True, slots=True)
class ChannelEntered:
    """StasisStart: a channel is ours to command. ``args`` are those of the dialplan's ``Stasis()``."""

    channel: Channel
    args: tuple[str, ...] = ()
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelLeft:
    """StasisEnd: no longer ours. Alone it is not a hangup (continue, transfer)."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelEnded:
    """ChannelDestroyed. ``sip_status`` is the far end's final status when it gave one (tech_cause)."""

    channel: Channel
    cause: int
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class HangupRequested:
    """ChannelHangupRequest: the far end is leaving."""

    channel: Channel
    cause: int | None = None
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelAnswered:
    """ChannelStateChange to Up."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelRinging:
    """ChannelStateChange to Ringing: the far end said 180."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelProgressing:
    """Dial with PROGRESS: the far end said 183. It rings as well as after 180, and may send sound of its own."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class DialRedirected:
    """A dialled leg answered 302; ``target`` is the user part of its Contact, as the phone wrote it."""

    channel: Channel
    target: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """ChannelDtmfReceived: one of 0-9 * # A-D, at key release."""

    channel: Channel
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """PlaybackFinished; ``failed`` when the media could not be played."""

    playback: str
    channel: str
    failed: bool


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """RecordingFinished or RecordingFailed. ``seconds`` counts the file's length."""

    name: str
    channel: str
    failed: bool
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """ChannelTransfer (REFER under ``ari-only``): blind when ``to_channel`` is None."""

    channel: Channel
    target: str | None
    to_channel: str | None = None


@dataclass(frozen=True, slots=True)
class HoldChanged:
    """ChannelHold / ChannelUnhold."""

    channel: Channel
    held: bool


@dataclass(frozen=True, slots=True)
class UserEvent:
    """ChannelUserevent: something the dialplan tells us."""

    channel: str | None
    name: str
    fields: tuple[tuple[str, str], ...]


ChannelEvent = (
    ChannelEntered
    | ChannelLeft
    | ChannelEnded
    | HangupRequested
    | ChannelAnswered
    | ChannelRinging
    | ChannelProgressing
    | DialRedirected
    | KeyPressed
    | PlaybackEnded
    | RecordingEnded
    | TransferAsked
    | HoldChanged
)
Event = ChannelEvent | UserEvent


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What exists in the telephone system at one moment."""

    channels: Mapping[str, Channel]
    bridges: Mapping[str, frozenset[str]]
    """Bridge id to the channels in it."""
