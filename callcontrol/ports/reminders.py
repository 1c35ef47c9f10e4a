"""The reminders that are due, and what their calls came to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callcontrol.reminders.reminder import Reminder, Tried


class ReminderOutcomes(Protocol):
    """Where it is written what a call that gave a reminder came to."""

    async def settle(self, tried: Tried) -> None:
        """The reminder of that call goes on by it; once, however often this is told. Raises ``StoreDown``."""
        ...


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder that is given now, and the id of the call that gives it."""

    reminder: Reminder
    call: str


class DueReminders(ReminderOutcomes, Protocol):
    """The reminders whose time has come. Every method raises ``StoreDown``. ``by`` names whoever calls them;
    ``present`` and ``until`` are the true time's, by which what nobody renews is known to be lost."""

    async def take(self, by: str, most: int, now: datetime, until: datetime) -> Sequence[DueReminder]:
        """Take up to ``most`` that are due, the longest due first, one of a line at a time. Those that are too late are
        missed instead."""
        ...

    async def still_called(self, by: str) -> Sequence[str]:
        """The calls that give what ``by`` has taken."""
        ...

    async def renew(self, calls: Collection[str], until: datetime) -> None:
        """These calls go on."""
        ...

    async def release(self, calls: Collection[str]) -> None:
        """These calls never came to be: what they were to give is due as before."""
        ...

    async def give_up_lost(self, by: str, now: datetime, present: datetime) -> int:
        """What others have taken and nobody renews any more is missed: nobody knows whether it was given. How many."""
        ...

    async def move(self, now: datetime) -> int:
        """Plan anew what was planned in another time zone than its company's; how many, 0 when all is right."""
        ...
