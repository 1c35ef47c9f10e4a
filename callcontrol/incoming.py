"""START HERE. A call reaches one of our lines: facts -> decide -> perform, again and again, until it is done.

``reach_line`` is the whole life of an incoming call. It decides nothing itself (``routing.decide`` does), makes no
sound itself (``flows`` do), and goes the way that ``routing.walk`` knows, as ``explain`` does. After a restart it is
given a call whose story already has hops and steps: ``_resumed`` takes it up where it stands.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.facts import Caller, Device, IncomingCall, LineState, TransferredBy
from callcontrol.flows import announce, costly
from callcontrol.flows.perform import perform
from callcontrol.flows.place import Place
from callcontrol.journal import entries
from callcontrol.journal.story import Story
from callcontrol.routing import transferring
from callcontrol.routing.decide import CalledLine, decide
from callcontrol.routing.steps import (
    CallOutside,
    DiversionReason,
    ForwardInside,
    ForwardOutside,
    Ring,
    Step,
)
from callcontrol.routing.walk import GoesOn, Result, Walk
from callcontrol.sip import leg_identity

log = structlog.get_logger()


async def reach_line(call: Call, services: CallServices, line: str, *, back: bool = False) -> None:
    """Bring the call to ``line``, and to the lines that it is forwarded to, until it is over. ``back``: to the line
    that transferred it, since nobody was found.

    Raises ``CallerHungUp`` when the caller leaves.
    """
    story = call.journal.story
    if not story.way:
        _reach(call, services, line, back=back)
        walk = _walk_so_far(story)
    else:  # an earlier process began it
        walk = await _resumed(call, services, _walk_so_far(story))
    while not walk.over:
        place = await gather(call, services, walk)
        step = _decided(call, services, walk, place)
        log.info("call.step", call=call.id, line=numbers.redact(walk.line), rule=step.because.rule)
        result = await perform(step, call, services, place)
        walk = _after(call, services, walk, step, result)


def _decided(call: Call, services: CallServices, walk: Walk, place: Place) -> Step:
    """The next step: decided, booked and in the journal without an await, so that no other call comes between."""
    now = services.clock.now()
    step = decide(place.incoming, place.called, services.directory, now, walk.tried)
    call.tell(entries.Decided(now, step))
    costly.tell(services, place.called.line, step)
    return step


def _after(call: Call, services: CallServices, walk: Walk, step: Step, result: Result) -> Walk:
    """Where the call stands after ``step``; the journal knows it too."""
    if isinstance(result, GoesOn):
        _reach(call, services, result.line, back=result.back)
    else:
        call.tell(entries.CameOf(services.clock.now(), result))
    return walk.after(step, result)


def _reach(call: Call, services: CallServices, line: str, *, back: bool = False) -> None:
    known = services.directory.account(line)
    company = known.company if known is not None else None
    call.tell(entries.Reached(services.clock.now(), line, company, back))


def _walk_so_far(story: Story) -> Walk:
    """Where the call stands by its story."""
    first, *further = story.way
    diverting = story.diversions
    call = IncomingCall(
        story.seen, first.line, diverting, len(diverting), _transferred_by(story), returned=first.back
    )
    walk = Walk(call, first.line)
    for hop in further:
        walk = walk.on_to(hop.line, back=hop.back)
    return replace(walk, tried=story.hops[-1].tried)


def _transferred_by(story: Story) -> TransferredBy | None:
    transfer = story.blind or story.transfer
    if transfer is None:
        return None
    if transfer.step is None:  # somebody was asked first: the target's rules alone say how long
        return TransferredBy(transfer.line)
    until = transfer.at + timedelta(seconds=transferring.SECONDS)
    number = transfer.step.number if isinstance(transfer.step, CallOutside) else None
    return TransferredBy(transfer.line, until, number, transfer.to_mailbox)


async def _resumed(call: Call, services: CallServices, walk: Walk) -> Walk:
    """After a restart: the step that was under way when the app died, brought to its end in the seconds that it had
    left; where the call then stands."""
    hop = call.journal.story.hops[-1]
    step, begun = hop.step, hop.step_at
    if step is None or begun is None:
        return walk
    place = await gather(call, services, walk)
    log.info("call.step_resumed", call=call.id, line=numbers.redact(walk.line), rule=step.because.rule)
    seconds = step.seconds if isinstance(step, (Ring, ForwardOutside)) else 0.0
    gone = (services.clock.now() - begun).total_seconds()
    result = await perform(step, call, services, place, max(0.0, seconds - gone))
    return _after(call, services, walk, step, result)


async def gather(call: Call, services: CallServices, walk: Walk) -> Place:
    """The facts of this moment: who calls, by which way, and what the line is and does now."""
    directory = services.directory
    line = directory.account(walk.line)
    if line is None:  # deleted while the call was on its way
        raise NoSuchLine(numbers.redact(walk.line))
    company = directory.company(line.company)
    devices = () if line.group else await call.contacts(line.number)
    story = call.journal.story  # a transfer may have put somebody else in the caller's place
    caller = _with_device(story.seen, line.number, devices)
    incoming = replace(walk.call, caller=caller, transfer=_transferred_by(story))
    state = LineState(
        devices=devices,
        calls=services.occupancy.calls_of(line.number, but=call.id),
        company_outside_calls=services.occupancy.outside_calls_of(company.id),
        forwarding=services.occupancy.forwards_of(line.number),
        costly=services.costly_today(line),
    )
    called = CalledLine(
        line, company, directory.settings(line.number), state, directory.contacts(line.number)
    )
    first = directory.account(incoming.first_line) or line
    language = _language(services, incoming.caller, line.language)
    return Place(incoming, called, first, _diversions(call.journal.story), language)


def _with_device(caller: Caller, line: str, devices: tuple[Device, ...]) -> Caller:
    """A line that reaches itself must not ring the phone in its user's hand: find it by its address."""
    if caller.line != line:
        return caller
    address = re.compile(rf"@{re.escape(caller.device or ' ')}(?![0-9])")  # :5060 is not :50600
    return replace(caller, device=next((d.contact for d in devices if address.search(d.contact)), None))


class NoSuchLine(announce.DeadEnd):
    """The number is not ours, or the line was deleted while a call was on its way to it."""


def _language(services: CallServices, caller: Caller, called: str) -> str:
    """A colleague hears its own language, everybody else that of the line called."""
    own = services.directory.line(caller.line) if caller.line else None
    return own.language if own is not None else called


def _diversions(story: Story) -> tuple[leg_identity.Diversion, ...]:
    before = [leg_identity.Diversion(numbers.national(n), DiversionReason.UNKNOWN) for n in story.diversions]
    ours = [
        leg_identity.Diversion(hop.line, hop.step.reason)
        for hop in story.way[:-1]
        if isinstance(hop.step, (ForwardInside, ForwardOutside))
    ]
    return (*before, *ours)
