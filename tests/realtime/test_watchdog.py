"""Who is silent is judged by the time that it had, not by the clock on the wall: a busy machine kills nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callcontrol.config import load as configuration
from callcontrol.runtime.app_process import SILENCE, AppProcess
from callcontrol.runtime.progress import OwnTime

pytestmark = pytest.mark.hostile

BUSY = "while True: pass"


@contextmanager
def program(code: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            yield process.pid
        finally:
            process.kill()


@contextmanager
def starved(pid: int) -> Iterator[None]:
    """Four busy programs on one processor, and ``pid`` behind them."""
    cpu = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(pid, cpu)
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(4)]
    try:
        for each in busy:
            os.sched_setaffinity(each.pid, cpu)
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()
        os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))


async def own_time(pid: int, seconds: float) -> float:
    """What ``pid`` had of so many seconds."""
    clock, end = OwnTime(pid), time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
        had = clock.look()
    return had


async def test_who_is_frozen_or_waits_for_ever_had_all_the_time() -> None:
    with program("import time; time.sleep(60)") as sleeper, program(BUSY) as frozen:
        os.kill(frozen, signal.SIGSTOP)
        times = await asyncio.gather(own_time(sleeper, 1.0), own_time(frozen, 1.0))
        os.kill(frozen, signal.SIGCONT)
    assert min(times) > 0.8


async def test_who_is_busy_without_end_had_what_it_spent() -> None:
    with program(BUSY) as pid:
        before = time.monotonic()
        while await own_time(pid, 0.5) < 0.1:  # also where others are busy, it comes to an end
            assert time.monotonic() - before < 20


async def test_who_is_starved_had_next_to_nothing() -> None:
    with program(BUSY) as pid, starved(pid):
        assert await own_time(pid, 3.0) < 1.0


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "beats.py"


def process_of(tmp_path: Path, said: list[str]) -> AppProcess:
    file = tmp_path / "callcontrol.yaml"
    file.write_text(f"runtime: {{dir: {tmp_path / 'runtime'}}}")
    return AppProcess("calls", configuration.load(file, {}), said.append, module="beats")


async def test_a_starved_process_is_not_killed_and_a_frozen_one_is(tmp_path: Path, module: Path) -> None:
    module.write_text(
        "import asyncio, os\nfrom callcontrol import heartbeat\nasyncio.run(heartbeat.beat(os.environ))"
    )
    said: list[str] = []
    process = process_of(tmp_path, said)
    await process.start()
    ended = asyncio.create_task(process.wait())
    assert process.pid is not None
    await asyncio.sleep(1.5)  # it is up
    with starved(process.pid):
        await asyncio.sleep(SILENCE * 2.5)
    assert (said, ended.done()) == ([], False)
    process.freeze()
    async with asyncio.timeout(SILENCE + 3):
        assert await ended == -signal.SIGKILL
    assert "has been silent for 2 s: killing it" in said[0]


async def test_before_it_is_up_nobody_is_killed_for_silence(tmp_path: Path, module: Path) -> None:
    module.write_text(
        "import os, time\nfd = int(os.environ['CALLCONTROL_HEARTBEAT_FD'])\n"
        f"os.write(fd, b'.'); time.sleep({SILENCE + 1.5}); os.write(fd, b'!'); time.sleep(60)"
    )
    said: list[str] = []
    process = process_of(tmp_path, said)
    await process.start()
    since = time.monotonic()
    async with asyncio.timeout(30):
        await process.wait()
    assert time.monotonic() - since > 2 * SILENCE + 1.4
    assert len(said) == 1
