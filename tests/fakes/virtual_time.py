"""The marks of a module whose tests run on virtual time: sixty seconds of ringing pass in a millisecond.

Use ``pytestmark = VIRTUAL_TIME``. The project's tests share one event loop for the session; these need a loop
of their own each, whose clock begins at 0 and jumps to the next timer. Never use it with sockets or threads.
"""

from __future__ import annotations

import pytest

VIRTUAL_TIME = [
    pytest.mark.asyncio(loop_scope="function"),
    # A finer step than asyncio's own clock: a timer less than half a step away would be waited for without end.
    pytest.mark.looptime(resolution=1e-9, noop_cycles=1),
]
