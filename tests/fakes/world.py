"""The whole small world of a scripted call: demo company, phones, trunk, database, and the app's process in it.

world.line("4003").device(rings=2, answers=5)
call = world.trunk_call(to="0222969570", caller="+33145678901")
await call.talks()
await call.hangs_up(after=3)
world.nothing_left()
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from callcontrol import ids
from callcontrol.asterisk_conf.accounts import encode_stasis_args
from callcontrol.call.call import Call
from callcontrol.call.services import MenuServices
from callcontrol.changes.services import ChangeServices
from callcontrol.config.load import TrunkConfig
from callcontrol.config.model import LimitsConfig
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Licence, Line
from callcontrol.journal.entries import Entered, Entry, LegEnded
from callcontrol.media.prompts import Prompts, shipped_sounds
from callcontrol.reminders.reminder import Reminder
from callcontrol.routes import ClickToCall, ReminderDue
from tests.fakes.actors import Caller, LineActor, MadeCall
from tests.fakes.asterisk import FakeAsterisk
from tests.fakes.behaviour import Behaviour
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import MORNING, LoopClock
from tests.fakes.phone_system import ONE_WAY_SECONDS, ProcessDied
from tests.fakes.process import Process, Surroundings
from tests.fakes.reminders import FakeReminders
from tests.fakes.settings import Audited, FakeContactBooks, FakeDocuments, FakeInForce, FakeSavedNumbers
from tests.fakes.stores import (
    FakeBoxAccess,
    FakeBoxes,
    FakeDatabase,
    FakeHistory,
    FakeMessages,
    FakeNotices,
    FakeRecordings,
)
from tests.fakes.voices import FakeOwnRecordings, FakeVoiceFiles, FakeVoiceRecordings

COMPANY = Company("demo", "Démo", main_caller_id="0222969500")
LINES = (
    Line("0222969569", "demo", "Camille Martin", extension="4002", site_number="0222969501"),
    Line("0222969570", "demo", "Dominique Petit", extension="4003", licence=Licence.SIMPLE),
    Line("0222969571", "demo", "Claude Durand", extension="4004", language="en"),
    Line("0222969572", "demo", "Sacha Bernard", extension="4005"),
)
TRUNK = TrunkConfig("operator", "192.0.2.200", 5060, ("192.0.2.200",))
SETTLE_SECONDS = 30.0


@cache
def shipped_prompts() -> Prompts:
    """The product's own prompts; read once."""
    return Prompts(shipped_sounds(), None)


