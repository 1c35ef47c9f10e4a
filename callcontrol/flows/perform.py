"""Carry out one step on the current line: match the step to its flow, answer with its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.config.load import TrunkConfig
from callcontrol.facts import IncomingCall, Line
from callcontrol.flows import announce, outside, ring
from callcontrol.flows.talk import talk
from callcontrol.mailbox import take_message
from callcontrol.routing import presentation
from callcontrol.routing.decide import CalledLine
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where the call stands: the line that it is at, and how it came there."""

    incoming: IncomingCall
    called: CalledLine
    first_line: Line
    """The line that was called first."""
    diversions: tuple[leg_identity.Diversion, ...]
    """Every forward so far, oldest first, without one that the step itself makes."""
    language: str
    """What the caller hears."""


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
            services.occupancy.leave_line(place.called.line.number, call.id)
            return await _take_message(step, call, services, place, remaining)
        case Refuse():
            return await announce.refuse(call, services, step, place.language)
        case ForwardInside():
            services.occupancy.leave_line(place.called.line.number, call.id)
            return inside(step, services.directory)
        case _:
            assert_never(step)


async def _ring(
    step: Ring, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    called = place.called
    line = called.line.number
    shown = presentation.shown_caller(place.incoming.caller, called.settings, called.contacts, called.company)
    variables = {**leg_identity.to_device(shown), **leg_identity.alert(step.distinctive)}
    variables |= leg_identity.diverted(place.diversions, line, services.host)
    legs = await ring.start(call, line, [device.contact for device in step.devices], variables)
    result = await ring.ring(call, legs, step.seconds if remaining is None else remaining, variables)
    return await _talk_if_answered(result, call, line)


async def _forward(
    step: ForwardOutside, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    services.occupancy.leave_line(place.called.line.number, call.id)
    path = (*place.diversions, leg_identity.Diversion(place.called.line.number, step.reason))

    def dressed(trunk: TrunkConfig) -> leg_identity.Variables:
        return _forwarded(step, trunk, place, path, services.host)

    seconds = step.seconds if remaining is None else remaining
    try:
        result = await outside.through_trunks(call, services.trunks, step.number, dressed, seconds)
        return await _talk_if_answered(result, call, step.number)
    finally:
        services.occupancy.leave_trunk(place.called.company.id, call.id, forward_leg(call))


def forward_leg(call: Call) -> str:
    """The name under which an outside forward of ``call`` is booked."""
    return f"{call.id}-forward"


def _forwarded(
    step: ForwardOutside,
    trunk: TrunkConfig,
    place: Place,
    path: tuple[leg_identity.Diversion, ...],
    host: str,
) -> leg_identity.Variables:
    """Identity and headers of a forwarded leg: the original caller's number where the trunk allows it."""
    presented = presentation.forwarded_caller(
        place.incoming.caller, place.first_line, place.called.company, foreign_allowed=trunk.foreign_caller_id
    )
    return {
        **leg_identity.to_trunk(presented, trusted=trunk.trusted),
        **leg_identity.diverted(path, step.number, host),
    }


async def _talk_if_answered(result: ring.RingResult, call: Call, by: str) -> Outcome:
    if not isinstance(result, Leg):
        return result
    await talk(call, result)
    return Answered(by)


async def _take_message(
    step: TakeMessage, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    if call.channel in call.joined:
        await call.leave_bridge()
    if remaining is not None:
        return await take_message.resume(call, services, step.box, place.language)
    return await take_message.take_message(call, services, step.box, place.language)
