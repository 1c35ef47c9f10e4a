"""Pick up a call that rings at another phone (spec §2.6): ``*8`` in my pickup group, ``**`` at an extension."""

from __future__ import annotations

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.hand_over import hand_over, may_be_taken
from callcontrol.call.services import CallServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import Line
from callcontrol.flows import announce
from callcontrol.star_codes import PICK_UP_IN_GROUP
from callcontrol.telephony import HangupCause

log = structlog.get_logger()


async def pick_up(call: Call, services: CallServices, line: Line, code: str, extension: str) -> None:
    """Give ``call``, which a phone of ``line`` placed, to the call that has rung longest there; it goes on in that one.

    Who comes too late hears so.
    """
    directory = services.directory
    if code == PICK_UP_IN_GROUP:
        where = group_of(line, directory)
    else:
        where = frozenset(filter(None, [directory.extension(line.company, extension)]))
    found = ringing_at(services, where - {line.number})
    if found is None:
        await announce.dead_end(call, services, "nothing-to-pick-up", HangupCause.UNALLOCATED, line.language)
        return
    log.info("call.picked_up", call=found.id, by=call.id, line=numbers.redact(line.number))
    hand_over(call, found, line.number)


def group_of(line: Line, directory: Directory) -> frozenset[str]:
    """Every line that shares a pickup group with ``line``."""
    groups = set(line.pickup_groups)
    return frozenset(
        other.number for other in directory.lines(line.company) if groups & set(other.pickup_groups)
    )


def ringing_at(services: CallServices, lines: frozenset[str]) -> Call | None:
    """The call that has rung longest at one of ``lines`` and that nobody has taken yet."""
    ringing = [
        call
        for call in services.calls.values()
        if call.journal.story.rings_at in lines and may_be_taken(call)
    ]
    return min(ringing, key=lambda call: call.id, default=None)  # ids are in order of time
