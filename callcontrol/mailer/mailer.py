"""Empties the outbox of mails, from now on and for ever (spec §5). Several of these, in several processes, send each
mail once.

A mail that fails for a reason of its own is tried again by ``retries``. When the server itself is away, no mail is to
blame: one at a time feels for it every few seconds, and when it is back all go out at once. Never ends the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, assert_never

import structlog

from callcontrol import ids
from callcontrol.errors import StoreDown
from callcontrol.mailer.files import FileGone
from callcontrol.mailer.retries import PATIENCE, next_try
from callcontrol.mailer.smtp import Accepted, Away, Conversation, MailServer, Outcome, PutOff, Refused
from callcontrol.mailer.writer import Writer
from callcontrol.ports.clock import Clock
from callcontrol.store.mails import MailQueue, QueuedMail

log = structlog.get_logger()

WORKERS = 4
"""Connections to the server at once."""
CLAIM = timedelta(seconds=30)
"""So long a mail is nobody's after its process died."""
RENEW_SECONDS = 8.0
LOOK_SECONDS = 5.0
"""So often the outbox is looked at, told or not: a test's clock may have moved."""
FEEL_SECONDS = 10.0
"""Between two looks for a server that is away."""
IDLE_SECONDS = 5.0
"""After which an unused connection is closed."""
STORE_SECONDS = 0.5
GRACE_SECONDS = 2.0


