"""Emergency calls are bounded by nothing but a flood (spec §2.2): those of one line beyond its number at once wait,
hear that their call is under way, and go out in their turn as others end."""

from __future__ import annotations

from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.services import CallServices
from callcontrol.call.together import Part, in_seconds, together
from callcontrol.dialogue.play import Playing
from callcontrol.facts import Line

LOOK_SECONDS = 0.25
"""How often a call that waits looks whether its turn has come."""


class _Turn(Part[bool]):
    """Until fewer emergency calls of the line than ``most_emergency`` came before this one and still go on."""

    def __init__(self, call: Call, services: CallServices, line: str) -> None:
        self._call, self._services, self._line = call, services, line
        self.deadline = in_seconds(LOOK_SECONDS)

    async def begin(self) -> bool | None:
        before = self._services.occupancy.emergencies_before(self._line, self._call.id)
        return True if before < self._services.most_emergency else None

    async def on(self, event: CallEvent | None) -> bool | None:
        if event is None:
            self.deadline = in_seconds(LOOK_SECONDS)
        return await self.begin()

    async def end(self) -> None:
        """Nothing was made."""


async def its_turn(call: Call, services: CallServices, line: Line) -> None:
    """Wait until this emergency call may go out: at once, unless its line floods. Raises ``CallerHungUp``."""
    turn = _Turn(call, services, line.number)
    placed = any(leg is not call.first and not leg.ended for leg in call.legs.values())  # before a restart
    if placed or await turn.begin():
        return
    services.occupancy.emergency_floods += 1
    about = (("most", str(services.most_emergency)),)
    services.alarms.ring(Alarm(AlarmKind.EMERGENCY_FLOOD, line.number, line.company, about))
    media = [services.prompts.media("emergency-connecting", line.language)]
    await together(call, turn, Playing(call, call.caller, media, again=True))
