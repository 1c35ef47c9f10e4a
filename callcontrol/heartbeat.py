"""The sign of life that the supervisor waits for: one byte, several times a second, from the event loop.

A loop that is blocked or a process that is stopped sends none, and is replaced (design.md §2). A process that is not
all up yet says so: it may load a hundred thousand lines, or take over ten thousand calls, and be silent for long.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

BEAT_SECONDS = 0.25
STARTING, UP = b".", b"!"
VARIABLE = "CALLCONTROL_HEARTBEAT_FD"


async def beat(environ: Mapping[str, str], is_up: Callable[[], bool] = lambda: True) -> None:
    """Until cancelled; at once when no supervisor listens."""
    descriptor = environ.get(VARIABLE)
    if descriptor is None:
        return
    while True:
        try:
            os.write(int(descriptor), UP if is_up() else STARTING)
        except BlockingIOError:
            pass  # the supervisor reads slowly: the pipe is full of signs of life
        except BrokenPipeError:
            return
        await asyncio.sleep(BEAT_SECONDS)
