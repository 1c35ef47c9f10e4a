"""Record a party until it presses a key, is silent, or the time is over: a part, and the verb that waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.together import Part, alone, in_seconds

GRACE_SECONDS = 2.0
"""How long the end of a recording may take to be told."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording is over and its file complete; ``key`` ended it, "" when silence or the maximum did."""

    key: str = ""


class Recording(Part[Recorded]):
    """Record the caller as ``name``. A key of ``ends`` ends it; all other keys are passed over."""

    def __init__(self, call: Call, name: str, *, most: int, silence: int, ends: str) -> None:
        self._call, self._name = call, name
        self._most, self._silence, self._ends = most, silence, ends
        self._key = ""
        self._stopped = False

    async def begin(self) -> Recorded | None:
        caller = self._call.caller
        caller.keys.clear()
        await self._call.to_caller(
            caller.start_recording(
                self._name, max_seconds=self._most, max_silence=self._silence, terminate_on="none"
            )
        )
        self.deadline = in_seconds(self._most + GRACE_SECONDS)
        return None

    async def on(self, event: CallEvent | None) -> Recorded | None:
        caller = self._call.caller
        if event is None and self._stopped:
            caller.recording = None  # its end was not told: the file is as long as it is
        if caller.recording != self._name:
            return Recorded(self._key)
        while caller.keys and not self._key:
            key = caller.keys.popleft()
            if key in self._ends:
                self._key = key
        if event is None or (self._key and not self._stopped):
            self._stopped = True
            self.deadline = in_seconds(GRACE_SECONDS)
            await self.end()
        return None

    async def end(self) -> None:
        await self._call.to_caller(self._call.caller.be_quiet())


async def record(call: Call, name: str, *, most: int, silence: int, ends: str = "#") -> Recorded:
    """Record the caller for at most ``most`` seconds, until ``silence`` seconds without a word, or a key of ``ends``.

    Raises ``CallerHungUp``: then the file is there as far as it came.
    """
    return await alone(call, Recording(call, name, most=most, silence=silence, ends=ends))
