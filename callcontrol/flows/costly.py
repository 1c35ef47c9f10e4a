"""A talk that costs ends when its line has no minute left today; who is refused or cut off for it rings the alarm."""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part, in_seconds, together
from callcontrol.facts import Line
from callcontrol.flows import talk as talking
from callcontrol.routing.situation import COSTLY
from callcontrol.routing.steps import OutgoingStep, Step
from callcontrol.telephony import HangupCause

LOOK_SECONDS = 5.0
"""How often a talk looks how many minutes are left."""
RULES = frozenset({"outgoing.costly_spent", "voicemail.costly_spent"})


class _Spent(Part[bool]):
    """Until the line has no minute left."""

    def __init__(self, services: CallServices, line: Line) -> None:
        self._services, self._line = services, line
        self.deadline = in_seconds(LOOK_SECONDS)

    async def begin(self) -> bool | None:
        return None

    async def on(self, event: CallEvent | None) -> bool | None:
        if event is not None:
            return None
        self.deadline = in_seconds(LOOK_SECONDS)
        return True if self._services.costly_today(self._line).no_minute_left else None

    async def end(self) -> None:
        """Nothing was made."""


async def talk(call: Call, services: CallServices, line: Line, leg: Leg, number: str) -> bool:
    """The caller and ``leg`` talk, at the cost of ``line``, until one leaves (False) or the line has no minute left
    (True: the leg is gone, the caller still there). Raises ``CallerHungUp``."""
    if numbers.classify(number) not in COSTLY:
        await talking.talk(call, leg)
        return False
    spent = _Spent(services, line)
    part, _ = await together(call, talking.Talking(call, leg), spent)
    if part is not spent:
        return False
    ring(services, line)
    await call.drop([leg], HangupCause.NORMAL)
    await call.leave_bridge()
    return True


def tell(services: CallServices, line: Line, step: Step | OutgoingStep) -> None:
    """Ring where the daily limit has decided."""
    if step.because.rule in RULES:
        ring(services, line)


def ring(services: CallServices, line: Line) -> None:
    """Ring: the line has reached its limit."""
    costly = services.costly_today(line)
    about = (("calls", str(costly.most_calls)), ("minutes", str(costly.most_minutes)))
    services.alarms.ring(Alarm(AlarmKind.COSTLY_LIMIT, line.number, line.company, about))
