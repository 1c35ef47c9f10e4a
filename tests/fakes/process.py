"""One life of the calls process: the real switchboard, live calls, journal and outbox over the fakes.

``die`` is ``kill -9``: nothing of it runs any further. It can be told to die right after its n-th journal entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from callcontrol.call.occupancy import Occupancy
from callcontrol.call.services import CallServices, MenuServices
from callcontrol.call.switchboard import Switchboard
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.changes.services import ChangeServices
from callcontrol.config.load import TrunkConfig
from callcontrol.config.model import LimitsConfig
from callcontrol.directory.directory import Directory
from callcontrol.journal.entries import Entry
from callcontrol.journal.files import CallJournal, Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.journal.story import Story
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.lifecycle.reminder_calls import ReminderCalls
from callcontrol.media.prompts import Prompts
from callcontrol.ports.clock import Clock
from callcontrol.ports.mailbox import Messages, OwnRecordings, RecordingFiles
from callcontrol.telephony import Event, HangupCause
from tests.fakes.alarms import FakeAlarms
from tests.fakes.asterisk import FakeAsterisk
from tests.fakes.phone_system import FakePhoneSystem, ProcessDied
from tests.fakes.reminders import FakeReminders
from tests.fakes.stores import FakeHistory

log = structlog.get_logger()


@dataclass(frozen=True)
class Surroundings:
    """What outlives the process."""

    asterisk: FakeAsterisk
    folder: Path
    directory: Directory
    clock: Clock
    prompts: Prompts
    history: FakeHistory
    messages: Messages
    recordings: RecordingFiles
    own_recordings: OwnRecordings
    changes: ChangeServices
    menu: MenuServices
    reminders: FakeReminders
    trunks: tuple[TrunkConfig, ...]
    limits: LimitsConfig


class Process:
    """The calls process. ``entries`` are those that it wrote to its journal."""

    def __init__(
        self, around: Surroundings, delay: Callable[[], float], die_after: int | None = None
    ) -> None:
        self._around, self._die_after = around, die_after
        self.phones = FakePhoneSystem(around.asterisk, delay)
        self.entries: list[Entry] = []
        self.dead = False
        self.strangers_ended: list[str] = []
        self.alarms = FakeAlarms()
        self.toll = Toll(around.limits)
        self.occupancy = Occupancy(toll=self.toll)
        self.switchboard = Switchboard(self.strangers_ended.append)
        self.outbox = Outbox(around.history, around.messages, around.reminders)
        self.services = CallServices(
            directories=lambda: around.directory,
            phones=self.phones,
            clock=around.clock,
            prompts=around.prompts,
            occupancy=self.occupancy,
            messages=around.messages,
            recordings=around.recordings,
            own_recordings=around.own_recordings,
            changes=around.changes,
            menu=around.menu,
            history=around.history,
            trunks=Trunks(around.trunks),
            host="192.0.2.1",
            toll=self.toll,
            alarms=self.alarms,
        )
        self.journal = WatchedJournal(around.folder, self)
        self.live_calls = LiveCalls(self.services, self.switchboard, self.journal, self.outbox)
        self.reminder_calls = ReminderCalls(
            "node", around.reminders, self.live_calls, lambda: around.directory, around.clock, around.clock,
            lambda: True, around.limits.reminders_per_second, asyncio.Event(),
        )  # fmt: skip
        self.outbox_task = asyncio.create_task(self.outbox.run(), name="outbox")

    # --- the events socket (as asterisk.connection and asterisk.station do it) -----------------------------------

    async def connect(self) -> None:
        """List what exists, make good what was missed, then take the events that came meanwhile."""
        buffered: list[Event] = []
        asterisk = self._around.asterisk
        asterisk.listener = buffered.append
        await asyncio.sleep(0.001)
        now, waiting = asterisk.snapshot(), asterisk.waiting()
        await asyncio.sleep(0.001)
        known = await self.live_calls.resync(now)
        for entered in waiting:
            if entered.channel.id in known or self.switchboard.knows(entered.channel.id):
                continue
            if entered.args[:1] in (("leg",), ("ear",)):
                await self.live_calls.hang_up_stranger(entered.channel.id, HangupCause.NORMAL)
            else:
                self.switchboard.on_event(entered)
        if self.dead:
            return
        for event in buffered:
            self.switchboard_event(event)
        asterisk.listener = self.switchboard_event

    def disconnect(self) -> None:
        """The events socket drops; what happens now is not told."""
        self._around.asterisk.listener = None

    def switchboard_event(self, event: Event) -> None:
        try:
            self.switchboard.on_event(event)
        except ProcessDied:
            return  # it died while it took this event
        except Exception:  # as ``asterisk.connection`` does; a test fails at an error that it does not mean
            log.exception("asterisk.event.not_handled")

    # --- its end ----------------------------------------------------------------------------------------------------

    def wrote(self, entry: Entry) -> None:
        """An entry is on the disk."""
        self.entries.append(entry)
        if len(self.entries) == self._die_after:
            self.die()
            raise ProcessDied

    def die(self) -> None:
        """``kill -9``, now."""
        self.dead = self.phones.dead = True
        self.disconnect()
        self.outbox_task.cancel()
        self._around.asterisk.changed()

    async def over(self) -> None:
        """Let go of the tasks: of a dead process, or of one that steps down (SIGTERM)."""
        self.disconnect()
        self.outbox_task.cancel()
        await self.live_calls.step_down()


class WatchedCallJournal(CallJournal):
    """A journal that a dead process cannot write to, and that counts its entries."""

    def __init__(self, path: Path, story: Story, process: Process) -> None:
        super().__init__(path, story)
        self._process = process

    def write(self, entry: Entry) -> None:
        if self._process.dead:
            raise ProcessDied
        super().write(entry)
        self._process.wrote(entry)


class WatchedJournal(Journal):
    """The real journal with watched files."""

    def __init__(self, folder: Path, process: Process) -> None:
        super().__init__(folder)
        self._process = process

    def begin(self, call: str) -> WatchedCallJournal:
        made = super().begin(call)
        return WatchedCallJournal(made.path, made.story, self._process)

    def left(self) -> Iterator[CallJournal]:
        for made in super().left():
            yield WatchedCallJournal(made.path, made.story, self._process)
