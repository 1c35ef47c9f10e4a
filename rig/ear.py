"""What a leg receives: the last seconds of sound, the keys, and the questions a test asks about them.

Tones are found by tone detection (see `tones`), never by comparing levels. Every question has a deadline and
fails with an AssertionError that says what was heard instead. Positions are samples since the first packet.
"""

from __future__ import annotations

import asyncio
import struct
from array import array
from collections.abc import Callable
from pathlib import Path

from . import dtmf, g711, tones
from .bell import Bell
from .sdp import NAMES
from .wav import write_wav

_LOUD = 300  # highest sample of a packet that counts as sound: -41 dBFS peak
_GAP = 0.06  # a pause of the sender that is worth showing in the recording
_SPEECH_WINDOW = g711.RATE


class Ear:
    """Takes packets in order of arrival (loopback keeps it) and keeps `keep` seconds of sound.

    `first_loud` and `last_loud` are when sound (not silence) came, on the event loop's clock: for measures.
    """

    def __init__(self, clock: Callable[[], float], keep: float = 60.0) -> None:
        self.event_payload = 101
        self.packets = 0
        self.keys = ""
        self.bell = Bell()
        self.on_key: Callable[[str], None] = lambda key: None
        self.on_sound: Callable[[list[int]], None] = lambda samples: None
        self.explain: Callable[[], str] = lambda: ""
        self._clock = clock
        self._keep = round(keep * g711.RATE)
        self._pcm = array("h")
        self._dropped = 0
        self._last_arrival: float | None = None
        self.first_loud: float | None = None
        self.last_loud = float("-inf")
        self._due_timestamp: int | None = None
        self._event_timestamp: int | None = None

    def take(self, packet: bytes) -> None:
        """One datagram; what is neither sound nor a key (RTCP, comfort noise) is ignored."""
        if len(packet) < 12 or packet[0] >> 6 != 2:
            return
        payload_type = packet[1] & 0x7F
        timestamp = int(struct.unpack_from("!I", packet, 4)[0])
        payload = packet[12 + 4 * (packet[0] & 15) :]
        codec = NAMES.get(payload_type)
        if codec is not None:
            self._take_sound(g711.decode(codec, payload), timestamp)
        elif payload_type == self.event_payload:
            self._take_key(payload, timestamp)

    def _take_sound(self, samples: list[int], timestamp: int) -> None:
        now = self._clock()
        self.on_sound(samples)
        if self._last_arrival is not None and timestamp != self._due_timestamp:
            pause = now - self._last_arrival - len(samples) / g711.RATE
            if pause > _GAP:
                self._pcm.extend([0] * min(round(pause * g711.RATE), self._keep))
        self._due_timestamp = (timestamp + len(samples)) & 0xFFFFFFFF
        self._last_arrival = now
        self.packets += 1
        self._pcm.extend(samples)
        if samples and max(samples) > _LOUD:
            self.last_loud = now
            self.first_loud = now if self.first_loud is None else self.first_loud
        if len(self._pcm) > self._keep * 1.25:
            surplus = len(self._pcm) - self._keep
            del self._pcm[:surplus]
            self._dropped += surplus
        self.bell.ring()

    def _take_key(self, payload: bytes, timestamp: int) -> None:
        event = dtmf.unpack(payload)
        if event is None or timestamp == self._event_timestamp:
            return
        self._event_timestamp = timestamp
        self.take_key(event.key)

    def take_key(self, key: str) -> None:
        """A key was pressed, by whatever means."""
        self.keys += key
        self.on_key(key)
        self.bell.ring()

    @property
    def position(self) -> int:
        """Samples received so far; give it as `since` to ask about what comes after this moment."""
        return self._dropped + len(self._pcm)

    def sound(self, since: int = 0, most: int | None = None) -> list[int]:
        """The kept samples from position `since` on, `most` of them."""
        first = max(0, since - self._dropped)
        return self._pcm[first : None if most is None else first + most].tolist()

    def save_wav(self, path: Path | str, since: int = 0) -> None:
        """Write what was heard (the kept seconds) as an 8 kHz WAV; pauses of the sender become silence."""
        write_wav(path, self.sound(since))

    async def hears(self, frequency: int, within: float = 3.0, since: int | None = None) -> None:
        """Wait for 240 ms of a steady tone of `frequency` Hz, alone or not, after `since` (now)."""
        search = _Search(self, frequency, since)
        await self._until(search.found, within, f"hears no tone of {frequency} Hz")

    async def does_not_hear(self, frequency: int, for_: float = 1.0, since: int | None = None) -> None:
        """Listen `for_` seconds and fail if a tone of `frequency` Hz comes."""
        search = _Search(self, frequency, since)
        try:
            await self.bell.until(search.found, for_)
        except TimeoutError:
            return
        raise AssertionError(f"hears a tone of {frequency} Hz{self._heard()}")

    async def hears_silence(self, for_: float = 0.5, within: float = 3.0) -> None:
        """Wait until nothing louder than -41 dBFS (peak) came for `for_` seconds, counted from now on."""
        start = self._clock()
        deadline = start + within
        while True:
            quiet_since = max(start, self.last_loud)
            missing = quiet_since + for_ - self._clock()
            if missing <= 0:
                return
            if quiet_since + for_ > deadline:
                raise AssertionError(f"hears no silence of {for_} s within {within} s{self._heard()}")
            await asyncio.sleep(missing)

    async def hears_speech(self, within: float = 3.0, since: int | None = None) -> None:
        """Wait for a second with speech, music or noise in it: loud, but neither one nor two pure tones."""
        start = self.position if since is None else since
        checked = start

        def found() -> bool:
            nonlocal checked
            if self.position - checked < _SPEECH_WINDOW // 5:
                return False
            checked = self.position
            window = self.sound(max(start, checked - _SPEECH_WINDOW))
            return len(window) >= _SPEECH_WINDOW // 2 and tones.has_speech(window)

        await self._until(found, within, "hears no speech")

    async def hears_keys(self, keys: str, within: float = 3.0) -> None:
        """Wait until all keys received so far end with `keys`."""
        await self._until(
            lambda: self.keys.endswith(keys), within, f"receives no keys {keys!r}, has {self.keys!r}"
        )

    async def _until(self, condition: Callable[[], bool], within: float, failure: str) -> None:
        try:
            await self.bell.until(condition, within)
        except TimeoutError:
            raise AssertionError(f"{failure} within {within} s{self._heard()}") from None

    def _heard(self) -> str:
        """What was heard in the last second, for failure texts."""
        if self._last_arrival is None:
            return f": no sound packet came at all{self.explain()}"
        last = self.sound(self.position - g711.RATE)
        peaks = ", ".join(f"{hz} Hz ({power:.0f})" for hz, power in tones.strongest(last)) or "none"
        age = self._clock() - self._last_arrival
        return (
            f": {self.packets} packets, the last {age:.2f} s ago; level {tones.level(last):.0f}, "
            f"strongest near {peaks}{self.explain()}"
        )


class _Search:
    """Looks at each 240 ms of the sound once, 60 ms apart."""

    def __init__(self, ear: Ear, frequency: int, since: int | None) -> None:
        self._ear = ear
        self._frequency = frequency
        self._at = ear.position if since is None else since

    def found(self) -> bool:
        while self._at + tones.WINDOW <= self._ear.position:
            window = self._ear.sound(self._at, tones.WINDOW)
            self._at += tones.HOP
            if tones.has_tone(window, self._frequency):
                return True
        return False
