"""A party: one channel of a call as somebody, who hears, speaks and presses keys. The caller is one, each leg is one.

Asterisk queues the commands of a channel: while something plays or records on it, the next command would wait for
its end (platform notes, rule 1). So a party stops what plays and what records **itself** before any other command.
What is said here never waits for an event: the parts of a call (``together``) do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from callcontrol.call.sound import Sound
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.routing.presentation import Shown
from callcontrol.telephony import ChannelEvent, HoldChanged, KeyPressed, PlaybackEnded, RecordingEnded

MOST_KEYS = 200
"""More than anybody types ahead; a phone can send keys for hours."""


@dataclass(slots=True, eq=False, kw_only=True)
class Party:
    """One channel of a call. Each verb raises ``ChannelGone`` when it no longer exists."""

    id: str
    """The channel's id."""
    phones: PhoneSystem
    answered: bool = False
    ended: bool = False
    keys: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_KEYS))
    """Keys that it pressed and nobody has asked for yet, the last ones."""
    playing: str | None = None
    recording: str | None = None
    sound: Sound | None = None
    """What came of it while it is recorded, or was, where somebody looks."""
    taken: set[str] = field(default_factory=set)
    """Of ``playing`` and ``recording`` what Asterisk has said yes to."""
    held: bool = False
    """It has put the other party on hold."""
    ringing: bool = False
    """It was told to hear ringing."""
    shows: Shown | None = None
    """Whom its display shows, where we have told it."""

    @property
    def alive(self) -> bool:
        """Not ended yet."""
        return not self.ended

    def note(self, event: ChannelEvent) -> None:
        """Keep what an event of this channel says of keys, playbacks and recordings."""
        match event:
            case HoldChanged(held=held):
                self.held = held
            case KeyPressed(digit=digit):
                self.keys.append(digit)
            case PlaybackEnded(playback=playback) if playback == self.playing:
                self.playing = None
            case RecordingEnded(name=name) if name == self.recording:
                self.recording = None
                if self.sound is not None:
                    self.sound.over()
            case _:
                pass

    async def be_quiet(self) -> None:
        """Stop what plays and what records: before any other command on this channel."""
        playback, self.playing = self.playing, None
        if playback is not None:
            await self.phones.stop_playback(playback)
        if self.recording is not None:
            await self.phones.stop_recording(self.recording)

    async def answer(self) -> None:
        """Answer it (an inbound channel); ``answered`` is the business of whoever writes it down."""
        await self.be_quiet()
        await self.phones.answer(self.id)

    async def ring(self) -> None:
        """Let it hear ringing (180), once; one that was answered hears nothing more of it."""
        if not (self.answered or self.ringing):
            self.ringing = True
            await self.phones.ring(self.id)

    async def start_playing(
        self, playback: str, media: Sequence[str], *, offset_seconds: float = 0.0
    ) -> None:
        """Begin to play, as early media when unanswered. ``playing`` is set until its end is told."""
        await self.be_quiet()
        self.playing = playback
        await self.phones.play(self.id, playback, media, offset_seconds=offset_seconds)
        self.taken.add(playback)

    async def start_recording(
        self, name: str, *, max_seconds: int, max_silence: int, terminate_on: str
    ) -> None:
        """Begin to record it; ``recording`` is set until its end is told."""
        await self.be_quiet()
        self.recording = name
        await self.phones.record(
            self.id,
            name,
            max_seconds=max_seconds,
            max_silence=max_silence,
            terminate_on=terminate_on,
            beep=False,
        )
        self.taken.add(name)
