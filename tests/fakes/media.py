"""Playbacks and recordings of the fake telephone system: queued per channel, ended by time, key, app or hangup."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from callcontrol.telephony import MOVE_SECONDS, PlaybackEnded, PlaybackMove, RecordingEnded
from tests.fakes.channel import FakeChannel, Heard, Playback, Recording, prompt_of
from tests.fakes.sentences import dangling

if TYPE_CHECKING:
    from tests.fakes.asterisk import FakeAsterisk

PROMPT_SECONDS = 2.0
"""How long a prompt lasts unless ``Media.lasts`` says otherwise."""


ENDLESS_SECONDS = 1e6
"""A tone plays until it is stopped."""


class Media:
    """``lasts`` gives the seconds of a prompt by its id; ``files`` the finished recordings in the spool."""

    def __init__(self, system: FakeAsterisk) -> None:
        self._system = system
        self.lasts: dict[str, float] = {}
        self.files: dict[str, float] = {}
        self.recordings: dict[str, Recording] = {}
        """Those that have not ended."""

    # --- playing ------------------------------------------------------------------------------------------

    def play(
        self, channel: FakeChannel, playback: str, media: Sequence[str], offset_seconds: float = 0.0
    ) -> None:
        """Queue a playback behind those of its channel."""
        if channel.bridge is not None:
            self._system.faults.append(f"played {media} on a bridged channel")
        if (left_open := dangling(tuple(map(prompt_of, media)))) is not None:
            self._system.faults.append(f"{left_open} has nothing behind it: {media}")
        channel.plays.append(Playback(playback, tuple(media), offset=offset_seconds))
        self._begin_next(channel)

    def move(self, playback: str, move: PlaybackMove) -> None:
        """Move, pause or go on; nothing happens when it is over, or has not begun."""
        for channel in self._system.channels.values():
            for found in channel.plays:
                if found.id == playback and found.started_at is not None:
                    self._move(channel, found, move)

    def _move(self, channel: FakeChannel, playback: Playback, move: PlaybackMove) -> None:
        at = playback.position(self._system.time)
        if playback.timer is not None:
            playback.timer.cancel()
        match move:
            case PlaybackMove.BACK:
                at = max(0.0, at - MOVE_SECONDS)
            case PlaybackMove.ON:
                at += MOVE_SECONDS
            case PlaybackMove.PAUSE:
                playback.paused_at = at
            case PlaybackMove.GO_ON:
                playback.paused_at = None
        if playback.paused_at is not None:
            playback.paused_at = at
            return
        playback.started_at, playback.offset = self._system.time, at
        self._time(channel, playback)

    def _begin_next(self, channel: FakeChannel) -> None:
        if not (channel.alive and channel.plays):
            self._begin_recording(channel)
            return
        playback = channel.plays[0]
        if playback.started_at is None:
            playback.started_at = self._system.time
            self._time(channel, playback)
            self._system.changed()

    def _time(self, channel: FakeChannel, playback: Playback) -> None:
        """Let a playback that has begun end at its time."""
        assert playback.started_at is not None
        ends = playback.started_at - playback.offset + sum(self._seconds(media) for media in playback.media)
        ends = max(ends, self._system.time)
        playback.timer = asyncio.get_running_loop().call_at(ends, self._played, channel, playback)

    def _seconds(self, media: str) -> float:
        if media.startswith("tone:"):
            return ENDLESS_SECONDS
        return self.lasts.get(prompt_of(media), PROMPT_SECONDS)

    def _played(self, channel: FakeChannel, playback: Playback) -> None:
        channel.plays.remove(playback)
        self._heard(channel, playback)
        self._system.emit(PlaybackEnded(playback.id, channel.id, failed=False))
        self._begin_next(channel)

    def _heard(self, channel: FakeChannel, playback: Playback) -> None:
        """Note each prompt of a playback with the part of it that was heard."""
        if playback.timer is not None:
            playback.timer.cancel()
        if playback.started_at is None:
            return
        at = playback.started_at
        for media in playback.media:
            whole = self._seconds(media)
            heard = min(whole, self._system.time - at)
            if heard > 0:
                channel.heard.append(Heard(prompt_of(media), at, heard, heard >= whole - 1e-6))
            at += whole

    def stop(self, playback: str) -> None:
        """Stop one; nothing happens when it is over."""
        for channel in self._system.channels.values():
            for candidate in [p for p in channel.plays if p.id == playback]:
                self._played(channel, candidate)

    def running(self, playback: str) -> bool:
        """Whether it runs or waits."""
        return any(p.id == playback for c in self._system.channels.values() for p in c.plays)

    def playing(self, channel: FakeChannel) -> tuple[str, ...]:
        """The prompts that the channel hears now, or next in the same playback."""
        now = channel.plays[0] if channel.plays else None
        return () if now is None or now.started_at is None else tuple(map(prompt_of, now.media))

    # --- recording ------------------------------------------------------------------------------------------

    def record(self, channel: FakeChannel, recording: Recording) -> None:
        """Record once earlier playbacks and recordings of the channel are over. Answers an unanswered caller."""
        if channel.bridge is not None:
            self._system.faults.append("recorded a bridged channel")
            self._system.emit(RecordingEnded(recording.name, channel.id, failed=True))
            return
        self._system.answer(channel)
        self.recordings[recording.name] = recording
        channel.recordings.append(recording)
        self._begin_recording(channel)

    def _begin_recording(self, channel: FakeChannel) -> None:
        if not (channel.alive and channel.recordings) or channel.plays:
            return
        recording = channel.recordings[0]
        if recording.started_at is not None:
            return
        recording.started_at = self._system.time
        self._time_recording(channel, recording)
        self._system.changed()

    def _time_recording(self, channel: FakeChannel, recording: Recording) -> None:
        """Let a recording that has begun end at its time."""
        assert recording.started_at is not None
        lasts = recording.max_seconds
        if channel.speaks is not None:
            lasts = min(lasts, channel.speaks + recording.max_silence)
        loop = asyncio.get_running_loop()
        recording.timer = loop.call_at(recording.started_at + lasts, self._recorded, channel, recording)

    def _recorded(self, channel: FakeChannel, recording: Recording) -> None:
        recording.ended_at = self._system.time
        if recording.timer is not None:
            recording.timer.cancel()
        channel.recordings.remove(recording)
        del self.recordings[recording.name]
        if recording.seconds > channel.gap:
            self.files[recording.name] = recording.seconds - channel.gap
        self._system.emit(RecordingEnded(recording.name, channel.id, failed=False, seconds=recording.seconds))
        self._begin_recording(channel)

    def stop_recording(self, name: str) -> None:
        """Stop and keep it; nothing happens when it is over, or has not begun yet."""
        recording = self.recordings.get(name)
        if recording is None:
            return
        if recording.started_at is None:
            self._system.faults.append(f"{name} was stopped before it had begun")
        else:
            self._recorded(self._system.channels[recording.channel], recording)

    # --- both -----------------------------------------------------------------------------------------------

    def goes_on(self, channel: FakeChannel) -> None:
        """What plays on or records a channel that was set up as it stood ends at its time."""
        if channel.plays and channel.plays[0].started_at is not None:
            self._time(channel, channel.plays[0])
        elif channel.recordings and channel.recordings[0].started_at is not None:
            self._time_recording(channel, channel.recordings[0])
        else:
            self._begin_next(channel)

    def key(self, channel: FakeChannel, digit: str) -> None:
        """A key may end a recording."""
        if channel.recordings and digit in channel.recordings[0].terminate_on and digit:
            self._recorded(channel, channel.recordings[0])

    def end(self, channel: FakeChannel) -> None:
        """The channel ends: so does all its media, each told."""
        while channel.plays:
            playback = channel.plays.popleft()
            self._heard(channel, playback)
            self._system.emit(PlaybackEnded(playback.id, channel.id, failed=True))
        for recording in list(channel.recordings):
            self._recorded(channel, recording)
