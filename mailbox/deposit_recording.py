"""The recording of a message as a part: it goes on beside who listens to it, until it has come to an end (spec §5)."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.together import Part, in_seconds

MAX_SECONDS = 300
SILENCE_SECONDS = 10
FILE_SECONDS = 2.0
"""How long the end of a recording may take to be told after the caller left."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording ended by itself: ``#``, silence, the maximum."""


class Recording(Part[Recorded]):
    """The recording of the caller that was started; it is stopped when Asterisk does not end it, or when nothing comes
    any more, not even silence."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._most = in_seconds(MAX_SECONDS + FILE_SECONDS)
        self.deadline = self._next_look()

    async def begin(self) -> Recorded | None:
        return self._so_far()

    async def on(self, event: CallEvent | None) -> Recorded | None:
        if event is None and in_seconds(0) >= self._most:
            await self.end()
            return Recorded()
        if event is None:
            await self._look()
        return self._so_far()

    async def _look(self) -> None:
        caller = self._call.caller
        sound = caller.sound
        if sound and await sound.look(caller.phones, caller.id) and sound.quiet_seconds() >= SILENCE_SECONDS:
            await self.end()
        self.deadline = self._next_look()

    def _next_look(self) -> float:
        sound = self._call.caller.sound
        return self._most if sound is None else min(in_seconds(sound.next_look()), self._most)

    async def end(self) -> None:
        await self._call.to_caller(self._call.caller.be_quiet())

    def _so_far(self) -> Recorded | None:
        return Recorded() if self._call.caller.recording is None else None