class Mailer:
    """``clock`` decides when a mail is due, ``present`` is the true time, by which claims end."""

    def __init__(
        self,
        queue: MailQueue,
        writer: Writer,
        server: MailServer,
        clock: Clock,
        present: Clock,
        *,
        feel_seconds: float = FEEL_SECONDS,
        conversation: Callable[[], Conversation] | None = None,
    ) -> None:
        self._queue, self._writer, self._clock, self._present = queue, writer, clock, present
        self._new_conversation = conversation or (lambda: Conversation(server))
        self._feel_seconds = feel_seconds
        self._name = ids.uuid7()
        self._waiting: asyncio.Queue[QueuedMail] = asyncio.Queue()
        self._told, self._settled = asyncio.Event(), asyncio.Event()
        self._under_way = 0
        self._away = False

    def look(self) -> None:
        """There is something new in the outbox."""
        self._told.set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_claims())
                for _ in range(WORKERS):
                    group.create_task(self._work())
                await self._feed()
        finally:
            with suppress(StoreDown):
                await self._queue.release_all(self._name)

    async def _feed(self) -> None:
        """Hand out what is due to workers that are free: one at a time while the server is away."""
        while True:
            self._told.clear()
            self._settled.clear()
            free = (1 if self._away else WORKERS) - self._under_way
            found = await self._claim(free) if free > 0 else []
            for mail in found:
                self._under_way += 1
                self._waiting.put_nowait(mail)
            if not found:
                await self._until_worth_a_look(busy=free <= 0)

    async def _claim(self, most: int) -> list[QueuedMail]:
        present = self._present.now()
        try:
            return await self._queue.claim(self._name, most, self._clock.now(), present, present + CLAIM)
        except StoreDown as error:
            log.warning("mails.store_down", error=str(error))
            await asyncio.sleep(STORE_SECONDS)
        except Exception:
            log.exception("mails.claim_failed")
            await asyncio.sleep(LOOK_SECONDS)
        return []

    async def _until_worth_a_look(self, *, busy: bool) -> None:
        """Until a worker is free again (``busy``), something new is there, or a while has passed."""
        event = self._settled if busy else self._told
        with suppress(TimeoutError):
            async with asyncio.timeout(None if busy else LOOK_SECONDS):
                await event.wait()

    async def _work(self) -> None:
        conversation = self._new_conversation()
        try:
            while True:
                mail = await self._next(conversation)
                try:
                    await _to_its_end(self._deal_with(mail, conversation))
                    if self._away:
                        await asyncio.sleep(self._feel_seconds)
                finally:
                    self._under_way -= 1
                    self._settled.set()
                    self._told.set()
        finally:
            await conversation.close()

    async def _next(self, conversation: Conversation) -> QueuedMail:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                return await self._waiting.get()
        except TimeoutError:
            await conversation.close()
            return await self._waiting.get()

    async def _deal_with(self, queued: QueuedMail, conversation: Conversation) -> None:
        try:
            outcome = await self._sent(queued, conversation)
        except Exception as error:
            log.exception("mail.unexpected", mail=queued.id)
            outcome = PutOff(type(error).__name__)
        await self._keep(queued, outcome)

    async def _sent(self, queued: QueuedMail, conversation: Conversation) -> Outcome:
        if queued.mail is None:
            return Refused("this release does not know this mail")
        try:
            content = await self._writer.content(queued, queued.mail)
        except FileGone as error:
            return Refused(str(error))
        return await conversation.send(self._writer.sender, queued.address, content)

    async def _keep(self, queued: QueuedMail, outcome: Outcome) -> None:
        """What has happened is written down, however long the database is away. Until it is, the mail stays claimed:
        nobody sends it again."""
        pause = STORE_SECONDS
        while True:
            try:
                await self._settle(queued, outcome)
            except StoreDown as error:
                log.warning("mails.store_down", error=str(error))
            except Exception:
                log.exception("mail.not_settled", mail=queued.id)
                pause = min(pause * 2, LOOK_SECONDS * 12)
            else:
                return
            await asyncio.sleep(pause)

    async def _settle(self, queued: QueuedMail, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Accepted():
                await self._queue.accepted(queued.id, now)
                log.info("mail.accepted", mail=queued.id, attempts=queued.attempts + 1)
            case Refused(why=why):
                await self._queue.give_up(queued.id, why, now)
                log.warning("mail.given_up", mail=queued.id, because=code_of(why))
            case PutOff():
                await self._fail(queued, outcome)
            case Away(why=why):
                await self._server_away(queued, why, now)
            case _:
                assert_never(outcome)
        if self._away and not isinstance(outcome, Away):
            self._away = False
            log.info("mails.server_back")

    async def _fail(self, queued: QueuedMail, outcome: PutOff) -> None:
        now = self._clock.now()
        due = next_try(queued.attempts, queued.failing_since, now)
        if due is None:
            await self._queue.give_up(queued.id, outcome.why, now)
            log.warning("mail.given_up", mail=queued.id, because=code_of(outcome.why))
        else:
            await self._queue.put_off(queued.id, outcome.why, now, due)
            log.info("mail.put_off", mail=queued.id, because=code_of(outcome.why), until=due.isoformat())

    async def _server_away(self, queued: QueuedMail, why: str, now: datetime) -> None:
        for mail in await self._queue.server_away(why, now, PATIENCE):
            await self._queue.give_up(mail, why, now)
            log.warning("mail.given_up", mail=mail, because="the server is away")
        await self._queue.release(queued.id)
        if not self._away:
            log.warning("mails.server_away", error=why)
        self._away = True

    async def _keep_claims(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._queue.renew(self._name, self._present.now() + CLAIM)
            except StoreDown as error:
                log.warning("mails.store_down", error=str(error))
            except Exception:
                log.exception("mails.renew_failed")


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Do ``work``; when we are cancelled, a mail that is on its way has some seconds more: half a mail is one that may
    be sent twice."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        if not task.done():
            await asyncio.wait({task}, timeout=GRACE_SECONDS)
            while (
                not task.done()
            ):  # a library may lose a cancellation that comes together with what it waits for
                task.cancel()
                await asyncio.wait({task}, timeout=GRACE_SECONDS)


def code_of(why: str) -> str:
    """An answer of the server without its text, which may hold an address; other reasons as they are."""
    return why[:3] if why[:3].isdecimal() else why
