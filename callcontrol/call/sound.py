"""How much sound came of a party while it is recorded, looked at once in a while: no file has its gaps (spec §5)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import pairwise

from callcontrol.errors import ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.gaps import Gap, Look, gaps
from callcontrol.ports.phone_system import PhoneSystem

LOOK_SECONDS, QUIET_LOOK_SECONDS = 1.0, 0.2
"""From one look to the next while sound comes, and while none does: so the end of a gap is well known."""
WINDOW_SECONDS = 0.8 * LOOK_SECONDS
"""Over so many at least is counted whether there is sound."""
PACKETS = "CHANNEL(rtcp,rxcount)"
QUIET_PACKETS = 10
"""So many in a second are sound (RFC 3551: 16 to 100); comfort noise is less (RFC 3389)."""


class Sound:
    """Of one recording, from its beginning."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, int]] = []
        """When, by the loop's clock, and how many packets had come of the call; the first is the beginning."""
        self._over: float | None = None

    async def look(self, phones: PhoneSystem, channel: str) -> bool:
        """How many packets have come by now; False when that cannot be told."""
        begun = _now()
        with suppress(ChannelGone, PhoneSystemDown, PhoneSystemRefused):
            count = await phones.get_variable(channel, PACKETS)
            if count.isascii() and count.isdigit():
                self._looks.append(((begun + _now()) / 2, int(count)))
                return True
        return False

    def over(self) -> None:
        """The recording is over, since now or already."""
        self._over = self._over or _now()

    def next_look(self) -> float:
        """In how many seconds to look again."""
        for (before, few), (after, more) in pairwise(self._looks[-2:]):
            if _is_sound(more - few, after - before):
                return LOOK_SECONDS
        return QUIET_LOOK_SECONDS

    def quiet_seconds(self) -> float:
        """For how long nothing but comfort noise has come, as far as the last looks tell."""
        after, more = now, _ = self._looks[-1]
        for before, few in reversed(self._looks):
            if after - before < WINDOW_SECONDS:  # packets may come in lumps
                continue
            if _is_sound(more - few, after - before):
                break
            after, more = before, few
        return now - after

    def gaps(self, recorded: float) -> tuple[Gap, ...]:
        """Where nothing came, in a recording that holds so many seconds."""
        if self._over is None or not self._looks:
            return ()
        began, base = self._looks[0]
        looks = [Look(at - began, count - base) for at, count in self._looks[1:] if at < self._over]
        return gaps(looks, self._over - began, recorded)


def _is_sound(packets: int, seconds: float) -> bool:
    return packets > 0 and packets >= QUIET_PACKETS * seconds


def _now() -> float:
    return asyncio.get_running_loop().time()
