"""Where in a recording nothing came from its caller, and for how long: Asterisk writes only what comes. Pure (spec §5).

Asterisk counts the packets of a call (``CHANNEL(rtcp,rxcount)``). A look at the count once in a while tells how much
sound came since the last look; what is lacking to the time that passed was a gap. Sound is next to the sound of the
stretch beside it, so a gap that reaches over a look has its place to a packet; a shorter one is put to the end of its
stretch. Looks may be at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

PACKET_SECONDS = (0.02, 0.03, 0.01, 0.04, 0.06)
"""What a packet holds (RFC 3551 §4.2), the usual first."""
LEAST_SECONDS = 0.2
"""What is lacking in a stretch and is no gap: the clocks of two machines, and when a look happened to be."""
MOST_AMISS_SECONDS = 1.0
"""So far the packets that were seen may be from what the recording holds: a busy machine looks late."""


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


class _Stretch(NamedTuple):
    """From look to look: the seconds of sound recorded ``before`` and ``after`` it, and those that it lacks."""

    before: float
    after: float
    lack: float


def gaps(looks: Sequence[Look], lasted: float, recorded: float) -> tuple[Gap, ...]:
    """The gaps of a recording that ``lasted`` so long and holds ``recorded`` seconds of sound, in their order.

    None where the looks and the sound cannot both be true: then nothing is guessed.
    """
    if not looks or lasted - recorded < LEAST_SECONDS:
        return ()
    amiss = {packet: _amiss(packet, looks[-1], lasted, recorded) for packet in PACKET_SECONDS}
    least = max(min(amiss.values()), LEAST_SECONDS)
    if least > MOST_AMISS_SECONDS:
        return ()
    possible = [packet for packet in PACKET_SECONDS if amiss[packet] <= least]
    packet = min(possible, key=lambda size: _mixed(_stretches(size, looks, lasted, recorded)))
    stretches = _joined(_stretches(packet, looks, lasted, recorded))
    lacking = _lacking(stretches)
    quiet = [True, *(_is_quiet(each) or each.after - each.before < packet for each in stretches), True]
    found: list[Gap] = []
    for n, stretch in enumerate(stretches):
        if not lacking[n]:
            continue
        at = stretch.before if _sound_came_last(n, quiet, lacking) else stretch.after
        if found and at - found[-1].at < LEAST_SECONDS / 2:
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


def _stretches(packet: float, looks: Sequence[Look], lasted: float, recorded: float) -> list[_Stretch]:
    times = [0.0, *(look.seconds for look in looks), lasted]
    sounds = [0.0, *(min(look.packets * packet, recorded) for look in looks), recorded]
    return [
        _Stretch(before, after, (end - begin) - (after - before))
        for begin, end, before, after in zip(times, times[1:], sounds, sounds[1:], strict=False)
    ]


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """With those in which hardly anything came joined to one."""
    joined: list[_Stretch] = []
    for stretch in stretches:
        if joined and _is_quiet(joined[-1]) and _is_quiet(stretch):
            first = joined.pop()
            stretch = _Stretch(first.before, stretch.after, first.lack + stretch.lack)  # noqa: PLW2901
        joined.append(stretch)
    return joined


def _is_quiet(stretch: _Stretch) -> bool:
    """Nothing but comfort noise came (RFC 3389)."""
    return 4 * (stretch.after - stretch.before) < stretch.lack


def _lacking(stretches: Sequence[_Stretch]) -> list[float]:
    """The gap of each stretch. What is too little for a gap of its own belongs to the one next to it."""
    gap = [stretch.lack >= LEAST_SECONDS for stretch in stretches]
    lacking = [stretch.lack if gap[n] else 0.0 for n, stretch in enumerate(stretches)]
    for n, stretch in enumerate(stretches):
        beside = [m for m in (n - 1, n + 1) if 0 <= m < len(gap) and gap[m]]
        if beside and not gap[n]:
            lacking[beside[0]] += stretch.lack
    return [max(lack, 0.0) for lack in lacking]


def _mixed(stretches: Sequence[_Stretch]) -> float:
    """How far the stretches are from being all sound or all silence: most are, where packets hold what is thought. More
    sound than time is worse."""
    return sum(
        min(each.lack, each.after - each.before) if each.lack > 0 else -3 * each.lack for each in stretches
    )


def _amiss(packet: float, last: Look, lasted: float, recorded: float) -> float:
    """How many seconds are amiss when packets hold so much: those of the last look are no more than the recording, and
    the rest of it fits into the time since."""
    rest = recorded - last.packets * packet
    return max(-rest, rest - (lasted - last.seconds), 0.0)
