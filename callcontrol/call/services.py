"""Everything that a flow may use besides its call. Built once, by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from callcontrol.call.call import Call
from callcontrol.call.occupancy import Occupancy
from callcontrol.call.sound_offers import SoundOffers
from callcontrol.call.toll import Toll
from callcontrol.call.trunks import Trunks
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import CostlyToday, Line
from callcontrol.journal.story import Story
from callcontrol.media.prompts import Prompts
from callcontrol.ports.alarms import Alarms
from callcontrol.ports.clock import Clock
from callcontrol.ports.history import RecentCalls
from callcontrol.ports.mailbox import BoxAccess, Boxes, Messages, Notices, OwnRecordings, RecordingFiles
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.routes import ClickToCall


@dataclass(frozen=True, slots=True)
class MenuServices:
    """What the voice menu works with besides."""

    boxes: Boxes
    access: BoxAccess
    notices: Notices


class MakesCalls(Protocol):
    """Who begins and ends calls, and knows them: ``LiveCalls``."""

    def stories(self) -> list[Story]:
        """Of every call under way, and of those that are over but not in the database yet."""
        ...

    def make(self, route: ClickToCall, line: Line) -> str:
        """Begin a call of our own, for ``line``; its id."""
        ...

    def end(self, call: str) -> bool:
        """End a call under way; False when there is none of that id."""
        ...


@dataclass(slots=True)
class Others:
    """How a call begins, ends and knows others; ``by`` is there as soon as calls are."""

    by: MakesCalls | None = None

    def stories(self) -> list[Story]:
        """As ``MakesCalls.stories``."""
        assert self.by is not None, "a flow runs in a call, which LiveCalls made"
        return self.by.stories()

    def make(self, route: ClickToCall, line: Line) -> str:
        """As ``MakesCalls.make``."""
        assert self.by is not None, "a flow runs in a call, which LiveCalls made"
        return self.by.make(route, line)

    def end(self, call: str) -> bool:
        """As ``MakesCalls.end``."""
        assert self.by is not None, "a flow runs in a call, which LiveCalls made"
        return self.by.end(call)


@dataclass(frozen=True, slots=True)
class CallServices:
    """Shared by all calls. ``host`` stands in the headers that name our lines (Diversion, History-Info)."""

    directories: Callable[[], Directory]
    """The present directory: the cache may replace it as a whole."""
    phones: PhoneSystem
    clock: Clock
    prompts: Prompts
    occupancy: Occupancy
    messages: Messages
    recordings: RecordingFiles
    own_recordings: OwnRecordings
    changes: ChangeServices
    """The one way in which a call changes a setting."""
    menu: MenuServices
    history: RecentCalls
    trunks: Trunks
    host: str
    toll: Toll
    alarms: Alarms
    most_emergency: int = 5
    """Emergency calls of one line at once; further ones wait (spec §2.2)."""
    others: Others = field(default_factory=Others)
    offers: SoundOffers = field(default_factory=SoundOffers)
    """What phones take."""
    calls: dict[str, Call] = field(default_factory=dict)
    """Every call under way, by its id; ``LiveCalls`` alone adds and removes."""

    def costly_today(self, line: Line) -> CostlyToday:
        """What the line has called today that costs, and what it may."""
        return self.toll.today(line.number, self.directory.company(line.company), self.clock.now())

    @property
    def directory(self) -> Directory:
        """Companies, lines and settings as they are now."""
        return self.directories()
