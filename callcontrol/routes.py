"""How a call came to be: it came in from a line or a trunk, or we make it ourselves. Pure data, told in its story.

Kept with the call, so that nobody has to work it out again after a restart (a line deleted meanwhile is still the
line that called).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FromLine:
    """A phone of ours dialled."""

    line: str


@dataclass(frozen=True, slots=True)
class FromTrunk:
    """Somebody outside called one of our numbers."""

    trunk: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A busy ``line`` of ours is waited for, ``until`` then at most (UTC)."""

    line: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ClickToCall:
    """Ours (spec §2.7): ``line`` asked to be called at ``first``, then to be joined to ``to``.

    ``first`` is a number of a line of ours or a canonical number outside; ``to`` is as dialled.
    """

    line: str
    first: str
    to: str
    awaited: Awaited | None = None
    """Nobody is called before that line is free (``*66``)."""


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """Ours (spec §8): the phones of ``line`` are called to give it a reminder. ``announcement`` is the id of a
    recording."""

    line: str
    reminder: str
    description: str = ""
    announcement: str | None = None

    @property
    def to(self) -> str:
        """Who is called: the line itself."""
        return self.line


OurOwn = ClickToCall | ReminderDue
"""Calls that we make."""
Route = FromLine | FromTrunk | ClickToCall | ReminderDue
