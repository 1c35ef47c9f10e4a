"""A calls process of the product's own parts, over the tests' Asterisk and database, that makes one call as soon as it
is up: until the web can ask for one, this is how a call of ours begins. Killed like the app, which then goes on.

``python -m tests.e2e.calls_maker LINE FIRST TO``, with the app's environment.
"""

from __future__ import annotations

import asyncio
import os
import sys

from callcontrol.alarms import Bell
from callcontrol.app_services import call_services
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection
from callcontrol.asterisk.console import Console
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.asterisk_conf.contacts import NOWHERE
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.switchboard import Switchboard
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.clock import SystemClock
from callcontrol.config import load
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.journal.files import Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.reconnect import Reconnection
from callcontrol.routes import ClickToCall
from callcontrol.runtime.layout import Layout
from callcontrol.store import directory_rows
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.calls import CallHistory
from callcontrol.store.company_mails import StoredCompanyMails
from callcontrol.store.due_reminders import DueReminderTable
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool, open_pool


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
    console = Console(Layout(config.runtime_dir).asterisk_run / "asterisk.ctl")
    services = call_services(
        config,
        pool,
        clock,
        directories=lambda: directory,
        in_force=DirectoryCache(config.database.url, DatabaseListener(config.database.url)),
        phones=AsteriskPhoneSystem(ari, console, NOWHERE),
        occupancy=occupancy,
        trunks=Trunks(config.trunks),
        toll=Toll(config.limits),
        alarms=Bell(lambda: directory, StoredCompanyMails(pool), clock),
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
