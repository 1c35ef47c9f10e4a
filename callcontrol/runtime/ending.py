"""A command that is asked to end by SIGTERM or SIGHUP (``kill``, ``systemctl stop``, a terminal that is closed) ends
as by Ctrl-C: what it holds (a call, a draft, a process) is put away first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_ASKS = (signal.SIGTERM, signal.SIGHUP)
_ALL = (*_ASKS, signal.SIGINT)


def tidily(command: Callable[[], int]) -> int:
    """The exit code of ``command``, or as the shell has it: 128 and the signal that ended it; 141 where nobody reads
    what it prints any more."""
    asked: list[int] = [signal.SIGINT]

    def end(number: int, frame: FrameType | None) -> None:
        asked[0] = number
        interrupt = signal.getsignal(signal.SIGINT)  # asyncio has one of its own while it runs
        if not callable(interrupt):  # ignored, in the background of a script
            interrupt = signal.default_int_handler
        interrupt(signal.SIGINT, frame)

    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in _ASKS}
        for number in _ASKS:
            if before[number] is signal.SIG_DFL:  # nohup has it ignored
                signal.signal(number, end)
    try:
        code = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 128 + asked[0]
    except BrokenPipeError:
        code = 141
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    _let_go_of_what_nobody_reads()
    return code


@contextmanager
def not_now() -> Iterator[None]:
    """A moment that is not to be cut in two: a signal that comes meanwhile is obeyed afterwards."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ALL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _let_go_of_what_nobody_reads() -> None:
    """The interpreter empties its buffers at its very end, with words of its own where that fails."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
