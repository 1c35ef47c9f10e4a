"""Every forward, whichever row asks for it: the same checks, the same fall-back (spec §2.3, §3).

Pure. A forward is never made to what cannot be called, past the barring of the line or its company, over the
company's limit, or in a circle; then the first line's mailbox takes the call, so that nothing is lost in silence.
"""

from __future__ import annotations

from typing import assert_never

from callcontrol.because import Because
from callcontrol.dialled import Emergency, Inside, Outside, StarCode, Target, Unknown, UnknownCode, resolve
from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import DiversionReason, ForwardInside, ForwardOutside, TakeMessage
from callcontrol.settings.barring import barred

MOST_FORWARDS = 5
"""A call that was forwarded so often is not forwarded again (spec §3, row 1)."""


def forward(
    situation: Situation, number: str | None, why: DiversionReason, rule: str
) -> ForwardInside | ForwardOutside | TakeMessage:
    """Send the call to ``number`` (any spelling, an extension or a short code) as ``rule`` says, or to voicemail."""
    called = situation.called
    target = resolve(number or "", called.company, situation.directory)
    obstacle = _obstacle(situation, target, number or "")
    if obstacle is not None:
        return situation.mailbox(obstacle)
    match target:
        case Inside(line=line):
            return ForwardInside(line, why, reason(rule, target=line))
        case Outside(number=outside):
            return ForwardOutside(outside, why, reason(rule, target=outside))
        case Emergency() | StarCode() | UnknownCode() | Unknown():
            return situation.mailbox(reason("voicemail.forward_impossible", target=number or ""))
        case _:
            assert_never(target)


def selective_forward(situation: Situation) -> ForwardInside | ForwardOutside | TakeMessage | None:
    """Row 4, *Renvoyer la sélection*: callers on the list go to the list's own number."""
    rule = situation.manager.selective_forward
    if not rule.enabled or not situation.is_on(rule.callers):
        return None
    return forward(situation, rule.number, DiversionReason.UNCONDITIONAL, "forward.selective")


def unconditional(situation: Situation) -> ForwardInside | ForwardOutside | TakeMessage | None:
    """Row 5, *Les appels entrants vont*: to its number, or straight to voicemail."""
    manager = situation.manager
    match manager.incoming:
        case "ring":
            return None
        case "forward":
            number = manager.unconditional.number
            return forward(situation, number, DiversionReason.UNCONDITIONAL, "forward.unconditional")
        case "voicemail":
            return situation.mailbox(reason("voicemail.unconditional"))
        case _:
            assert_never(manager.incoming)


def _obstacle(situation: Situation, target: Target, number: str) -> Because | None:
    """Why this forward is not made, if it is not."""
    called = situation.called
    match target:
        case Inside(line=place) | Outside(number=place):
            if situation.call.forwards >= MOST_FORWARDS:
                return reason("voicemail.forwarded_too_often", target=place)
            if place == called.line.number or situation.passed(place):
                return reason("voicemail.forward_loop", target=place)
        case _:
            return reason("voicemail.forward_impossible", target=number)
    if barring := barred(target, called.line, called.settings, called.company):
        return reason("voicemail.forward_barred", target=place, barring=barring.value)
    if isinstance(target, Outside) and situation.company_full:
        return reason("voicemail.company_full", target=place)
    return None
