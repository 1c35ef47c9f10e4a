"""A mailer ends when it is told to, whatever comes in that very moment: a shutdown waits for it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from callcontrol.clock import SystemClock
from callcontrol.mailer.mailer import Mailer
from callcontrol.mailer.smtp import MailServer
from callcontrol.mailer.writer import Writer
from callcontrol.store.mails import MailQueue, QueuedMail


class EmptyQueue:
    """Nothing to send; ``looked`` is set whenever somebody looks."""

    def __init__(self) -> None:
        self.looked = asyncio.Event()

    async def claim(self, *_: object) -> list[QueuedMail]:
        self.looked.set()
        return []

    async def release_all(self, _name: str) -> None:
        pass


@pytest.mark.parametrize("ticks", range(10))
async def test_a_mailer_that_is_ended_as_something_comes_ends_at_once(ticks: int) -> None:
    queue = EmptyQueue()
    server = MailServer.of("smtp://127.0.0.1:1", "a@example.net")
    mailer = Mailer(
        cast(MailQueue, queue), cast(Writer, cast(Any, None)), server, SystemClock(), SystemClock()
    )
    running = asyncio.create_task(mailer.run())
    await queue.looked.wait()
    mailer.look()
    for _ in range(ticks):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=2)
    assert done
