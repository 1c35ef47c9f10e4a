"""The composition root of the process that holds the calls: builds every adapter, starts, and steps down.

``python -m callcontrol.app``. It is started and watched by the supervisor (``callcontrol run``). Stopped by
SIGTERM, or replaced by another process of the same application, it touches no call: they go on in Asterisk
and the next process adopts them. It serves no HTTP: the web is a process of its own (``web_app``).
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from functools import partial

from callcontrol.alarms import Bell
from callcontrol.app_services import call_services, public_host
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection
from callcontrol.asterisk.console import Console
from callcontrol.asterisk.device_events import DeviceEvents
from callcontrol.asterisk.lamps import AsteriskLamps
from callcontrol.asterisk.lines import LineFiles
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.asterisk.registrations import RefusalLog
from callcontrol.asterisk_conf.accounts import Accounts
from callcontrol.asterisk_conf.contacts import is_trunks
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.refusals import Refusals
from callcontrol.call.switchboard import Switchboard
from callcontrol.call.toll import KEPT, Toll
from callcontrol.call.trunks import Trunks
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.journal.files import Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.lifecycle import trunk_certificates
from callcontrol.lifecycle.call_side import LocalCallSide
from callcontrol.lifecycle.fallback_import import FallbackImport
from callcontrol.lifecycle.fallback_watch import FallbackWatch
from callcontrol.lifecycle.fraud_watch import FraudWatch
from callcontrol.lifecycle.guessers import Guessers
from callcontrol.lifecycle.housekeeping import Housekeeping
from callcontrol.lifecycle.known_devices import KnownDevices
from callcontrol.lifecycle.lamps import CHANNEL, Lamps
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.made_calls import StateTold
from callcontrol.lifecycle.reconnect import Reconnection
from callcontrol.lifecycle.reminder_calls import ReminderCalls
from callcontrol.lifecycle.round_trip import RoundTrip
from callcontrol.lifecycle.sip_guard import SipGuard
from callcontrol.lifecycle.storage import StorageWatch
from callcontrol.lifecycle.trunk_names import TrunkNames, last_places
from callcontrol.lifecycle.trunk_watch import TrunkWatch
from callcontrol.link.broadcast import Broadcast
from callcontrol.link.server import CallSideServer
from callcontrol.live import CallsChanged, DevicesChanged, ReadAnew
from callcontrol.ports.clock import Clock
from callcontrol.process import Process, follow_directory, main, open_store
from callcontrol.public_holidays import is_public_holiday
from callcontrol.runtime import public_passwords
from callcontrol.runtime.app_process import REPLACED
from callcontrol.runtime.layout import Layout
from callcontrol.store.audit import AuditTrail
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.calls import CallHistory
from callcontrol.store.company_mails import StoredCompanyMails
from callcontrol.store.due_reminders import DueReminderTable
from callcontrol.store.known_addresses import KnownAddresses
from callcontrol.store.lines import Lines
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.log_ins import LogIns
from callcontrol.store.mails import MailQueue
from callcontrol.store.media_trash import MediaTrash
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool
from callcontrol.store.sessions import Sessions
from callcontrol.store.voice_recordings import VoiceRecordingTable
from callcontrol.telephony import Event


async def start(process: Process, config: Config) -> None:
    """Bring everything up. Asterisk is met last: until then it serves the calls alone."""
    layout, clock, asterisk = Layout(config.runtime_dir), SystemClock(config.clock), config.asterisk
    ari = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
    process.at_end(ari.close)

    store = await open_store(process, config)
    history, messages = CallHistory(store.pool), Mailboxes(store.pool, clock)
    own_recordings = VoiceRecordingTable(store.pool)
    places = last_places(config, layout.asterisk_etc)
    guessers = Guessers(config.limits.sip_guesses, lambda address: is_trunks(address, phones.places))
    accounts = public_passwords.only_own(lambda: _accounts(store.pool, guessers), config)
    files = LineFiles(layout.asterisk_etc, ari, accounts)

    def directories() -> Directory:
        return cache.directory

    def heard(event: Event) -> None:
        round_trip.on_event(event)

    lamps = Lamps(
        messages, AsteriskLamps(ari, f"{public_host(config)}:{config.sip.port}"), directories, clock
    )
    store.listener.subscribe([CHANNEL], lamps.heard, lamps.all_changed)
    known_devices = KnownDevices(lambda line: phones.contacts(None, line), lambda: devices.hears)

    def line_changed(number: str) -> None:
        lamps.changed(number)
        known_devices.changed(number)

    zones_changed = _zones_changed(store.listener)
    cache = await follow_directory(
        process, store, on_lines_changed=files.changed, on_line_changed=line_changed
    )

    def stranger_ended(channel: str) -> None:
        reconnection.stranger_ended(channel)

    live, bell = Broadcast(), Bell(directories, StoredCompanyMails(store.pool), clock)
    guard = SipGuard(
        layout.security_events, layout.asterisk_etc, ari, guessers, KnownAddresses(store.pool), directories, bell,
        clock, files.changed,
    )  # fmt: skip
    watch = FraudWatch(config.limits.outside_calls_per_hour, directories, history, bell)
    watch.toll = toll = Toll(config.limits, watch.note)
    occupancy = Occupancy(lambda line, calls: live.tell(CallsChanged(line, calls)), toll)
    switchboard, outbox = Switchboard(stranger_ended), Outbox(history, messages, DueReminderTable(store.pool))
    trunks = Trunks(config.trunks, clock, Refusals(config.runtime_dir / "trunk-refusals.json", clock.now))
    console, journal = Console(layout.asterisk_run / "asterisk.ctl"), Journal(config.runtime_dir / "journal")
    phones = AsteriskPhoneSystem(ari, console, places, partial(_has_dtls, cache))
    services = call_services(
        config,
        store.pool,
        clock,
        directories=directories,
        in_force=cache,
        phones=phones,
        occupancy=occupancy,
        trunks=trunks,
        toll=toll,
        alarms=bell,
    )
    live_calls = LiveCalls(services, switchboard, journal, outbox, StateTold(live.tell))
    process.at_end(live_calls.step_down)

    imports = FallbackImport(
        config.fallback_dir, layout.fallback_calls, config.media_dir, directories, toll.learn
    )
    fallback = FallbackWatch(ari, imports, history, messages)
    reconnection = Reconnection(
        ari, switchboard, live_calls, occupancy, fallback.calls_over, heard, lamps.all_changed
    )
    connection = Connection(ari, reconnection, on_replaced=partial(process.end, REPLACED))
    round_trip = RoundTrip(ari, connection.connected.is_set, connection.reopen)

    process.up_when(connection.connected.is_set)  # it has taken over what an earlier one left

    devices = _device_events(process, config, known_devices, live, lamps)
    call_side = LocalCallSide(
        phones,
        known_devices,
        occupancy,
        directories,
        live_calls,
        connection,
        trunks,
        clock,
        cache,
        live,
        lambda: round_trip.closed,
        bell,
        guessers,
        toll,
    )
    server = CallSideServer(layout.call_side, call_side)
    await server.start()
    process.at_end(server.stop)
    housekeeping = Housekeeping(
        history,
        messages,
        Sessions(store.pool),
        LogIns(store.pool),
        AuditTrail(store.pool),
        own_recordings,
        MailQueue(store.pool),
        MediaTrash(store.pool),
        clock,
        config.media_dir,
    )
    process.run(
        outbox=outbox.run(),
        devices=devices.run(),
        lines=files.run(),
        fallback_import=fallback.run(),
        housekeeping=housekeeping.run(),
        asterisk=connection.run(),
        lamps=lamps.run(),
        trunks=TrunkWatch(ari, console, RefusalLog(layout.logs / "asterisk.log"), trunks).run(),
        trunk_certificates=trunk_certificates.watch(trunks),
        trunk_names=TrunkNames(config, layout.asterisk_etc, ari, trunks, phones.placed).run(),
        storage=StorageWatch(config.media_dir, config.keep_free, journal.catch_up).run(),
        round_trip=round_trip.run(),
        alarms=bell.run(),
        sip_guard=guard.run(),
        fraud_watch=watch.run(),
        toll=watch.learn(clock.now() - KEPT),
        holidays=_learn_holidays(clock),
        reminders=ReminderCalls(
            config.node,
            DueReminderTable(store.pool),
            live_calls,
            directories,
            clock,
            SystemClock(),
            connection.connected.is_set,
            config.limits.reminders_per_second,
            zones_changed,
        ).run(),
    )


async def _learn_holidays(clock: Clock) -> None:
    """So that no caller waits for the first question about them. Every company is in France yet."""
    await asyncio.to_thread(is_public_holiday, "FR", clock.now().date())


def _device_events(
    process: Process, config: Config, known_devices: KnownDevices, live: Broadcast, lamps: Lamps
) -> DeviceEvents:
    asterisk = config.asterisk
    client = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, f"{asterisk.app}-devices")
    process.at_end(client.close)

    def changed(name: str) -> None:
        known_devices.changed(name)
        live.tell(DevicesChanged(name))
        lamps.device_changed(name)

    def missed() -> None:
        known_devices.all_changed()
        live.tell(ReadAnew())

    return DeviceEvents(client, changed, missed)


def _zones_changed(listener: DatabaseListener) -> asyncio.Event:
    """Set now, and whenever a company, perhaps its time zone, changes or may have."""
    changed = asyncio.Event()
    changed.set()

    def hear(payload: str) -> None:
        if payload.startswith("company "):
            changed.set()

    listener.subscribe(["directory"], hear, changed.set)
    return changed


def _has_dtls(cache: DirectoryCache, line: str) -> bool:
    return cache.directory.has_dtls(line)


async def _accounts(pool: Pool, guessers: Guessers) -> Accounts:
    """What Asterisk is to know of the lines, and of whom it refuses there."""
    found = await Lines(pool).accounts()
    return found._replace(
        lines=[replace(line, refused_from=guessers.kept_from(line.number)) for line in found.lines]
    )


if __name__ == "__main__":
    sys.exit(main(start))
