"""Floods (M10, M11) and browsers (M13) in a process of their own that takes only what nobody else wants of the
processors: in life they are other machines. ``sending`` starts it and ends it, ``bench.send`` is what it runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.sipp import LoadFailed

READY = b"ready\n"
GRACE = 120.0
"""Seconds from the start of the process to its first word, and from the end that is asked for to its last."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is sent to. ``tokens`` are of sessions, for whoever logs in."""

    web_url: str
    sip_server: str
    tokens: tuple[str, ...] = ()


Sender = Callable[[Target, Counter[str], Callable[[], None]], Awaitable[None]]
"""Sends until it is cancelled, counting what it did; calls the last argument when it is in full swing."""


@asynccontextmanager
async def sending(name: str, target: Target) -> AsyncIterator[Counter[str]]:
    """The sender ``name`` (``SENDERS``) works while the block runs; its counts are there afterwards.
    Raises LoadFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.send", name, target.web_url, target.sip_server,
        cwd=Path(__file__).parents[1], start_new_session=True,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    counts: Counter[str] = Counter()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(target.tokens).encode() + b"\n")
        async with asyncio.timeout(GRACE):
            if await process.stdout.readline() != READY:
                raise LoadFailed(f"{name}: the sender did not begin")
        yield counts
        if process.returncode is not None:
            raise LoadFailed(f"{name}: the sender ended")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(GRACE):
            counts.update(json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _send(sender: Sender, target: Target) -> None:
    counts: Counter[str] = Counter()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    work = asyncio.ensure_future(sender(target, counts, lambda: _say(READY)))
    asking = asyncio.create_task(ended.wait())
    waiting: set[asyncio.Future[Any]] = {work, asking}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    _say(json.dumps(counts).encode() + b"\n")


def _say(text: bytes) -> None:
    os.write(1, text)


def _give_way() -> None:
    """To everybody: this process is no part of what is measured."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text("19", encoding="ascii")


def run(senders: Mapping[str, Sender]) -> None:
    """The process of the senders: ``NAME WEB_URL SIP_SERVER``, tokens on its standard input."""
    _give_way()
    name, web_url, sip_server = sys.argv[1:]
    tokens = tuple(json.loads(sys.stdin.readline()))
    asyncio.run(_send(senders[name], Target(web_url, sip_server, tokens)))
