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
from callcontrol.facts import Line, Presentation
from callcontrol.flows import announce, outside, pick_up, watch
from callcontrol.flows.dialled import decide
from callcontrol.flows.emergency import its_turn
from callcontrol.flows.first_party import call_first
from callcontrol.flows.talk import TalkEnd, talk
from callcontrol.incoming import reach_line
from callcontrol.ivr import menu
from callcontrol.ivr.visit import CallBack
from callcontrol.journal import entries
from callcontrol.journal.story import Transfer
from callcontrol.routes import ClickToCall
from callcontrol.routing.presentation import Presented, shown_destination
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    OutgoingStep,
    Refuse,
    RunStarCode,
    TakeMessage,
)
from callcontrol.routing.walk import is_over
from callcontrol.sip import leg_identity

log = structlog.get_logger()

OUTSIDE_SECONDS = 180.0
"""An outside number may ring for so long; its own network usually ends it before."""


async def place(call: Call, services: CallServices, line: Line) -> None:
    """Carry out the call that ``line`` makes, to its end. Raises ``CallerHungUp`` when the line hangs up."""
    story = call.journal.story
    step = story.outgoing
    if step is None:
        step = decide(call, services, line, story.dialled, withheld=_withheld(call))
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
            first = decide(call, services, line, route.first, withheld=_withheld(call))
            call.tell(entries.FirstPartyDecided(services.clock.now(), first))
        log.info("call.first_party", call=call.id, line=numbers.redact(line.number), rule=first.because.rule)
        company = services.directory.company(line.company)
        shown = shown_destination(route.to, line, company, services.directory)
        if not await call_first(call, services, line, first, shown):
            return
    undecided = call.journal.story.outgoing is None
    if undecided and route.awaited is not None and not await watch.wants_it(call, services, line):
        return
    await place(call, services, line)


def _withheld(call: Call) -> bool:
    """Whether the phone itself asked for privacy."""
    return call.journal.story.caller.presentation is Presentation.ANONYMOUS


async def _carry_out(step: OutgoingStep, call: Call, services: CallServices, line: Line) -> None:
    match step:
        case CallLine():
            await reach_line(call, services, step.line)
        case CallOutside():
            presented = Presented(step.present, line.name, step.withheld)
            await _outside(call, services, line, step.number, presented)
        case CallEmergency():
            await _emergency(step, call, services, line)
        case RunStarCode():
            await _star_code(step, call, services, line)
        case Refuse():
            await announce.refuse(call, services, step, line.language)
        case _:
            assert_never(step)


async def transferred(call: Call, services: CallServices, transfer: Transfer, line: Line) -> None:
    """Go on with a call that ``line`` has transferred (spec §2.6), to its end. Raises ``CallerHungUp``."""
    if not _is_served(call):
        await call.bridge.empty()
    await hears_ringing(call, services.prompts.media("transferring", line.language))
    match transfer.step:
        case CallLine(line=target):
            await reach_line(call, services, target)
        case CallOutside():
            await reach_line(call, services, line.number)  # as a forward of its
        case CallEmergency() as step:
            await _emergency(step, call, services, line)
        case _:
            raise ValueError("no other step is ever transferred to")


async def hears_ringing(call: Call, *before: str) -> None:
    """Let whoever was transferred hear the media ``before``, then ringing: unless it does, or has been answered."""
    if call.caller.playing is None and call.channel not in call.bridge.joined and not _is_served(call):
        await call.hear_ringing(*before)


def _is_served(call: Call) -> bool:
    """Whether, before a restart, somebody had answered already, or a mailbox; or all of it was over."""
    way = call.journal.story.way
    if way and (
        isinstance(way[-1].step, TakeMessage) or (way[-1].tried and is_over(way[-1].tried[-1].outcome))
    ):
        return True
    return any(leg.answered and leg.alive and leg is not call.first for leg in call.legs.values())


async def _emergency(step: CallEmergency, call: Call, services: CallServices, line: Line) -> None:
    await its_turn(call, services, line)
    presented = Presented(step.present, line.name, withheld=False)
    await _outside(call, services, line, step.number, presented, emergency=True)


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
        step_to = decide(call, services, line, number, withheld=_withheld(call))
        call.tell(entries.OutgoingDecided(services.clock.now(), step_to))
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

    early = call.journal.story.blind is None
    target = outside.Outside(number, OUTSIDE_SECONDS, dressed, emergency=emergency, early=early)
    result = await outside.through_trunks(call, services, target)
    if isinstance(result, Leg):
        if await talk(call, services, result) is TalkEnd.SPENT:
            await announce.announce(call, services, "daily-limit-reached", line.language)
        return
    await call.bridge.leave(call.channel)
    if (
        call.journal.story.transfer is not None and not emergency
    ):  # whoever waits now was put in the line's place
        await call.hear_ringing()
        await reach_line(call, services, line.number, back=True)
        return
    telling = outside.telling(result)
    await announce.dead_end(call, services, telling.prompt, telling.cause, line.language)
