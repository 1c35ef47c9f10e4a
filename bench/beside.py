"""Calls in quiet rounds and beside a sender, in turn, through both doors: the measures M10, M11 and M13."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bench.measures import RATE, ROUND_CALLS, Say
from bench.senders import Target, sending
from bench.sipp import Answers, median, together
from bench.site import NAMES, NATIVE, OURS, Site
from bench.usage import NOTHING, Spent


@dataclass(frozen=True, slots=True)
class Beside:
    """``answers`` by door, and whether the sender worked, with the CPU that was ``spent``; what it ``sent``."""

    answers: Mapping[tuple[str, bool], Answers]
    spent: Mapping[tuple[str, bool], Spent]
    sent: Counter[str]


async def calls_beside(
    site: Site, measure: str, sender: str, target: Target, rounds: int, say: Say
) -> Beside:
    """So many rounds of M1's calls. ``sender`` is the name of one (``bench.send``). Raises LoadFailed."""
    found: dict[tuple[str, bool], list[Answers]] = {}
    spent: dict[tuple[str, bool], Spent] = {}
    sent: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        for door, beside in itertools.product((NATIVE, OURS), (False, True)):
            if beside:
                async with sending(sender, target) as done:
                    answers, used = await _round(site, door)
                sent += done
            else:
                answers, used = await _round(site, door)
            spent[door, beside] = spent.get((door, beside), NOTHING) + used
            found.setdefault((door, beside), []).append(answers)
            what = f"beside {sender}" if beside else "quiet"
            say(
                f"{measure} round {number}: {NAMES[door]:6} {what:33} 180 after {median(answers.rung):.1f} ms, median"
                f" {answers.median:.1f} ms, p99 {answers.percentile(99):.1f} ms, {answers.good}/{answers.tried} good"
            )
    return Beside({key: together(parts) for key, parts in found.items()}, spent, sent)


async def _round(site: Site, door: str) -> tuple[Answers, Spent]:
    before = site.spent()
    answers = await site.call(door, RATE, ROUND_CALLS)
    return answers, site.spent() - before
