"""What the flows of the calls' process may use, built on its database, its telephone system and its folders."""

from __future__ import annotations

from collections.abc import Callable

from callcontrol.asterisk.names import reached_at
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.services import CallServices, MenuServices
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.changes.ports import InForce
from callcontrol.changes.services import ChangeServices
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.media.own_recordings import OwnRecordingFolder
from callcontrol.media.prompts import Prompts, shipped_sounds
from callcontrol.media.recordings import RecordingFolder
from callcontrol.media.voice import VoiceFolder
from callcontrol.ports.alarms import Alarms
from callcontrol.ports.clock import Clock
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.runtime.public_passwords import refused_secrets
from callcontrol.store.box_access import AuditedNotices, StoredBoxAccess
from callcontrol.store.calls import CallHistory
from callcontrol.store.contacts import Contacts
from callcontrol.store.forward_numbers import ForwardNumbers
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool
from callcontrol.store.reminders import ReminderTable
from callcontrol.store.settings import SettingsStore
from callcontrol.store.voice_recordings import VoiceRecordingTable


def call_services(
    config: Config,
    pool: Pool,
    clock: Clock,
    *,
    directories: Callable[[], Directory],
    in_force: InForce,
    phones: PhoneSystem,
    occupancy: Occupancy,
    trunks: Trunks,
    toll: Toll,
    alarms: Alarms,
) -> CallServices:
    """``directories`` gives the present directory, ``in_force`` waits until that has a change."""
    messages, own_recordings = Mailboxes(pool, clock), VoiceRecordingTable(pool)
    voices = VoiceFolder(config.media_dir, config.recording_dir)
    return CallServices(
        directories=directories,
        phones=phones,
        clock=clock,
        prompts=Prompts(shipped_sounds(), config.sounds_dir),
        occupancy=occupancy,
        messages=messages,
        recordings=RecordingFolder(config.recording_dir, config.media_dir, config.keep_free),
        own_recordings=OwnRecordingFolder(own_recordings, voices, clock),
        changes=ChangeServices(
            SettingsStore(pool),
            Contacts(pool),
            ForwardNumbers(pool),
            directories,
            in_force,
            own_recordings,
            voices,
            ReminderTable(pool),
        ),
        menu=MenuServices(messages, StoredBoxAccess(pool, refused_secrets(config)), AuditedNotices(pool)),
        history=CallHistory(pool),
        trunks=trunks,
        host=public_host(config),
        toll=toll,
        alarms=alarms,
        most_emergency=config.limits.emergency_calls,
    )


def public_host(config: Config) -> str:
    """Where the outside reaches our SIP."""
    return config.sip.external_address or reached_at(config.sip.bind)
