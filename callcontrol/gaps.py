"""Where in a recording nothing came from its caller, and for how long: Asterisk writes only what comes. Pure (spec §5).

Asterisk counts the packets of a call (``CHANNEL(rtcp,rxcount)``). A look at the count once in a while tells how much
sound came since the last look; what is lacking to the time that passed was a gap. Sound is next to the sound of the
stretch beside it, so a gap that reaches over a look has its place to a packet; a shorter one is put to the end of its
stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PACKET_SECONDS = (0.02, 0.03, 0.01, 0.04, 0.06)
"""What a packet holds (RFC 3551 §4.2), the usual first."""
LEAST_SECONDS = 0.2
"""What is lacking in a stretch and is no gap: the clocks of two machines, and when a look happened to be."""


@dataclass(frozen=True, slots=True)
class Look:
    """``seconds`` after the beginning of the recording so many packets had come since its beginning."""

    seconds: float
    packets: int


@dataclass(frozen=True, slots=True)
class Gap:
    """``seconds`` of nothing behind ``at`` seconds of the sound that was recorded."""

    at: float
    seconds: float


def gaps(looks: Sequence[Look], lasted: float, recorded: float) -> tuple[Gap, ...]:
    """The gaps of a recording that ``lasted`` so long and holds ``recorded`` seconds of sound, in their order.

    None where the looks and the sound cannot both be true: then nothing is guessed.
    """
    if not looks or lasted - recorded < LEAST_SECONDS:
        return ()
    possible = [packet for packet in PACKET_SECONDS if _fits(packet, looks[-1], lasted, recorded)]
    if not possible:
        return ()
    packet = min(possible, key=lambda size: _mixed(_stretches(size, looks, lasted, recorded)))
    stretches = _stretches(packet, looks, lasted, recorded)
    lacking = [lack if lack >= LEAST_SECONDS else 0.0 for *_, lack in stretches]
    quiet = [True, *(after - before < packet for before, after, _ in stretches), True]
    found: list[Gap] = []
    for n, (before, after, _) in enumerate(stretches):
        if not lacking[n]:
            continue
        at = before if _sound_came_last(n, quiet, lacking) else after
        if found and at - found[-1].at < packet / 2:
            found[-1] = Gap(found[-1].at, found[-1].seconds + lacking[n])
        else:
            found.append(Gap(at, lacking[n]))
    return tuple(found)


def _sound_came_last(n: int, quiet: Sequence[bool], lacking: Sequence[float]) -> bool:
    """Whether the gap of stretch ``n`` is before its sound: the sound is next to that of its neighbour. ``quiet`` has
    one stretch more at each end: nobody spoke before the recording and after it."""
    before, after = quiet[n], quiet[n + 2]
    if before is not after:
        return before
    gap_before = n > 0 and lacking[n - 1] > 0
    gap_after = n + 1 < len(lacking) and lacking[n + 1] > 0
    return gap_before and not gap_after


def _stretches(
    packet: float, looks: Sequence[Look], lasted: float, recorded: float
) -> list[tuple[float, float, float]]:
    """From look to look: the sound recorded before and after it, and the seconds that it lacks."""
    times = [0.0, *(look.seconds for look in looks), lasted]
    sounds = [0.0, *(min(look.packets * packet, recorded) for look in looks), recorded]
    return [
        (before, after, (end - begin) - (after - before))
        for begin, end, before, after in zip(times, times[1:], sounds, sounds[1:], strict=False)
    ]


def _mixed(stretches: Sequence[tuple[float, float, float]]) -> float:
    """How far the stretches are from being all sound or all silence: most are, where packets hold what is thought. More
    sound than time is worse."""
    return sum(min(lack, after - before) if lack > 0 else -3 * lack for before, after, lack in stretches)


def _fits(packet: float, last: Look, lasted: float, recorded: float) -> bool:
    """Whether packets may hold so much: those of the last look are no more than the recording, and the rest of it fits
    into the time since."""
    rest = recorded - last.packets * packet
    return -LEAST_SECONDS <= rest <= lasted - last.seconds + LEAST_SECONDS
