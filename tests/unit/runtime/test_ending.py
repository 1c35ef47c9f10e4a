"""A command that is ended by a signal puts away what it holds, and says by its code which one it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import pytest

COMMAND = """
import asyncio, os, signal, sys, time
from callcontrol.runtime.ending import not_now, tidily
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, {interrupt})
def held():
    try:
        {work}
    finally:
        print("put away", flush=True)
    return 0
async def waits():
    try:
        os.kill(os.getpid(), {number})
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(0)  # a goodbye takes a turn of the loop
        print("goodbye", flush=True)
sys.exit(tidily(held))
"""
WORK = {
    "plain": "os.kill(os.getpid(), {number}); time.sleep(30)",
    "asyncio": "asyncio.run(waits())",
    "not now": 'with not_now(): os.kill(os.getpid(), {number}); print("goodbye", flush=True)\n        time.sleep(30)',
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("interrupt", ["signal.default_int_handler", "signal.SIG_IGN"])
@pytest.mark.parametrize("work", WORK)
def test_what_a_command_holds_is_put_away(number: signal.Signals, interrupt: str, work: str) -> None:
    """``SIG_IGN``: as in the background of a script."""
    code = COMMAND.format(work=WORK[work].format(number=int(number)), number=int(number), interrupt=interrupt)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (128 + number, "")
    goodbye = [] if work == "plain" else ["goodbye"]
    assert done.stdout.splitlines() == [*goodbye, "put away"]


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    code = """
        import sys
        from callcontrol.runtime.ending import tidily
        def told():
            print("a")
            sys.stdin.read()
            for _ in range(9): print("b" * 9999)
            return 0
        sys.exit(tidily(told))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
