"""Which system runs: the lock on a runtime folder, which the kernel takes back however its holder ends. The number in
``supervisor.pid`` is for people, and is believed only while the lock is held."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from callcontrol.errors import CallControlError
from callcontrol.runtime.layout import Layout

_LOOKED_AT = 0.2
"""Seconds: whoever only looks at the lock holds it for much less."""


class AlreadyRunning(CallControlError):
    """Another supervisor has this runtime folder."""


@contextmanager
def only_one(runtime_dir: Path) -> Iterator[None]:
    """Hold the runtime folder for one supervisor. Raises AlreadyRunning with one sentence."""
    path = Layout(runtime_dir).supervisor
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        deadline = time.monotonic() + _LOOKED_AT
        while not _locked(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"callcontrol is already running in {runtime_dir} (process {_number(file) or 'unknown'})."
                )
            time.sleep(0.01)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def supervisor_of(runtime_dir: Path) -> int | None:
    """The process that holds the runtime folder now; None when nobody does. Never raises."""
    try:
        with Layout(runtime_dir).supervisor.open(encoding="ascii") as file:
            return None if _locked(file, fcntl.LOCK_SH) else _number(file)
    except OSError:
        return None


def belongs_to(pid: int, ancestor: int) -> bool:
    """Whether ``pid`` is ``ancestor`` or was started by it, however far away (proc(5), /proc/PID/stat)."""
    while pid > 1 and pid != ancestor:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            return False
    return pid == ancestor


def _locked(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _number(file: IO[str]) -> int:
    """0 when there is none yet."""
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else 0
