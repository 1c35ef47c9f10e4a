"""Carry out one step on the current line: match the step to its flow, answer with its outcome."""

from __future__ import annotations

from typing import assert_never

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.config.load import TrunkConfig
from callcontrol.flows import announce, leave_message, outside, ring
from callcontrol.flows.place import Place
from callcontrol.flows.talk import talk
from callcontrol.routing import presentation
from callcontrol.routing.steps import (
    Answered,
    ForwardInside,
    ForwardOutside,
    Outcome,
    Refuse,
    Ring,
    Step,
    TakeMessage,
)
from callcontrol.routing.walk import Result, inside
from callcontrol.sip import leg_identity


async def perform(
    step: Step, call: Call, services: CallServices, place: Place, remaining: float | None = None
) -> Result:
    """Do ``step`` and say what came of it. ``remaining`` is None for a new step; for one that an earlier process began,
    the seconds that remain of it."""
    match step:
        case Ring():
            return await _ring(step, call, services, place, remaining)
        case ForwardOutside():
            return await _forward(step, call, services, place, remaining)
        case TakeMessage():
            return await leave_message.leave_message(step, call, services, place, remaining)
        case Refuse():
            return await announce.refuse(call, services, step, place.language)
        case ForwardInside():
            return inside(step, services.directory)
        case _:
            assert_never(step)


async def _ring(
    step: Ring, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    called = place.called
    line = called.line.number
    shown = presentation.shown_caller(place.incoming.caller, called.settings, called.contacts, called.company)
    if place.incoming.returned:
        shown = presentation.returned(shown, called.line.language)
    variables = {**leg_identity.to_device(shown), **leg_identity.alert(step.distinctive)}
    variables |= leg_identity.diverted(place.diversions, line, services.host)
    legs = await ring.start(call, line, step.devices, variables)
    for leg in legs:
        leg.shows = shown
    result = await ring.ring(call, legs, step.seconds if remaining is None else remaining, variables)
    if isinstance(result, Leg) and result.inbound and result.line is not None:
        line = result.line  # picked up
    return await _talk_if_answered(result, call, services, line)


async def _forward(
    step: ForwardOutside, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    def usual(trunk: TrunkConfig) -> leg_identity.Variables:
        return _forwarded(step, trunk, place, services.host, foreign=trunk.foreign_caller_id)

    def own(trunk: TrunkConfig) -> leg_identity.Variables:
        return _forwarded(step, trunk, place, services.host, foreign=False)

    seconds = step.seconds if remaining is None else remaining
    foreign = presentation.is_foreign(place.incoming.caller, place.called.company)
    # whoever was transferred hears our ringing until somebody answers
    early = place.incoming.transfer is None
    target = outside.Outside(step.number, seconds, usual, own if foreign else None, early=early)
    result = await outside.through_trunks(call, services, target)
    if not isinstance(result, Leg):
        return result
    await talk(call, services, result)
    return Answered(step.number)


def _forwarded(
    step: ForwardOutside, trunk: TrunkConfig, place: Place, host: str, *, foreign: bool
) -> leg_identity.Variables:
    """Identity and headers of a forwarded leg: the original caller's number where a ``foreign`` one may be shown."""
    path = (*place.diversions, leg_identity.Diversion(place.called.line.number, step.reason))
    presented = presentation.forwarded_caller(
        place.incoming.caller, place.first_line, place.called.company, foreign_allowed=foreign
    )
    return {
        **leg_identity.to_trunk(presented, trusted=trunk.trusted, spelling=trunk.number_format),
        **leg_identity.diverted(path, step.number, host, trunk.number_format),
    }


async def _talk_if_answered(result: ring.RingResult, call: Call, services: CallServices, by: str) -> Outcome:
    if not isinstance(result, Leg):
        return result
    await talk(call, services, result)
    return Answered(by)