class World:
    """Begins at first use. ``delay`` gives the seconds of a command's way; ``trunks`` the ways outside; ``begin``
    what the clock shows when the loop's time is 0."""

    def __init__(
        self,
        folder: Path,
        company: Company = COMPANY,
        trunks: tuple[TrunkConfig, ...] = (TRUNK,),
        delay: Callable[[], float] = lambda: ONE_WAY_SECONDS,
        begin: datetime = MORNING,
        limits: LimitsConfig | None = None,
    ) -> None:
        self.folder = folder / "journal"
        self.asterisk = FakeAsterisk()
        self.asterisk.trunks = {trunk.name for trunk in trunks}
        self.database = FakeDatabase()
        self.history, self.messages = FakeHistory(self.database), FakeMessages(self.database)
        self.recordings = FakeRecordings(self.asterisk.media)
        self.directory = Directory(_refuse)
        self.directory.put_company(company)
        for line in LINES:
            self.directory.put_line(line)
        self.access, self.notices = FakeBoxAccess(self.database), FakeNotices()
        boxes = FakeBoxes(self.messages, self.recordings)
        menu = MenuServices(boxes, self.access, self.notices)
        changes = self._changes()
        self._around = Surroundings(
            self.asterisk, self.folder, self.directory, LoopClock(begin), shipped_prompts(),
            self.history, self.messages, self.recordings, self.own_recordings, changes, menu, self.reminders, trunks,
            limits or LimitsConfig(),
        )  # fmt: skip
        self._delay = delay
        self._process: Process | None = None
        self.processes: list[Process] = []
        self._numbers = itertools.count(1)
        self._lines: dict[str, LineActor] = {}
        self.documents: dict[str, dict[str, dict[str, Any]]] = {}
        """Line to name to the settings document that a test gave it."""
        self.callers: list[Caller] = []
        self.made: list[MadeCall] = []
        self.die_after: int | None = None
        """The next process dies right after its n-th journal entry."""

    def _changes(self) -> ChangeServices:
        """Settings that calls change, obeyed at once."""
        self.audited = Audited()
        self.kept_documents, books = FakeDocuments(self.audited), FakeContactBooks(self.audited)
        in_force = FakeInForce(self.directory, self.kept_documents, books)
        saved = FakeSavedNumbers(self.audited)
        self.reminders = FakeReminders(self.audited, lambda: self.directory)
        rows = FakeVoiceRecordings(self.audited, self.kept_documents)
        self.own_recordings = FakeOwnRecordings(self.asterisk.media, rows)
        return ChangeServices(
            self.kept_documents,
            books,
            saved,
            lambda: self.directory,
            in_force,
            rows,
            FakeVoiceFiles(),
            self.reminders,
        )

    # --- who is there ---------------------------------------------------------------------------------------

    def line(self, name: str) -> LineActor:
        """A line by its extension or number."""
        found = self.directory.line(name) or self.directory.line(self.directory.extension("demo", name) or "")
        assert found is not None, f"there is no line {name}"
        return self._lines.setdefault(found.number, LineActor(self, found))

    def change_line(self, name: str, **fields: Any) -> None:
        """Provision a line otherwise, e.g. ``max_calls=1``."""
        actor = self.line(name)
        actor.line = replace(actor.line, **fields)
        self.directory.put_line(actor.line)

    def outside(self, number: str, does: Behaviour | None = None, **behaviour: Any) -> None:
        """A number outside (as dialled through the trunk) behaves so; others are unknown (404)."""
        self.asterisk.outside[number] = does or Behaviour(**behaviour)

    def legs_outside(self, number: str) -> list[FakeChannel]:
        """Every leg that was made to ``number`` through the trunk."""
        return [c for c in self.asterisk.every_channel() if f"/sip:{number}@" in c.endpoint]

    def entries(self) -> list[Entry]:
        """The journal entries of every process so far."""
        return [entry for process in self.processes for entry in process.entries]

    # --- calls ------------------------------------------------------------------------------------------------

    def trunk_call(
        self, to: str, caller: str = "+33145678901", speaks: float | None = None, **headers: Any
    ) -> Caller:
        """A call from outside. ``headers`` are further arguments of Stasis: ``privacy="id"``, ``pai=…``."""
        sender = headers.pop("sender", f'"Société Dupont" <sip:{caller}@operator.invalid>')
        given = {"kind": "trunk", "dialled": to, "endpoint": "operator", "from": sender, **headers}
        return self._enter(f"PJSIP/operator-{next(self._numbers):08x}", given, speaks)

    def line_call(self, line: LineActor, dialled: str, remote: str, **details: Any) -> Caller:
        """A call from a phone of ours."""
        given = {"kind": "line", "dialled": dialled, "endpoint": line.number, "remote_addr": remote}
        given["from"] = f"<sip:{line.number}@192.0.2.1>"
        speaks = details.pop("speaks", None)
        return self._enter(f"PJSIP/{line.number}-{next(self._numbers):08x}", given | details, speaks)

    def made_call(self, line: LineActor, first: str, to: str) -> MadeCall:
        """A call that we make for ``line``."""
        process = self.process
        with suppress(ProcessDied):  # right after its first entry
            process.live_calls.make(ClickToCall(line.number, first, to), line.line)
        call = next(e.call for e in reversed(process.entries) if isinstance(e, Entered))
        self.made.append(MadeCall(self, call))
        return self.made[-1]

    def reminder_call(self, line: LineActor, reminder: Reminder) -> MadeCall:
        """The call that gives a reminder of ``line``, which is due."""
        process, call = self.process, ids.uuid7()
        self.reminders.rows[reminder.id] = reminder
        self.reminders.calls[call] = reminder.id
        route = ReminderDue(line.number, reminder.id, reminder.description, reminder.announcement)
        with suppress(ProcessDied):
            process.live_calls.make(route, line.line, call)
        self.made.append(MadeCall(self, call))
        return self.made[-1]

    def stranger(self, *args: str) -> FakeChannel:
        """A channel with other arguments than our dialplan gives enters our application."""
        assert self.process is not None
        channel = FakeChannel(
            "stranger", "PJSIP/stranger-00000001", "PJSIP/stranger", inbound=True, args=args
        )
        self.asterisk.enter(channel)
        return channel

    def _enter(self, name: str, given: dict[str, str], speaks: float | None) -> Caller:
        assert self.process is not None  # it begins with the first call
        endpoint = name.rpartition("-")[0]
        channel = FakeChannel(f"channel-{name[-8:]}", name, endpoint, inbound=True, speaks=speaks)
        channel.args = tuple(encode_stasis_args(given))
        caller = Caller(self, channel)
        self.callers.append(caller)
        self.asterisk.enter(channel)
        return caller

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Let something happen in so many seconds, whatever the app does meanwhile."""
        asyncio.get_running_loop().call_later(seconds, what)

    # --- the process -------------------------------------------------------------------------------------------

    @property
    def process(self) -> Process:
        """The process that looks after the calls; the first one begins when it is asked for."""
        if self._process is None:
            self._process = self._begin()
            self.asterisk.listener = self._process.switchboard_event
        return self._process

    def _begin(self) -> Process:
        process = Process(self._around, self._delay, self.die_after)
        self.die_after = None
        self.processes.append(process)
        return process

    async def crashes(self, away: float = 0.5) -> None:
        """``kill -9`` now, and a new process after ``away`` seconds."""
        self.process.die()
        await self.returns(away)

    async def dies(self) -> None:
        """Until the process is dead (see ``die_after``)."""
        await self.asterisk.until(lambda: self.process.dead, within=400)

    async def returns(self, away: float = 0.0) -> None:
        """A new process over the same journal and telephone system."""
        old = self.process
        await old.over()
        await asyncio.sleep(away)
        await self.begins()

    async def begins(self) -> None:
        """A process over the journal and telephone system that it finds."""
        self._process = self._begin()
        await self._process.connect()

    async def asterisk_restarts(self, away: float = 1.0) -> None:
        """Asterisk is killed under the living app, and comes back with nothing."""
        self.process.phones.down = True
        self.asterisk.die()
        await asyncio.sleep(away)
        self.process.phones.down = False
        await self.process.connect()

    # --- the end ------------------------------------------------------------------------------------------------

    async def settles(self, within: float = SETTLE_SECONDS) -> None:
        """Until every caller's end has been dealt with and delivered; TimeoutError after ``within`` seconds."""
        async with asyncio.timeout(within):
            while not self._settled():  # noqa: ASYNC110 - on virtual time a look is free
                await asyncio.sleep(0.02)

    def _settled(self) -> bool:
        process = self.process
        going_on = all(self._goes_on(call) for call in process.live_calls.calls.values())
        return going_on and (self.database.down or not process.outbox.calls)

    def _goes_on(self, call: Call) -> bool:
        """Whether its caller, or whoever we called first, is there; one whose caller was given away ends by itself."""
        return not call.given_away and (call.first is None or call.channel in self.asterisk.channels)

    def nothing_left(self) -> None:
        """Nothing of any call is left anywhere, and the app did nothing that Asterisk would punish."""
        asterisk, process = self.asterisk, self.process
        assert asterisk.faults == []
        assert list(asterisk.channels) == []
        assert list(asterisk.bridges.members) == []
        assert list(asterisk.media.recordings) == []
        assert process.live_calls.calls == {}
        assert process.occupancy.empty
        assert [c.id for c in asterisk.past.values() if process.switchboard.knows(c.id)] == []
        assert sorted(path.name for path in self.folder.iterdir()) == []
        ours = {asyncio.current_task(), process.outbox_task}
        assert [task.get_name() for task in asyncio.all_tasks() - ours if not task.done()] == []
        assert process.live_calls._tasks == {}  # the tasks that it keeps, over or not
        ends = [entry.leg for entry in process.entries if isinstance(entry, LegEnded)]
        assert len(ends) == len(set(ends)), "each leg ends once"
        assert set(self.history.writes.values()) <= {1}
        kept = {message.path for message in self.messages.rows.values()}
        assert set(self.recordings.kept) == kept, "every kept file has its message"
        assert asterisk.media.files == {}


def _refuse(line: str, document: str, error: Exception) -> None:
    raise error
