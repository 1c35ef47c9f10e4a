"""A talk that costs ends when its line has no minute left today; who is refused or cut off for it rings the alarm."""

from __future__ import annotations

from dataclasses import dataclass

from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part, in_seconds
from callcontrol.call.toll import outside_calls
from callcontrol.facts import Line
from callcontrol.routing.steps import OutgoingStep, Step

LOOK_SECONDS = 5.0
"""How often a talk looks how many minutes are left."""
RULES = frozenset({"outgoing.costly_spent", "voicemail.costly_spent"})


@dataclass(frozen=True, slots=True)
class Spent:
    """``line`` has no minute left today."""

    line: Line


class _Watching(Part[Spent]):
    """Until the line has no minute left."""

    def __init__(self, services: CallServices, line: Line) -> None:
        self._services, self._line = services, line
        self.deadline = in_seconds(LOOK_SECONDS)

    async def begin(self) -> Spent | None:
        return None

    async def on(self, event: CallEvent | None) -> Spent | None:
        if event is not None:
            return None
        self.deadline = in_seconds(LOOK_SECONDS)
        return Spent(self._line) if self._services.costly_today(self._line).no_minute_left else None

    async def end(self) -> None:
        """Nothing was made."""


def watch(call: Call, services: CallServices) -> list[Part[Spent]]:
    """A part for each line that pays for something costly in this talk, whoever of it has been transferred."""
    going_on = (each for each in outside_calls(call.journal.story) if each.costly and each.ended_at is None)
    lines = {each.line: services.directory.account(each.line) for each in going_on}
    return [_Watching(services, line) for line in lines.values() if line is not None]


def tell(services: CallServices, line: Line, step: Step | OutgoingStep) -> None:
    """Ring where the daily limit has decided."""
    if step.because.rule in RULES:
        ring(services, line)


def ring(services: CallServices, line: Line) -> None:
    """Ring: the line has reached its limit."""
    costly = services.costly_today(line)
    about = (("calls", str(costly.most_calls)), ("minutes", str(costly.most_minutes)))
    services.alarms.ring(Alarm(AlarmKind.COSTLY_LIMIT, line.number, line.company, about))
