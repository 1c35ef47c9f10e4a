"""A process that serves people who wait gives way to the one that serves calls, where both want the processors.

Linux shares the processors among sessions first and among the processes of a session then (sched(7), "The autogroup
feature"), and each part of a system is a session of its own (``runtime/child.py``): so both are told.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NICE = 5
"""A third of what others get while they want all of it, and everything that they leave."""


def give_way(nice: int = NICE) -> None:
    """Lower this process, with the threads that it starts from now on. One that was lowered more stays so; where it may
    not be done, nothing is."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(nice, os.getpriority(os.PRIO_PROCESS, 0)))
    if os.getsid(0) == os.getpid():  # else the session is somebody else's: a terminal's
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")
