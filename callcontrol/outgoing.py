"""A call from one of our phones: what was dialled becomes a colleague, an outside number, a code or a reason.

``routing.outgoing`` decides; this carries it out. Internal calls go on in ``incoming.reach_line``.
"""

from __future__ import annotations

from typing import assert_never

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.config.load import TrunkConfig
from callcontrol.facts import Company, Line, LineState, Presentation
from callcontrol.flows import announce, outside
from callcontrol.flows.talk import talk
from callcontrol.incoming import reach_line
from callcontrol.journal import entries
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.presentation import Presented
from callcontrol.routing.steps import (
    Busy,
    CallEmergency,
    CallLine,
    CallOutside,
    NoAnswer,
    OutgoingStep,
    Refuse,
    RunStarCode,
)
from callcontrol.sip import leg_identity
from callcontrol.telephony import HangupCause

log = structlog.get_logger()

OUTSIDE_SECONDS = 180.0
"""An outside number may ring for so long; its own network usually ends it before."""

_DEAD_ENDS = {Busy: ("line-busy", HangupCause.BUSY), NoAnswer: ("no-answer", HangupCause.NO_ANSWER)}


async def place(call: Call, services: CallServices, line: Line) -> None:
    """Carry out the call that ``line`` makes, to its end. Raises ``CallerHungUp`` when the line hangs up."""
    company = services.directory.company(line.company)
    story = call.journal.story
    step = story.outgoing
    if step is None:
        state = LineState(
            calls=services.occupancy.calls_of(line.number, but=call.id),
            company_outside_calls=services.occupancy.outside_calls_of(company.id),
        )
        settings = services.directory.settings(line.number)
        step = decide_outgoing(
            line,
            company,
            settings,
            state,
            story.dialled,
            services.directory,
            withheld_by_phone=story.caller.presentation is Presentation.ANONYMOUS,
        )
        call.tell(entries.OutgoingDecided(services.clock.now(), step))
    if isinstance(step, (CallLine, CallOutside)):  # emergency calls, codes and refusals count for no limit
        services.occupancy.take_line(line.number, call.id)  # no await since the count was read
    log.info("call.outgoing", call=call.id, line=numbers.redact(line.number), rule=step.because.rule)
    await _carry_out(step, call, services, line, company)


async def _carry_out(
    step: OutgoingStep, call: Call, services: CallServices, line: Line, company: Company
) -> None:
    match step:
        case CallLine():
            await reach_line(call, services, step.line)
        case CallOutside():
            presented = Presented(step.present, line.name, step.withheld)
            await _outside(call, services, line, company, step.number, presented)
        case CallEmergency():
            presented = Presented(step.present, line.name, withheld=False)
            await _outside(call, services, line, company, step.number, presented)
        case RunStarCode():
            await announce.announce(call, services, "service-unavailable", line.language)
        case Refuse():
            await announce.refuse(call, services, step, line.language)
        case _:
            assert_never(step)


async def _outside(
    call: Call, services: CallServices, line: Line, company: Company, number: str, presented: Presented
) -> None:
    """Call ``number`` through the trunks, talk, or say why not."""
    if not numbers.is_emergency(number):
        services.occupancy.take_trunk(company.id, call.id, f"{call.id}-out")

    def dressed(trunk: TrunkConfig) -> leg_identity.Variables:
        return leg_identity.to_trunk(presented, trusted=trunk.trusted)

    result = await outside.through_trunks(call, services.trunks, number, dressed, OUTSIDE_SECONDS)
    if isinstance(result, Leg):
        await talk(call, result)
        return
    await call.leave_bridge()
    prompt, cause = _DEAD_ENDS.get(type(result), ("network-failure", HangupCause.CONGESTION))
    await announce.dead_end(call, services, prompt, cause, line.language)
