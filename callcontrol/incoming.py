"""START HERE. A call reaches one of our lines: facts -> decide -> perform, again and again, until it is done.

``reach_line`` is the whole life of an incoming call. It decides nothing itself (``routing.decide`` does) and
makes no sound itself (``flows`` do). It can begin in the middle: after a restart it is given a call whose
story already has hops and steps, and goes on from there.
"""

from __future__ import annotations

import re
from dataclasses import replace

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import Caller, Device, IncomingCall, LineState
from callcontrol.flows import announce
from callcontrol.flows.perform import perform
from callcontrol.flows.place import Place
from callcontrol.journal import entries
from callcontrol.journal.story import Story
from callcontrol.routing.decide import CalledLine, decide
from callcontrol.routing.steps import (
    Answered,
    DiversionReason,
    ForwardInside,
    ForwardOutside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Refused,
    Ring,
    Step,
)
from callcontrol.sip import leg_identity
from callcontrol.telephony import HangupCause

log = structlog.get_logger()


async def reach_line(call: Call, services: CallServices, line: str) -> None:
    """Bring the call to ``line``, and to the lines that it is forwarded to, until it is over.

    Raises ``CallerHungUp`` when the caller leaves.
    """
    hop = call.journal.story.hop
    next_line: str | None = line if hop is None else hop.line
    while next_line is not None:
        hop = call.journal.story.hop
        if hop is None or hop.line != next_line:
            known = services.directory.line(next_line)
            company = known.company if known is not None else None
            call.tell(entries.Reached(services.clock.now(), next_line, company))
        next_line = await _at_line(call, services, next_line)


async def _at_line(call: Call, services: CallServices, line: str) -> str | None:
    """Everything that happens at one line; the line that the call goes on to, or None when it is over."""
    hop = call.journal.story.hop
    if hop is not None and hop.tried and _is_over(hop.tried[-1].outcome):
        return None  # the app died between the last outcome and the end
    while True:
        step, place, remaining = await _next_step(call, services, line)
        log.info("call.step", call=call.id, line=numbers.redact(line), rule=step.because.rule)
        outcome = await perform(step, call, services, place, remaining)
        if isinstance(step, ForwardInside):
            if services.directory.line(step.line) is not None:
                return step.line
            outcome = NoAnswer()  # a hunt group, or a line that went meanwhile (``explain`` says the same)
        assert outcome is not None
        call.tell(entries.CameOf(services.clock.now(), outcome))
        if _is_over(outcome):
            return None


async def _next_step(call: Call, services: CallServices, line: str) -> tuple[Step, Place, float | None]:
    """The step that was under way when the app died (with its seconds left), or a new decision."""
    hop = call.journal.story.hop
    assert hop is not None
    resumed = hop.step if hop.step_at is not None else None
    place = await gather(call, services, line)
    now = services.clock.now()
    if resumed is not None and hop.step_at is not None:
        gone = (now - hop.step_at).total_seconds()
        seconds = resumed.seconds if isinstance(resumed, (Ring, ForwardOutside)) else 0.0
        return resumed, place, max(0.0, seconds - gone)
    step = decide(place.incoming, place.called, services.directory, hop.tried)
    call.tell(entries.Decided(now, step))  # books it: no await since the facts were gathered
    return step, place, None


def _is_over(outcome: Outcome) -> bool:
    return isinstance(outcome, (Answered, MessageTaken, Refused))


async def gather(call: Call, services: CallServices, line_number: str) -> Place:
    """The facts of this moment: who calls, by which way, and what the line is and does now."""
    directory = services.directory
    line = directory.line(line_number)
    if line is None:  # deleted while the call was on its way
        raise nobody_at(line_number, directory)
    company = directory.company(line.company)
    devices = await call.contacts(line.number)
    caller = _with_device(call.journal.story.seen, line.number, devices)
    state = LineState(
        devices=devices,
        calls=services.occupancy.calls_of(line.number, but=call.id),
        company_outside_calls=services.occupancy.outside_calls_of(company.id),
    )
    called = CalledLine(
        line, company, directory.settings(line.number), state, directory.contacts(line.number)
    )
    earlier = call.journal.story.hops[:-1] if call.journal.story.hops else []
    diverting = call.journal.story.diversions
    incoming = IncomingCall(
        caller=caller,
        first_line=call.journal.story.hops[0].line,
        path=(*diverting, *(hop.line for hop in earlier)),
        forwards=len(diverting) + len(earlier),
    )
    first = directory.line(incoming.first_line) or line
    language = _language(services, caller, line.language)
    return Place(incoming, called, first, _diversions(call.journal.story), language)


def _with_device(caller: Caller, line: str, devices: tuple[Device, ...]) -> Caller:
    """A line that reaches itself must not ring the phone in its user's hand: find it by its address."""
    if caller.line != line:
        return caller
    address = re.compile(rf"@{re.escape(caller.device or ' ')}(?![0-9])")  # :5060 is not :50600
    return replace(caller, device=next((d.contact for d in devices if address.search(d.contact)), None))


class NoSuchLine(announce.DeadEnd):
    """The number is not ours, or the line was deleted while a call was on its way to it."""


class GroupNotServed(announce.DeadEnd):
    """Hunt groups come with a later version; until then a call to one is told so."""

    prompt = "service-unavailable"
    cause = HangupCause.CONGESTION


def nobody_at(number: str, directory: Directory) -> announce.DeadEnd:
    """Why a number of no line cannot be called."""
    known = directory.group(number) is not None
    return (GroupNotServed if known else NoSuchLine)(numbers.redact(number))


def _language(services: CallServices, caller: Caller, called: str) -> str:
    """A colleague hears its own language, everybody else that of the line called."""
    own = services.directory.line(caller.line) if caller.line else None
    return own.language if own is not None else called


def _diversions(story: Story) -> tuple[leg_identity.Diversion, ...]:
    before = [leg_identity.Diversion(numbers.national(n), DiversionReason.UNKNOWN) for n in story.diversions]
    ours = [
        leg_identity.Diversion(hop.line, hop.step.reason)
        for hop in story.hops[:-1]
        if isinstance(hop.step, (ForwardInside, ForwardOutside))
    ]
    return (*before, *ours)
