"""A call from one of our phones: what was dialled becomes a colleague, an outside number, a code or a reason.

``routing.outgoing`` decides; this carries it out. Internal calls go on in ``incoming.reach_line``.
"""

from __future__ import annotations

from typing import assert_never

import structlog

from callcontrol import numbers, star_codes
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.codes import run as codes
from callcontrol.config.load import TrunkConfig
from callcontrol.facts import Line, LineState, Presentation
from callcontrol.flows import announce, costly, outside, pick_up, watch
from callcontrol.flows.emergency import its_turn
from callcontrol.flows.first_party import call_first
from callcontrol.incoming import reach_line
from callcontrol.ivr import menu
from callcontrol.ivr.visit import CallBack
from callcontrol.journal import entries
from callcontrol.routes import ClickToCall
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.presentation import Presented
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    OutgoingStep,
    Refuse,
    RunStarCode,
)
from callcontrol.sip import leg_identity

log = structlog.get_logger()

OUTSIDE_SECONDS = 180.0
"""An outside number may ring for so long; its own network usually ends it before."""


async def place(call: Call, services: CallServices, line: Line) -> None:
    """Carry out the call that ``line`` makes, to its end. Raises ``CallerHungUp`` when the line hangs up."""
    story = call.journal.story
    step = story.outgoing
    if step is None:
        step = _decide(call, services, line, story.dialled)
        call.tell(
            entries.OutgoingDecided(services.clock.now(), step)
        )  # books it: no await since the count was read
    log.info("call.outgoing", call=call.id, line=numbers.redact(line.number), rule=step.because.rule)
    await _carry_out(step, call, services, line)


async def click_to_call(call: Call, services: CallServices, line: Line, route: ClickToCall) -> None:
    """Call the first party, then the destination as if ``line`` had dialled it (spec §2.7)."""
    if call.first is None:
        first = call.journal.story.first_step
        if (
            first is None
            and route.awaited is not None
            and not await watch.is_free(call, services, route.awaited)
        ):
            return
        if first is None:
            first = _decide(call, services, line, route.first)
            call.tell(entries.FirstPartyDecided(services.clock.now(), first))
        log.info("call.first_party", call=call.id, line=numbers.redact(line.number), rule=first.because.rule)
        if not await call_first(call, services, line, first, route.to):
            return
    undecided = call.journal.story.outgoing is None
    if undecided and route.awaited is not None and not await watch.wants_it(call, services, line):
        return
    await place(call, services, line)


def _decide(call: Call, services: CallServices, line: Line, dialled: str) -> OutgoingStep:
    """What becomes of ``dialled``, by the facts of this moment."""
    company = services.directory.company(line.company)
    state = LineState(
        calls=services.occupancy.calls_of(line.number, but=call.id),
        company_outside_calls=services.occupancy.outside_calls_of(company.id),
        costly=services.costly_today(line),
    )
    withheld = call.journal.story.caller.presentation is Presentation.ANONYMOUS
    settings, directory = services.directory.settings(line.number), services.directory
    step = decide_outgoing(line, company, settings, state, dialled, directory, withheld_by_phone=withheld)
    costly.tell(services, line, step)
    return step


async def _carry_out(step: OutgoingStep, call: Call, services: CallServices, line: Line) -> None:
    match step:
        case CallLine():
            await reach_line(call, services, step.line)
        case CallOutside():
            presented = Presented(step.present, line.name, step.withheld)
            await _outside(call, services, line, step.number, presented)
        case CallEmergency():
            await its_turn(call, services, line)
            presented = Presented(step.present, line.name, withheld=False)
            await _outside(call, services, line, step.number, presented, emergency=True)
        case RunStarCode():
            await _star_code(step, call, services, line)
        case Refuse():
            await announce.refuse(call, services, step, line.language)
        case _:
            assert_never(step)


async def _star_code(step: RunStarCode, call: Call, services: CallServices, line: Line) -> None:
    """Obey a code; a number that is called back or redialled is called as if it had been dialled."""
    match step.code:
        case star_codes.PICK_UP_IN_GROUP | star_codes.PICK_UP_AT_EXTENSION as code:
            await pick_up.pick_up(call, services, line, code, step.argument)
            return
        case star_codes.VOICE_MENU:
            end = await menu.from_phone(call, services, line)
            number = end.number if isinstance(end, CallBack) else None
        case _:
            number = await codes.run(call, services, line, step)
    if number is not None:
        call.tell(entries.OutgoingDecided(services.clock.now(), _decide(call, services, line, number)))
        await place(call, services, line)


async def _outside(
    call: Call,
    services: CallServices,
    line: Line,
    number: str,
    presented: Presented,
    *,
    emergency: bool = False,
) -> None:
    """Call ``number`` through the trunks, talk, or say why not."""

    def dressed(trunk: TrunkConfig) -> leg_identity.Variables:
        return leg_identity.to_trunk(presented, trusted=trunk.trusted, spelling=trunk.number_format)

    target = outside.Outside(number, OUTSIDE_SECONDS, dressed, emergency=emergency)
    result = await outside.through_trunks(call, services, target)
    if isinstance(result, Leg):
        if await costly.talk(call, services, line, result, number):
            await announce.announce(call, services, "daily-limit-reached", line.language)
        return
    await call.leave_bridge()
    telling = outside.telling(result)
    await announce.dead_end(call, services, telling.prompt, telling.cause, line.language)
