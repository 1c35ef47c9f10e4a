"""What the tests of the outbox have in hand: a box whose messages are mailed, a clock that they move, mailers that they
start and kill."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.clock import SystemClock
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Line, Presentation
from callcontrol.history import Peer
from callcontrol.ids import uuid7
from callcontrol.mailer.mailer import Mailer
from callcontrol.mailer.smtp import Conversation
from callcontrol.mailer.smtp import MailServer as Address
from callcontrol.mailer.writer import PublicLinks, Writer
from callcontrol.mails.links import LinkSigner
from callcontrol.media import riff
from callcontrol.message import MailState, Message, MessageKind
from callcontrol.store.mails import MailQueue
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool, borrowed
from callcontrol.store.settings import SettingsStore
from tests.fakes.mail_server import MailServer

LINE = "0222969569"
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
SENDER = "notifications@voicemail.example.net"
STEP_SECONDS = 30.0
"""What a mailer waits for an answer, on a busy machine too."""


class Post:
    """Use ``Post.open``."""

    def __init__(self, pool: Pool, server: MailServer, media: Path) -> None:
        self.pool, self.server, self.media = pool, server, media
        self.clock = SystemClock(NOW)
        self.queue, self.boxes = MailQueue(pool), Mailboxes(pool, self.clock)
        self.directory = Directory()
        self.directory.put_company(Company("c", "C"))
        self.directory.put_line(Line(LINE, "c", "Camille"))
        self._running: list[asyncio.Task[None]] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, pool: Pool, server: MailServer, folder: Path) -> AsyncIterator[Post]:
        post = cls(pool, server, folder)
        try:
            yield post
        finally:
            for task in post._running:
                task.cancel()
            await asyncio.gather(*post._running, return_exceptions=True)

    def mailer(self, *, begun: bool = True, url: str | None = None, wait: float = STEP_SECONDS) -> Mailer:
        """One more mailer, as a process of ours has it."""
        address = Address.of(url or f"smtp://127.0.0.1:{self.server.port}", SENDER)
        links = PublicLinks("https://portal.example.net", LinkSigner("a secret of the tests"))
        made = Mailer(
            self.queue,
            Writer(links, SENDER, self.media, lambda: self.directory),
            address,
            self.clock,
            SystemClock(),
            feel_seconds=0.2,
            conversation=lambda: Conversation(address, wait),
        )
        if begun:
            self._running.append(asyncio.create_task(made.run()))
        return made

    async def dies(self) -> None:
        """Every mailer is gone, as by SIGKILL: what it claimed stays claimed."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()

    def later(self, **time: float) -> None:
        self.clock.fix(self.clock.now() + timedelta(**time))

    async def settings(self, *addresses: str, **more: Any) -> None:
        """Mail every voice message of the line to these."""
        document = {
            "mail_enabled": True,
            "addresses": [{"address": address, "voice": True, "fax": False} for address in addresses],
            **more,
        }
        by = ChangedBy(LINE, Where.API, NOW)
        await SettingsStore(self.pool).put(LINE, "message-settings", document, by=by)

    async def message(self, **fields: Any) -> Message:
        """Somebody leaves a message: a tone of one second."""
        identity = uuid7()
        path = f"messages/{LINE}/{identity}.wav16"
        (self.media / path).parent.mkdir(parents=True, exist_ok=True)
        (self.media / path).write_bytes(tone())
        given: dict[str, Any] = {
            "id": identity,
            "line": LINE,
            "kind": MessageKind.VOICE,
            "sender": Peer(Presentation.SHOWN, "+33612345678", "Nathalie"),
            "received_at": NOW,
            "path": path,
            "duration": 1.0,
            **fields,
        }
        message = Message(**given)
        await self.boxes.deliver(message)
        return message

    async def state(self, message: Message) -> tuple[MailState | None, bool]:
        """How its mails do, and whether it is in the box."""
        found = await self.boxes.get(LINE, message.id)
        return found.mail, found.deleted_at is None

    async def fetch(self, query: str, *values: object) -> Any:
        async with borrowed(self.pool) as connection:
            return await connection.fetchval(query, *values)

    async def empty(self, within: float = 10.0) -> None:
        """Until nothing waits to be sent any more."""

        async def done() -> bool:
            return (await self.queue.backlog()).waiting == 0

        await until(done, "the outbox is empty", within)


async def until(check: Callable[[], Any], what: str, within: float = 10.0) -> None:
    """Until ``check`` (a coroutine function, or a plain one) says true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        result = check()
        if await result if asyncio.iscoroutine(result) else result:
            return
        assert loop.time() < deadline, f"not within {within} s: {what}"
        await asyncio.sleep(0.02)


def tone(hertz: float = 650.0, seconds: float = 1.0, rate: int = 16_000) -> bytes:
    samples = (int(8000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(seconds * rate)))
    data = b"".join(struct.pack("<h", sample) for sample in samples)
    return riff.header(len(data), rate) + data
