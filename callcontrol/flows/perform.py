"""Carry out one step on the current line: match the step to its flow, answer with its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from callcontrol import dress
from callcontrol.call import Call
from callcontrol.config import TrunkConfig
from callcontrol.exchange import Exchange
from callcontrol.facts import IncomingCall, Line
from callcontrol.flows import announce, outside, ring
from callcontrol.flows.talk import talk
from callcontrol.leg import Leg
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where the call stands: the line that it is at, and how it came there."""

    incoming: IncomingCall
    called: CalledLine
    first_line: Line
    """The line that was called first."""
    diversions: tuple[dress.Diversion, ...]
    """Every forward so far, oldest first, without one that the step itself makes."""
    language: str
    """What the caller hears."""


async def perform(
    step: Step, call: Call, exchange: Exchange, place: Place, left: float | None
) -> Outcome | None:
    """Do ``step``. ``left`` is None for a new step; for one that an earlier process began, the seconds that
    remain of it. None means that the call goes on at another line (``ForwardInside``)."""
    match step:
        case Ring():
            return await _ring(step, call, exchange, place, left)
        case ForwardOutside():
            return await _forward(step, call, exchange, place, left)
        case TakeMessage():
            exchange.occupancy.leave_line(place.called.line.number, call.id)
            return await _take_message(step, call, exchange, place, left)
        case Refuse():
            return await announce.refuse(call, exchange, step, place.language)
        case ForwardInside():
            exchange.occupancy.leave_line(place.called.line.number, call.id)
            return None
        case _:
            assert_never(step)


async def _ring(step: Ring, call: Call, exchange: Exchange, place: Place, left: float | None) -> Outcome:
    called = place.called
    line = called.line.number
    shown = presentation.shown_caller(place.incoming.caller, called.settings, called.contacts, called.company)
    variables = {**dress.to_device(shown), **dress.alert(step.distinctive)}
    variables |= dress.diverted(place.diversions, line, exchange.host)
    legs = await ring.start(call, line, [device.contact for device in step.devices], variables)
    result = await ring.ring(call, legs, step.seconds if left is None else left, variables)
    return await _talk_if_answered(result, call, line)


async def _forward(
    step: ForwardOutside, call: Call, exchange: Exchange, place: Place, left: float | None
) -> Outcome:
    exchange.occupancy.leave_line(place.called.line.number, call.id)
    path = (*place.diversions, dress.Diversion(place.called.line.number, step.reason))

    def dressed(trunk: TrunkConfig) -> dress.Variables:
        return _forwarded(step, trunk, place, path, exchange.host)

    seconds = step.seconds if left is None else left
    try:
        result = await outside.through_trunks(call, exchange.trunks, step.number, dressed, seconds)
        return await _talk_if_answered(result, call, step.number)
    finally:
        exchange.occupancy.leave_trunk(place.called.company.id, call.id, forward_leg(call))


def forward_leg(call: Call) -> str:
    """The name under which an outside forward of ``call`` is booked."""
    return f"{call.id}-forward"


def _forwarded(
    step: ForwardOutside, trunk: TrunkConfig, place: Place, path: tuple[dress.Diversion, ...], host: str
) -> dress.Variables:
    """Identity and headers of a forwarded leg: the original caller's number where the trunk allows it."""
    presented = presentation.forwarded_caller(
        place.incoming.caller, place.first_line, place.called.company, foreign_allowed=trunk.foreign_caller_id
    )
    return {**dress.to_trunk(presented, trusted=trunk.trusted), **dress.diverted(path, step.number, host)}


async def _talk_if_answered(result: ring.RingResult, call: Call, by: str) -> Outcome:
    if not isinstance(result, Leg):
        return result
    await talk(call, result)
    return Answered(by)


async def _take_message(
    step: TakeMessage, call: Call, exchange: Exchange, place: Place, left: float | None
) -> Outcome:
    if call.channel in call.joined:
        await call.leave_bridge()
    if left is not None:
        return await take_message.resume(call, exchange, step.box, place.language)
    return await take_message.take_message(call, exchange, step.box, place.language)
