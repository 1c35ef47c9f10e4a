"""The things that exist inside the fake telephone system: channels, playbacks, recordings, conversations."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from callcontrol.telephony import Channel
from tests.fakes.behaviour import Behaviour


@dataclass(slots=True)
class Playback:
    """Media played, or waiting to be played, to one channel."""

    id: str
    media: tuple[str, ...]
    started_at: float | None = None
    timer: asyncio.TimerHandle | None = None
    offset: float = 0.0
    """Where in its media it was at ``started_at``."""
    paused_at: float | None = None
    """Where it stands still."""

    def position(self, now: float) -> float:
        """Where in its media it is."""
        if self.paused_at is not None:
            return self.paused_at
        return self.offset + now - (self.started_at or now)


@dataclass(frozen=True, slots=True)
class Heard:
    """One prompt as it reached a caller's ear."""

    prompt: str
    at: float
    seconds: float
    whole: bool


@dataclass(slots=True)
class Recording:
    """A recording of one channel."""

    name: str
    channel: str
    max_seconds: float
    max_silence: float
    terminate_on: str
    started_at: float | None = None
    ended_at: float | None = None
    timer: asyncio.TimerHandle | None = None

    @property
    def live(self) -> bool:
        """Still running, or waiting for a playback to end."""
        return self.ended_at is None

    @property
    def seconds(self) -> float:
        """Length of its file."""
        if self.started_at is None or self.ended_at is None:
            return 0.0
        return self.ended_at - self.started_at


@dataclass(slots=True)
class Conversation:
    """Two answered channels in one bridge: each hears the other."""

    channels: frozenset[str]
    since: float
    until: float | None = None


@dataclass(slots=True)
class FakeChannel:
    """A channel: the caller's (``inbound``) or a leg that the app made."""

    id: str
    name: str
    endpoint: str
    inbound: bool
    state: str = "Down"
    args: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    entered: bool = False
    leads: bool = False
    """A leg was made in its name (``originator``): its true end is told too, as that of a leg is."""
    dialled: bool = False
    dialled_at: float | None = None
    dial_timeout: int = 0
    rung: bool = False
    """The far end said 180, or (inbound) we said it to the caller."""
    last_answer: int | None = None
    """What the far end of a dialled leg said last."""
    transfer: list[str] = field(default_factory=list)
    """What it was told of the transfers that it asked for."""
    bridge: str | None = None
    plays: deque[Playback] = field(default_factory=deque)
    recordings: deque[Recording] = field(default_factory=deque)
    speaks: float | None = None
    """The caller is silent after so many seconds of recording; None: it speaks until it leaves."""
    displays: list[str] = field(default_factory=list)
    """Whom it was told, while it talked, that it talks with."""
    early_sound: bool = False
    """The far end said 183 and sends sound."""
    sounds_after: float | None = None
    """Its sound comes so many seconds after the answer; None: Asterisk says nothing of it."""
    gap: float = 0.0
    """Seconds of a recording in which nothing comes from it: Asterisk writes nothing then."""
    hears: FakeChannel | None = None
    """An ear: whom it hears."""
    heard: list[Heard] = field(default_factory=list)
    answered_at: float | None = None
    ended_at: float | None = None
    ended_by_app: bool = False
    cause: int | None = None
    sip_status: int | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Still there."""
        return self.ended_at is None

    @property
    def busy(self) -> bool:
        """A playback or a recording runs: other commands wait for its end (platform.md §0 rule 1)."""
        return bool(self.plays or self.recordings)

    def told(self) -> Channel:
        """As an event shows it."""
        return Channel(self.id, self.name, self.state)


def prompt_of(media: str) -> str:
    """The id of a prompt in its media URI."""
    return PurePosixPath(media.partition(":")[2]).name
