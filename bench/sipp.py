"""sipp as the load: registers the lines, answers for the phones, calls as the trunk, and tells what it timed.

Every process started here has ended when the ``async with`` or the ``await`` around it is over.
"""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_MS = 4000
"""A caller who hears nothing for so long gives up."""
SCENARIOS = Path(__file__).parent / "scenarios"
_COMMON = ("-nostdin", "-skip_rlimit", "-timer_resol", "1", "-mi", "127.0.0.1")


class LoadFailed(Exception):
    """sipp did not do what it was asked for; the text has its last words."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of some calls: how many were tried, how many went well to their end, and the times from
    INVITE to 200, and to 180 (``rung``), in ms."""

    tried: int
    good: int
    times: tuple[float, ...]
    rung: tuple[float, ...] = ()

    @property
    def success(self) -> float:
        """Between 0 and 1."""
        return self.good / self.tried if self.tried else 0.0

    @property
    def median(self) -> float:
        return self.percentile(50)

    def percentile(self, percent: int) -> float:
        """In ms; infinite when there was no answer at all."""
        if len(self.times) < 2:
            return self.times[0] if self.times else float("inf")
        return statistics.quantiles(self.times, n=100, method="inclusive")[percent - 1]


def together(parts: Sequence[Answers]) -> Answers:
    """Several runs as one."""
    return Answers(
        sum(part.tried for part in parts),
        sum(part.good for part in parts),
        tuple(time for part in parts for time in part.times),
        tuple(time for part in parts for time in part.rung),
    )


def median(times: Sequence[float]) -> float:
    """In ms; infinite when there is none."""
    return statistics.median(times) if times else float("inf")


async def register(folder: Path, server: str, port: int, accounts: Path, count: int) -> None:
    """Register ``count`` lines of the CSV file ``accounts`` with contacts at ``port``. Raises LoadFailed."""
    code = await _run(
        "register",
        folder,
        server,
        ["-p", str(port), "-inf", str(accounts), "-m", str(count), "-r", "100"],
        60,
    )
    if code:
        raise LoadFailed(f"not every line could register: {last_words(folder, 'register')}")


@asynccontextmanager
async def phones(
    folder: Path, server: str, port: int, scenario: str = "phone", trace: Path | None = None
) -> AsyncIterator[None]:
    """The phones behind all contacts at ``port`` while the block runs. ``trace``: their messages are kept there."""
    traced = [] if trace is None else ["-trace_shortmsg", "-shortmessage_file", str(trace)]
    process = await _start(scenario, folder, server, ["-p", str(port), "-aa", *traced])
    try:
        yield
        if process.returncode is not None:
            raise LoadFailed(f"the phones ended: {last_words(folder, scenario)}")
    finally:
        await _end(process)


async def call(folder: Path, server: str, source: str, numbers: Path, rate: float, calls: int) -> Answers:
    """Make ``calls`` calls from address ``source`` at ``rate`` per second; waits until all have ended."""
    statistics_file, trace = folder / "caller.csv", folder / "caller.trace"
    for file in (statistics_file, trace):
        file.unlink(missing_ok=True)
    options = [
        "-i",
        source,
        "-inf",
        str(numbers),
        *f"-m {calls} -r {round(rate)} -l 5000 -recv_timeout {PATIENCE_MS}".split(),
    ]
    options += ["-trace_stat", "-fd", "1", "-stf", str(statistics_file)]
    options += ["-trace_shortmsg", "-shortmessage_file", str(trace)]
    code = await _run("caller", folder, server, options, calls / rate + 30)
    if code not in (0, 1):  # 1: some calls failed, which is a result
        raise LoadFailed(f"sipp ended with {code}: {last_words(folder, 'caller')}")
    return Answers(calls, _successes(statistics_file), _times(trace, 200), _times(trace, 180))


async def deposit(folder: Path, server: str, source: str, numbers: Path, calls: int, sound: Path) -> int:
    """Leave ``calls`` messages at once, each of ``sound`` (raw A-law); how many calls went well. Raises LoadFailed."""
    statistics_file = folder / "depositor.csv"
    statistics_file.unlink(missing_ok=True)
    options = ["-i", source, "-inf", str(numbers), *f"-m {calls} -r {calls} -l {calls}".split()]
    options += ["-key", "sound", f"{sound},-1,8", "-trace_stat", "-fd", "1", "-stf", str(statistics_file)]
    options += ["-recv_timeout", "20000"]
    code = await _run("depositor", folder, server, options, 90)
    if code not in (0, 1):
        raise LoadFailed(f"sipp ended with {code}: {last_words(folder, 'depositor')}")
    if not (good := _successes(statistics_file)):
        raise LoadFailed(f"nobody could leave a message: {last_words(folder, 'depositor')}")
    return good


def _times(trace: Path, status: int) -> tuple[float, ...]:
    """From the first INVITE of each call to its first answer of this status, in ms.

    By sipp's trace of messages, which has microseconds; its own response times step by 4 ms.
    """
    sent: dict[str, float] = {}
    took: dict[str, float] = {}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) < 7 or fields[5] != "CSeq:1 INVITE":
                continue
            at, way, call_id, first = float(fields[2]), fields[3], fields[4], fields[6]
            if way == "S":
                sent.setdefault(call_id, at)
            elif first.startswith(f"SIP/2.0 {status}"):
                took.setdefault(call_id, (at - sent[call_id]) * 1000)
    return tuple(took.values())


def invited(trace: Path) -> dict[str, float]:
    """When each call reached the phones whose messages are in ``trace``: seconds since 1970, by Call-ID."""
    found: dict[str, float] = {}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) > 6 and fields[3] == "R" and fields[6].startswith("INVITE "):
                found.setdefault(fields[4], float(fields[2]))
    return found


def _successes(file: Path) -> int:
    with file.open(encoding="ascii", errors="replace") as rows:
        last = list(csv.DictReader(rows, delimiter=";"))[-1]
    return int(last["SuccessfulCall(C)"])


async def _run(scenario: str, folder: Path, server: str, options: Sequence[str], within: float) -> int:
    """The exit code. Raises LoadFailed after ``within`` seconds."""
    process = await _start(scenario, folder, server, options)
    try:
        async with asyncio.timeout(within):
            return await process.wait()
    except TimeoutError:
        raise LoadFailed(f"sipp ({scenario}) is not done after {within:.0f} s") from None
    finally:
        await _end(process)


async def _start(
    scenario: str, folder: Path, server: str, options: Sequence[str]
) -> asyncio.subprocess.Process:
    address = () if "-i" in options else ("-i", "127.0.0.1")
    with (folder / f"{scenario}.out").open("wb") as out:
        return await asyncio.create_subprocess_exec(
            "sipp", server, "-sf", str(SCENARIOS / f"{scenario}.xml"), *_COMMON, *address, *options,
            "-trace_err", "-error_file", f"{scenario}.err",
            cwd=folder, stdout=out, stderr=out, env={**os.environ, "TERM": "dumb"},
        )  # fmt: skip


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def last_words(folder: Path, scenario: str) -> str:
    """What the last run of a scenario said in the end."""
    files = (folder / f"{scenario}.err", folder / f"{scenario}.out")
    texts = [file.read_text("utf-8", "replace").strip()[-600:] for file in files if file.exists()]
    return " / ".join(text for text in texts if text) or "it said nothing"
