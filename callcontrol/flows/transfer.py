"""A phone of ours transfers whom it talks with by its own key (SIP REFER, spec §2.6): blind, or to its other call.

Asterisk only reports a REFER (``ari-only``): what it may reach is decided here as if the phone had dialled it. It is
told how the transfer goes (RFC 3515: 603 or 200), and hung up where it has left. What Refer-To says besides a number (a
host, headers, ``maddr``) means nothing: only numbers are called, by us.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.hand_over import join
from callcontrol.call.leg import Leg
from callcontrol.call.party import Party
from callcontrol.call.services import CallServices
from callcontrol.call.transfers import leaves, let_go, tell_transfer
from callcontrol.dialogue.play import play
from callcontrol.facts import Line, Presentation
from callcontrol.flows.dialled import decide
from callcontrol.flows.who import guest_of, line_of
from callcontrol.journal import entries
from callcontrol.routing.situation import reason
from callcontrol.routing.steps import (
    CallLine,
    CallOutside,
    OutgoingStep,
    Refuse,
    RunStarCode,
    TakeMessage,
)
from callcontrol.sip.address import requested
from callcontrol.telephony import TransferAsked

log = structlog.get_logger()

REFUSED = "transfer-refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """``by``, the channel of a phone of ours, may not: it hears ``prompt``, and the talk goes on."""

    by: str
    prompt: str
    language: str
    held: bool = False
    """It has put the other party on hold and hears nothing now."""


async def transfer(call: Call, services: CallServices, leg: Leg, asked: TransferAsked) -> Refusal | None:
    """Carry out what a phone asked for in the talk of ``call``'s caller with ``leg``; None: it has left this call."""
    by = call.party(asked.channel.id)
    line = None if by is None else services.directory.line(line_of(call, by.id) or "")
    if by is None or line is None or by not in (call.caller, leg):
        return await _refuse(call, asked.channel.id, REFUSED, "fr", held=False)
    other = leg if by is call.caller else call.caller
    if asked.to_channel is None:
        prompt = await _blind(call, services, line, by, other, asked.target or "")
    else:
        prompt = await _attended(call, services, line, by, other, asked.to_channel)
    if prompt is None:
        return None
    log.info("transfer.refused", call=call.id, line=numbers.redact(line.number), prompt=prompt)
    return await _refuse(call, by.id, prompt, line.language, held=by.held)


async def say(call: Call, services: CallServices, refusal: Refusal) -> None:
    """The refusal in words, to who asked alone."""
    by = call.party(refusal.by)
    if by is not None and by.alive:
        await call.bridge.take_out(by.id)
        await play(call, [services.prompts.media(refusal.prompt, refusal.language)], to=by)


async def _refuse(call: Call, by: str, prompt: str, language: str, *, held: bool) -> Refusal:
    await tell_transfer(call, by, "channel_declined")
    return Refusal(by, prompt, language, held)


# --- blind ------------------------------------------------------------------------------------------------


async def _blind(
    call: Call, services: CallServices, line: Line, by: Party, other: Party, target: str
) -> str | None:
    """The party ``other`` goes on to ``target``; gives the words of a refusal."""
    dialled = numbers.dial_string(requested(target).user)
    withheld = call.journal.story.caller.presentation is Presentation.ANONYMOUS and by is call.first
    step = decide(call, services, line, dialled, withheld=withheld)
    refused = _refused(step, services, line)
    if refused is not None:
        return refused
    await _go_on(call, services, line, by, other, step)
    return None


def _refused(step: OutgoingStep, services: CallServices, line: Line) -> str | None:
    """Why this transfer may not be; a code is nobody to talk with."""
    match step:
        case Refuse(prompt=prompt):
            return prompt
        case RunStarCode():
            return REFUSED
        case CallOutside() if len(services.occupancy.forwards_of(line.number)) >= line.max_calls:
            return "line-limit-reached"
        case _:
            return None


async def _go_on(
    call: Call,
    services: CallServices,
    line: Line,
    by: Party,
    other: Party,
    step: OutgoingStep,
    *,
    to_mailbox: bool = False,
) -> None:
    """No await between the decision and its entry: no other call comes between a count and what was decided on it."""
    guest = guest_of(call, services, other.id, line)
    now = services.clock.now()
    call.tell(entries.Transferred(now, by.id, line.number, guest, step, to_mailbox))
    log.info("call.transferred", call=call.id, line=numbers.redact(line.number), rule=step.because.rule)
    leaves(call, by.id, other)
    await tell_transfer(call, by.id, "channel_answered")
    await let_go(call)
    await call.bridge.empty()


# --- attended ---------------------------------------------------------------------------------------------


async def _attended(
    call: Call, services: CallServices, line: Line, by: Party, other: Party, to_channel: str
) -> str | None:
    """The party ``other`` takes the place of ``line`` in its other call; gives the words of a refusal."""
    found = next((each for each in services.calls.values() if each.party(to_channel) is not None), None)
    if found is None or found is call or line_of(found, to_channel) != line.number:
        return REFUSED
    box = _mailbox(found, to_channel)
    if box is not None:
        step = CallLine(box, reason("outgoing.inside", line=box))
        await _go_on(call, services, line, by, other, step, to_mailbox=True)
        services.others.end(found.id)
        return None
    if not _may_join(found, to_channel):
        return REFUSED
    guest = guest_of(call, services, other.id, line)
    await call.bridge.empty()
    if not (other.alive and _may_join(found, to_channel)):  # somebody left meanwhile
        return REFUSED
    log.info("call.joined", call=found.id, giver=call.id, line=numbers.redact(line.number))
    join(call, found, to_channel, guest, line.number)
    await tell_transfer(call, by.id, "channel_answered")
    return None


def _may_join(call: Call, channel: str) -> bool:
    """Whether somebody else may take the place of ``channel`` there: it talks, or somebody rings for it."""
    story = call.journal.story
    if story.over or story.given_to is not None or call.party(channel) is None or channel in call.leaving:
        return False
    if call.talks:
        return True
    is_caller = call.first is not None and call.first.id == channel
    rings = any(leg.alive and not leg.answered and leg.id in story.dialled_legs for leg in call.legs.values())
    return is_caller and rings and story.recording is None


def _mailbox(call: Call, channel: str) -> str | None:
    """The mailbox that the caller, ``channel``, has reached there."""
    story = call.journal.story
    hop = story.hop
    if call.talks or story.over or hop is None or hop.step_at is None or call.channel != channel:
        return None
    return hop.step.box if isinstance(hop.step, TakeMessage) and story.menu.box is None else None
