"""Which flow carries a call: that of its route, from where its story stands, then of each transfer, to its end."""

from __future__ import annotations

from typing import assert_never

import structlog

from callcontrol import incoming, numbers, outgoing
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.call.transfers import let_go
from callcontrol.facts import Line
from callcontrol.flows import announce, reminder, voice_menu
from callcontrol.media.prompts import DEFAULT_LANGUAGE
from callcontrol.routes import ClickToCall, FromLine, FromTrunk, ReminderDue

log = structlog.get_logger()


async def carry(call: Call, services: CallServices) -> None:
    """A line of ours dials, somebody outside calls a number of ours, or we call. Raises ``CallerHungUp``."""
    story = call.journal.story
    decided = story.outgoing is not None or bool(story.hops) or story.first_step is not None
    if story.given_to is not None or (story.over and decided):
        return  # one that left at once is still decided: its record says where it was going
    await let_go(call)  # of before a restart
    if story.transfer is not None and story.blind is None:
        await outgoing.hears_ringing(call)
    try:
        if story.blind is None:
            await _go_the_route(call, services)
        done = None
        while (transfer := story.blind) is not None and transfer is not done:
            done = transfer
            await outgoing.transferred(call, services, transfer, _line(services, transfer.line))
    except announce.DeadEnd as error:
        log.info("call.dead_end", call=call.id, error=str(error))
        if call.first is not None:
            await announce.dead_end(call, services, error.prompt, error.cause, DEFAULT_LANGUAGE)


async def _go_the_route(call: Call, services: CallServices) -> None:
    story = call.journal.story
    match story.by:
        case FromLine(line=number):
            await outgoing.place(call, services, _line(services, number))
        case FromTrunk() if company := voice_menu.company_of(call, services):
            await voice_menu.from_outside(call, services, company)
        case FromTrunk():
            number = story.hop.line if story.hop else story.dialled
            called = services.directory.account(number)
            if called is None:
                raise incoming.NoSuchLine(numbers.redact(number))
            await incoming.reach_line(call, services, called.number)
        case ClickToCall() as route:
            await outgoing.click_to_call(call, services, _line(services, route.line), route)
        case ReminderDue() as route:
            await reminder.remind(call, services, _line(services, route.line), route)
        case _:
            assert_never(story.by)


def _line(services: CallServices, number: str) -> Line:
    line = services.directory.line(number)
    if line is None:  # deleted while its call was under way
        raise incoming.NoSuchLine(numbers.redact(number))
    return line
