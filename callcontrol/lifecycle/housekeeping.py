"""What grows old is deleted (spec §13): calls after two months, deleted messages and mails that were given up after
30 days, the audit trail after a year, log-ins when they are over. Never ends the process: what fails is told in the log
and tried again an hour later, and the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import structlog

from callcontrol.errors import StoreDown
from callcontrol.media import trash, voice
from callcontrol.ports.clock import Clock
from callcontrol.store.audit import AuditTrail
from callcontrol.store.calls import CallHistory
from callcontrol.store.log_ins import LogIns
from callcontrol.store.mails import MailQueue
from callcontrol.store.media_trash import MediaTrash
from callcontrol.store.messages import Mailboxes
from callcontrol.store.sessions import Sessions
from callcontrol.store.voice_recordings import VoiceRecordingTable

log = structlog.get_logger()

CALLS_KEPT = timedelta(days=62)
DELETED_MESSAGES_KEPT = timedelta(days=30)
GIVEN_UP_MAILS_KEPT = timedelta(days=30)
AUDIT_KEPT = timedelta(days=365)
LOGIN_ATTEMPTS_KEPT = timedelta(days=1)
"""They limit guessing over a quarter of an hour; a day of them helps to look into an attack."""
PLACES_KEPT = timedelta(days=180)
"""Browsers and addresses that a line logged in from."""
UPLOADS_KEPT = timedelta(hours=1)
"""Files of an upload that is under way."""
EVERY_SECONDS = 3600.0

Job = Callable[[], Awaitable[int]]
"""Erases what is too old, and says how much that was."""


class Housekeeping:
    """Runs once an hour. ``media`` is the folder of the messages' files."""

    def __init__(
        self,
        calls: CallHistory,
        messages: Mailboxes,
        sessions: Sessions,
        log_ins: LogIns,
        audit: AuditTrail,
        recordings: VoiceRecordingTable,
        mails: MailQueue,
        thrown_away: MediaTrash,
        clock: Clock,
        media: Path,
    ) -> None:
        self._calls, self._messages, self._sessions, self._audit = calls, messages, sessions, audit
        self._clock, self._media, self._recordings, self._mails = clock, media, recordings, mails
        self._log_ins, self._thrown_away = log_ins, thrown_away

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> None:
        """Purge now. Each job stands alone: one that fails does not keep the others from theirs."""
        now = self._clock.now()
        jobs: dict[str, Job] = {
            "calls": lambda: self._calls.purge(now - CALLS_KEPT),
            "messages": lambda: self._messages.purge_deleted_before(now - DELETED_MESSAGES_KEPT),
            "recordings": lambda: self._recordings.purge_abandoned(now),
            "uploads": lambda: asyncio.to_thread(voice.sweep, self._media, (now - UPLOADS_KEPT).timestamp()),
            "files": lambda: trash.empty(self._thrown_away, self._media),
            "mails": lambda: self._mails.purge(now - GIVEN_UP_MAILS_KEPT),
            "sessions": lambda: self._sessions.purge(now),
            "log_ins": lambda: self._log_ins.purge(now - LOGIN_ATTEMPTS_KEPT, now - PLACES_KEPT),
            "audit": lambda: self._audit.purge(now - AUDIT_KEPT),
        }
        done = {name: await self._done(name, job) for name, job in jobs.items()}
        if any(done.values()):
            log.info("housekeeping.purged", **done)

    async def _done(self, name: str, job: Job) -> int:
        try:
            return await job()
        except StoreDown as error:
            log.warning("housekeeping.put_off", job=name, error=str(error))
        except Exception:
            log.exception("housekeeping.failed", job=name)
        return 0
