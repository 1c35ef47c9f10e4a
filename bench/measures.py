"""The measures of design.md §6 that this bench makes. Each returns rows for the table and notes beneath it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import usage
from bench.report import Row
from bench.sipp import Answers, LoadFailed, together
from bench.site import NAMES, NATIVE, OURS, Site
from bench.usage import NOTHING, Spent

Say = Callable[[str], None]

RATE = 20
ROUNDS = 4
ROUND_CALLS = 200
GOOD_ENOUGH, FAST_ENOUGH_MS = 0.995, 250.0
STEP_SECONDS = 5.0
LADDER = (40.0, 60.0, 90.0, 130.0, 180.0, 240.0, 320.0, 420.0)
HALVINGS = 1
SOAK_RATE, SOAK_WARM, SOAK_CALLS = 40, 400, 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a measure found."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


async def latency_and_cpu(site: Site, say: Say) -> Found:
    """M1 and M3: the same calls through both doors in turn (ABAB: noise of the machine meets both alike)."""
    answers: dict[str, list[Answers]] = {NATIVE: [], OURS: []}
    spent: dict[str, Spent] = {NATIVE: NOTHING, OURS: NOTHING}
    for number in range(1, ROUNDS + 1):
        for door, list_of_answers in answers.items():
            before = site.spent()
            found = await site.call(door, RATE, ROUND_CALLS)
            spent[door] += site.spent() - before
            list_of_answers.append(found)
            say(
                f"M1 round {number}: {NAMES[door]:6} median {found.median:.1f} ms, p99 {found.percentile(99):.1f} ms"
            )
    ours, native = together(answers[OURS]), together(answers[NATIVE])
    notes = [
        f"M1: {ROUNDS} rounds of {ROUND_CALLS} calls at {RATE}/s through each door in turn; medians of the rounds: "
        + "; ".join(
            f"{NAMES[d]} {', '.join(f'{a.median:.1f}' for a in each)} ms" for d, each in answers.items()
        )
    ]
    return Found((*_latency(ours, native), *_cpu(spent, ours.tried)), tuple(notes))


def _latency(ours: Answers, native: Answers) -> tuple[Row, ...]:
    ratio, later = ours.median / native.median, ours.percentile(99) - native.percentile(99)
    p95 = ours.percentile(95) - native.percentile(95)
    return (
        Row(
            "M1", "INVITE to 200 at 20/s: median", f"{ratio:.2f}×", "≤ 1.5×",
            f"{ours.median:.1f} ms", f"{native.median:.1f} ms", ratio <= 1.5,
        ),
        Row(
            "M1", "p95", f"{p95:+.1f} ms", "",
            f"{ours.percentile(95):.1f} ms", f"{native.percentile(95):.1f} ms",
        ),
        Row(
            "M1", "p99", f"{later:+.1f} ms", "≤ +15 ms",
            f"{ours.percentile(99):.1f} ms", f"{native.percentile(99):.1f} ms", later <= 15,
        ),
        Row("M1", "calls that succeeded", "", "", _share(ours), _share(native)),
    )  # fmt: skip


def _share(answers: Answers) -> str:
    return f"{answers.good}/{answers.tried}"


def _cpu(spent: dict[str, Spent], calls: int) -> tuple[Row, ...]:
    """M3. The aim's ratio: the app beside Asterisk, both during our calls."""
    ours, native = spent[OURS], spent[NATIVE]
    share = ours.app / ours.asterisk

    def each(seconds: float) -> str:
        return f"{seconds / calls * 1000:.1f} ms"

    return (
        Row(
            "M3", "CPU per call: app beside Asterisk", f"{share:.2f}×", "≤ 0.35×",
            f"{each(ours.app)} (app)", f"{each(ours.asterisk)} (Asterisk)", share <= 0.35,
        ),
        Row(
            "M3", "CPU of Asterisk per call, beside Dial()", f"{ours.asterisk / native.asterisk:.2f}×", "",
            each(ours.asterisk), each(native.asterisk),
        ),
        Row("M3", "CPU of PostgreSQL per call", "", "", each(ours.database), each(native.database)),
    )  # fmt: skip


