"""How long a process has had to do something: a clock that stands while the machine keeps it from running.

Judges a process that is silent. One that hangs (frozen, waiting for ever, or busy without end) has had all the time;
one that waits for a processor, or for a disk, has not: killing it would make the machine busier still. Linux: the
times of ``/proc/PID``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


class OwnTime:
    """Seconds that process ``pid`` has had since the last ``restart``, looked at often.

    Of the time between two looks, what its main thread spent waiting for a processor does not count. Where it still
    waits for one, or is on one, at the second look, only what it spent on one counts; where it waits for a disk or for
    memory (state D), nothing.
    """

    def __init__(self, pid: int, clock: Callable[[], float] = time.monotonic, proc: Path = PROC) -> None:
        self._task, self._clock = proc / str(pid) / "task" / str(pid), clock
        self._had = 0.0
        self._at = clock()
        self._ran, self._waited = self._scheduled()

    def restart(self) -> None:
        """It gave a sign of life."""
        self._had, self._at = 0.0, self._clock()
        self._ran, self._waited = self._scheduled()

    def look(self) -> float:
        """The seconds so far."""
        now, (ran, waited) = self._clock(), self._scheduled()
        match self._state():
            case "D":
                had = 0.0
            case "R":
                had = ran - self._ran
            case _:
                had = (now - self._at) - (waited - self._waited)
        self._had += max(0.0, had)
        self._at, self._ran, self._waited = now, ran, waited
        return self._had

    def _scheduled(self) -> tuple[float, float]:
        """Seconds that its main thread was on a processor, and that it waited for one (``schedstat``); where nobody
        counts them all time is its own."""
        try:
            ran, waited, _ = (self._task / "schedstat").read_text("ascii").split()
            return int(ran) / 1e9, int(waited) / 1e9
        except (OSError, ValueError):
            return self._clock(), 0.0

    def _state(self) -> str:
        """One letter (proc(5)); empty when it is gone."""
        try:
            return (self._task / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return ""
