"""A calls process of the product's own parts, over the tests' Asterisk and database, that makes one call as soon as it
is up: until the web can ask for one, this is how a call of ours begins. Killed like the app, which then goes on.

``python -m tests.e2e.calls_maker LINE FIRST TO``, with the app's environment.
"""

from __future__ import annotations

import asyncio
import os
import sys

from callcontrol.alarms import Bell
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection
from callcontrol.asterisk.console import Console
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.asterisk_conf.contacts import NOWHERE
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.services import CallServices, MenuServices
from callcontrol.call.switchboard import Switchboard
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.changes.services import ChangeServices
from callcontrol.clock import SystemClock
from callcontrol.config import load
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.journal.files import Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.reconnect import Reconnection
from callcontrol.media.own_recordings import OwnRecordingFolder
from callcontrol.media.prompts import Prompts, shipped_sounds
from callcontrol.media.recordings import RecordingFolder
from callcontrol.media.voice import VoiceFolder
from callcontrol.routes import ClickToCall
from callcontrol.runtime.layout import Layout
from callcontrol.store import directory_rows
from callcontrol.store.box_access import AuditedNotices, StoredBoxAccess
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.calls import CallHistory
from callcontrol.store.company_mails import StoredCompanyMails
from callcontrol.store.contacts import Contacts
from callcontrol.store.due_reminders import DueReminderTable
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool, open_pool
from callcontrol.store.reminders import ReminderTable
from callcontrol.store.settings import SettingsStore
from callcontrol.store.voice_recordings import VoiceRecordingTable


async def read_directory(pool: Pool) -> Directory:
    """Companies, lines and settings as the database has them now."""

    def report(line: str, document: str, error: Exception) -> None:
        raise error

    directory = Directory(report)
    async with pool.acquire() as connection:
        await directory_rows.put_companies(connection, directory, None)
        await directory_rows.put_numbers(connection, directory, None)
        await directory_rows.put_documents(connection, directory, None)
    return directory


async def serve(config: Config, route: ClickToCall) -> None:
    """Bring the calls up, make the call, and look after it until killed."""
    asterisk = config.asterisk
    ari = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
    pool = await open_pool(config.database.url)
    directory = await read_directory(pool)
    history, messages = CallHistory(pool), Mailboxes(pool)
    occupancy, clock = Occupancy(), SystemClock(config.clock)
    services = CallServices(
        directories=lambda: directory,
        phones=AsteriskPhoneSystem(
            ari, Console(Layout(config.runtime_dir).asterisk_run / "asterisk.ctl"), NOWHERE
        ),
        clock=clock,
        prompts=Prompts(shipped_sounds(), config.sounds_dir),
        occupancy=occupancy,
        toll=Toll(config.limits),
        alarms=Bell(lambda: directory, StoredCompanyMails(pool), clock),
        messages=messages,
        recordings=RecordingFolder(config.recording_dir, config.media_dir),
        own_recordings=OwnRecordingFolder(
            VoiceRecordingTable(pool), VoiceFolder(config.media_dir, config.recording_dir), clock
        ),
        changes=ChangeServices(
            SettingsStore(pool),
            Contacts(pool),
            ForwardNumbers(pool),
            lambda: directory,
            DirectoryCache(config.database.url, DatabaseListener(config.database.url)),
            VoiceRecordingTable(pool),
            VoiceFolder(config.media_dir, config.recording_dir),
            ReminderTable(pool),
        ),
        menu=MenuServices(
            messages,
            StoredBoxAccess(pool),
            AuditedNotices(pool),
        ),
        history=history,
        trunks=Trunks(config.trunks),
        host="127.0.0.1",
    )
    switchboard = Switchboard(lambda channel: None)
    outbox = Outbox(history, messages, DueReminderTable(pool))
    journal = Journal(config.runtime_dir / "journal")
    live_calls = LiveCalls(services, switchboard, journal, outbox)
    up = asyncio.Event()
    connection = Connection(ari, Reconnection(ari, switchboard, live_calls, occupancy, up.set), lambda: None)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run())
        tasks.create_task(connection.run())
        await up.wait()
        line = directory.line(route.line)
        assert line is not None
        live_calls.make(route, line)


if __name__ == "__main__":
    asyncio.run(serve(load.load(None, os.environ), ClickToCall(sys.argv[1], sys.argv[2], sys.argv[3])))