async def highest_rate(site: Site, say: Say) -> Found:
    """M2: the highest rate that is still good: up in steps until it is not, then halving the last step."""
    found = await _highest(site, say)
    ours, native = found[OURS], found[NATIVE]
    ratio = ours / native if native else 0.0
    row = Row(
        "M2", "highest rate (99.5 % good, p95 < 250 ms)", f"{ratio:.2f}×", "≥ 0.6×",
        f"{ours:.0f}/s", f"{native:.0f}/s", ratio >= 0.6,
    )  # fmt: skip
    steps = ", ".join(f"{rate:.0f}" for rate in LADDER)
    note = f"M2: {STEP_SECONDS:.0f} s each at {steps}/s until one is bad twice, then {HALVINGS} halvings of that step"
    return Found((row,), (note,))


async def _highest(site: Site, say: Say) -> dict[str, float]:
    """By door. Both climb together, so that a busy minute of the machine meets both alike."""
    good = {NATIVE: 0.0, OURS: 0.0}
    bad: dict[str, float] = {}
    for rate in LADDER:
        for door in good:
            if door in bad:
                continue
            if await _is_good(site, door, rate, say):
                good[door] = rate
            else:
                bad[door] = rate
    for _ in range(HALVINGS):
        for door, too_much in list(bad.items()):
            middle = (good[door] + too_much) / 2
            if await _is_good(site, door, middle, say):
                good[door] = middle
            else:
                bad[door] = middle
    return good


async def _is_good(site: Site, door: str, rate: float, say: Say) -> bool:
    """Whether a rate is sustained; a second try when not, for it may have been a neighbour's doing."""
    for _ in range(2):
        try:
            found = await site.call(door, rate, round(rate * STEP_SECONDS))
        except LoadFailed as error:
            say(f"M2 {NAMES[door]:6} {rate:5.0f}/s: {error}")
            await site.clear()
            continue
        p95 = found.percentile(95)
        say(f"M2 {NAMES[door]:6} {rate:5.0f}/s: {found.success:.1%} good, p95 {p95:.0f} ms")
        if found.success >= GOOD_ENOUGH and p95 < FAST_ENOUGH_MS:
            return True
    return False


async def soak(site: Site, say: Say) -> Found:
    """M8, light: what 1,000 calls leave behind."""
    await site.call(OURS, SOAK_RATE, SOAK_WARM)
    files, tasks = usage.open_files(site.app_pid), await site.metric("callcontrol_tasks")
    memory, asterisk = usage.memory_mib(site.app_pid), usage.memory_mib(site.asterisk_pid)
    found = await site.call(OURS, SOAK_RATE, SOAK_CALLS)
    say(f"M8 {SOAK_CALLS} calls at {SOAK_RATE}/s: {_share(found)} good, median {found.median:.1f} ms")
    memory_after, asterisk_after = usage.memory_mib(site.app_pid), usage.memory_mib(site.asterisk_pid)
    left = {
        "channels": await site.channels(),
        "bridges": await site.bridges(),
        "calls": int(await site.metric("callcontrol_calls_under_way")),
        "journals": site.journals(),
        "tasks": int(await site.metric("callcontrol_tasks") - tasks),
        "files": usage.open_files(site.app_pid) - files,
    }
    growth = memory_after / memory
    leaks = {name: count for name, count in left.items() if count > 0}
    return Found(
        (
            Row(
                "M8", f"memory of the app after {SOAK_CALLS} calls", f"{growth:.3f}×", "≤ 1.05×",
                f"{memory_after:.1f} MiB", f"{memory:.1f} MiB before", growth <= 1.05,
            ),
            Row(
                "M8", "memory of Asterisk", f"{asterisk_after / asterisk:.3f}×", "",
                f"{asterisk_after:.1f} MiB", f"{asterisk:.1f} MiB before",
            ),
            Row(
                "M8", ", ".join(left) + " left", "", "0",
                ", ".join(f"{count} {name}" for name, count in leaks.items()) or "0", "", not leaks,
            ),
        ),
        (f"M8: after {SOAK_WARM} calls to warm up; {_share(found)} calls succeeded",),
    )  # fmt: skip
