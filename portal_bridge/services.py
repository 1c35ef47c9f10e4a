"""Everything that the web works with, given to it once by ``web_app.py``; it builds none of it.

The bridge holds no call logic (spec §10.8): it validates and writes settings, reads state, and asks the call side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from callcontrol.alarms import Bell
from callcontrol.changes.ports import InForce
from callcontrol.changes.sending import SendingServices
from callcontrol.changes.services import ChangeServices
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.media.recordings import RecordingFolder
from callcontrol.media.voice import VoiceFolder
from callcontrol.ports.call_side import CallSide
from callcontrol.ports.clock import Clock
from callcontrol.store.audit import AuditTrail
from callcontrol.store.calls import CallHistory
from callcontrol.store.contacts import Contacts
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.lines import Lines
from callcontrol.store.log_ins import LogIns
from callcontrol.store.mails import MailQueue
from callcontrol.store.media_trash import MediaTrash
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool
from callcontrol.store.reminders import ReminderTable
from callcontrol.store.sessions import Sessions
from callcontrol.store.settings import SettingsStore
from callcontrol.store.voice_recordings import VoiceRecordingTable


@dataclass(frozen=True, slots=True)
class Repositories:
    """One repository for each noun, all on one pool."""

    lines: Lines
    settings: SettingsStore
    calls: CallHistory
    messages: Mailboxes
    contacts: Contacts
    forward_numbers: ForwardNumbers
    sessions: Sessions
    log_ins: LogIns
    audit: AuditTrail
    recordings: VoiceRecordingTable
    reminders: ReminderTable
    mails: MailQueue
    trash: MediaTrash

    @classmethod
    def on(cls, pool: Pool, clock: Clock) -> Repositories:
        """The repositories of one database."""
        return cls(
            Lines(pool),
            SettingsStore(pool),
            CallHistory(pool),
            Mailboxes(pool, clock),
            Contacts(pool),
            ForwardNumbers(pool),
            Sessions(pool),
            LogIns(pool),
            AuditTrail(pool),
            VoiceRecordingTable(pool),
            ReminderTable(pool),
            MailQueue(pool),
            MediaTrash(pool),
        )

    def changes(self, services: WebServices) -> ChangeServices:
        """What changes of settings made here work with."""
        return ChangeServices(
            self.settings,
            self.contacts,
            self.forward_numbers,
            services.directory,
            services.in_force,
            self.recordings,
            VoiceFolder(services.config.media_dir, services.config.recording_dir),
            self.reminders,
        )

    def sending(self, services: WebServices) -> SendingServices:
        """What sending messages works with."""
        config = services.config
        files = RecordingFolder(config.recording_dir, config.media_dir, config.keep_free)
        return SendingServices(services.directory(), self.messages, files, self.recordings)


@dataclass(frozen=True, slots=True)
class WebServices:
    """What ``app.build`` needs. ``directory`` gives the present one: it may be replaced as a whole when the cache is
    loaded again. ``in_force`` waits until calls obey a change. ``alarms`` is the bell of this process. ``mail_dir`` is
    the box of the catch-all mail server, None when mails really go out. ``refused_secrets`` open nothing: everybody
    knows them. ``registry`` has the web's own part of ``/metrics``."""

    pool: Pool
    directory: Callable[[], Directory]
    call_side: CallSide
    in_force: InForce
    clock: SystemClock
    config: Config
    alarms: Bell
    mail_dir: Path | None = None
    refused_secrets: frozenset[str] = frozenset()
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
