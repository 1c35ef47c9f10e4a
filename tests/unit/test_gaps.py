"""Where nothing came from a caller while a message was recorded (spec §5)."""

from __future__ import annotations

import itertools
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.gaps import Gap, Look, gaps

Voice = list[tuple[float, float]]
"""Seconds of sound and of nothing after it, again and again."""


def sound(voice: Voice, at: float) -> float:
    """How much of the first ``at`` seconds was sound."""
    found, begin = 0.0, 0.0
    for spoken, nothing in voice:
        found += max(0.0, min(spoken, at - begin))
        begin += spoken + nothing
    return found


def looked(
    voice: Voice, every: float = 1.0, packet: float = 0.02, jitter: float = 0.0
) -> tuple[list[Look], float]:
    """What is seen once in ``every`` seconds, and how long all lasted."""
    lasted = sum(spoken + nothing for spoken, nothing in voice)
    times = [n * every + jitter * (-1) ** n for n in range(1, int((lasted - 0.05) / every) + 1)]
    return [Look(at, int(sound(voice, at) / packet + 1e-6)) for at in times], lasted


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        pytest.param([(1.0, 5.0), (0.7, 0.0)], [Gap(1.0, 5.0)], id="one gap"),
        pytest.param([(1.3, 5.0), (0.7, 0.0)], [Gap(1.3, 5.0)], id="not on a look"),
        pytest.param([(0.0, 3.4), (2.0, 0.0)], [Gap(0.0, 3.4)], id="at the beginning"),
        pytest.param([(2.5, 4.2)], [Gap(2.5, 4.2)], id="at the end"),
        pytest.param(
            [(0.0, 1.5), (2.2, 3.0), (1.5, 2.5), (1.0, 2.0)],
            [Gap(0.0, 1.5), Gap(2.2, 3.0), Gap(3.7, 2.5), Gap(4.7, 2.0)],
            id="at the beginning, twice, at the end",
        ),
        pytest.param([(30.0, 0.0)], [], id="none"),
        pytest.param([(1.0, 0.1), (1.0, 0.1), (3.0, 0.0)], [], id="lost packets are no gap"),
    ],
)
@pytest.mark.parametrize("packet", [0.02, 0.03, 0.01])
@pytest.mark.parametrize("jitter", [0.0, 0.03])
def test_a_gap_is_where_nothing_came(voice: Voice, expected: list[Gap], packet: float, jitter: float) -> None:
    looks, lasted = looked(voice, packet=packet, jitter=jitter)
    found = gaps(looks, lasted, sound(voice, lasted))
    assert len(found) == len(expected)
    for gap, true in zip(found, expected, strict=True):
        assert gap.at == pytest.approx(true.at, abs=0.08)
        assert gap.seconds == pytest.approx(true.seconds, abs=0.12)


@given(
    st.tuples(st.floats(1.2, 4.0), *[st.floats(1.2, 4.0)] * 5),
    st.lists(st.floats(0.0, 0.15), min_size=40, max_size=40),
    st.floats(0.0, 0.15),
)
def test_looks_of_a_busy_machine_tell_the_gaps_too(
    lengths: tuple[float, ...], late: list[float], told_late: float
) -> None:
    """Looked at once in a second, soon while nothing comes; each look so late; the hang-up told late."""
    voice = [(0.0, lengths[0]), (lengths[1], lengths[2]), (lengths[3], lengths[4]), (lengths[5], 0.0)]
    lasted = sum(spoken + nothing for spoken, nothing in voice)
    looks: list[Look] = []
    last, packets = 0.0, 0
    for lateness in itertools.cycle(late):
        last += (0.2 if not looks or looks[-1].packets == packets else 1.0) + lateness
        if last >= lasted:
            break
        packets = looks[-1].packets if looks else 0
        looks.append(Look(last, int(sound(voice, last) / 0.02 + 1e-6)))
    found = gaps(looks, lasted + told_late, sound(voice, lasted))
    places = (0.0, lengths[1], lengths[1] + lengths[3])
    for place, nothing in zip(places, (lengths[0], lengths[2], lengths[4]), strict=True):
        near = sum(gap.seconds for gap in found if abs(gap.at - place) < 0.5)
        assert near == pytest.approx(nothing, abs=0.5)


def test_comfort_noise_counts_as_packets_and_is_no_sound() -> None:
    """RFC 3389: two packets a second while nobody speaks."""
    looks = [Look(float(n), 50 if n < 6 else 50 + (n - 6) * 50) for n in range(1, 9)]
    quiet = [Look(look.seconds, look.packets + 2 * min(5, max(0, n))) for n, look in enumerate(looks)]
    found = gaps(quiet, 8.5, 3.5)
    assert sum(gap.seconds for gap in found) == pytest.approx(5.0, abs=0.3)
    assert found[0].at == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize(
    ("looks", "lasted", "recorded"),
    [
        pytest.param([], 9.0, 3.0, id="nobody looked"),
        pytest.param([Look(1.0, 5000)], 9.0, 3.0, id="more packets than sound"),
        pytest.param([Look(1.0, 50), Look(8.0, 50)], 9.0, 8.0, id="sound without packets"),
        pytest.param([Look(1.0, 0)], 1.5, 0.0, id="nothing at all"),
    ],
)
def test_what_cannot_be_true_fills_nothing_that_was_not_lacking(
    looks: list[Look], lasted: float, recorded: float
) -> None:
    found = gaps(looks, lasted, recorded)
    assert sum(gap.seconds for gap in found) <= lasted - recorded + 0.2


@given(
    st.lists(st.tuples(st.floats(0.0, 4.0), st.floats(0.0, 6.0)), min_size=1, max_size=8),
    st.sampled_from([0.02, 0.03]),
)
def test_filled_recordings_are_as_long_as_they_lasted_and_gaps_are_in_order(
    voice: Voice, packet: float
) -> None:
    looks, lasted = looked(voice, packet=packet)
    recorded = sound(voice, lasted)
    found = gaps(looks, lasted, recorded)
    assert all(0 <= gap.at <= recorded + 0.05 and gap.seconds > 0 for gap in found)
    assert all(first.at <= second.at + 1e-9 for first, second in pairwise(found))
    assert recorded + sum(gap.seconds for gap in found) <= lasted + 0.03 * len(looks) + 0.2
