"""What a process uses, from /proc: CPU seconds, memory, open files. Linux only, as is the whole product."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads so far (resolution 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def cpu_of_tree(pid: int) -> float:
    """The same with its descendants, those that have ended and were waited for included; 0 for one that just ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        children = _children(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK + sum(map(cpu_of_tree, children))


class Neighbours:
    """How much of the machine others used since this was made: noise, as a figure."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._others = self._used_by_others()

    def cores(self) -> float:
        """Cores that were busy, on average, with anything but this process and its descendants."""
        return (self._used_by_others() - self._others) / (time.monotonic() - self._at)

    def _used_by_others(self) -> float:
        fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
        return (user + nice + system + irq + softirq + steal) / _TICK - cpu_of_tree(os.getpid())


def _children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in lists for child in file.read_text("ascii").split()]


def memory_mib(pid: int) -> float:
    """Resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE / 2**20


def open_files(pid: int) -> int:
    """Open files on disk (connections are kept for later calls, and are no leak)."""
    return sum(1 for link in Path(f"/proc/{pid}/fd").iterdir() if os.readlink(link).startswith("/"))


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of the parts."""

    app: float
    asterisk: float
    database: float

    def __sub__(self, earlier: Spent) -> Spent:
        return Spent(
            self.app - earlier.app, self.asterisk - earlier.asterisk, self.database - earlier.database
        )

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.app + other.app, self.asterisk + other.asterisk, self.database + other.database)


NOTHING = Spent(0.0, 0.0, 0.0)
