"""Every forward, whichever row asks for it: the same checks, the same fall-back (spec §2.3, §3).

Pure. A forward is never made to what cannot be called, past the barring of the line or its company, over the
company's limit, or in a circle; then the first line's mailbox takes the call, so that nothing is lost in silence.
"""

from __future__ import annotations

from typing import assert_never

from callcontrol.because import Because
from callcontrol.dialled import Emergency, Inside, Outside, StarCode, Target, Unknown, UnknownCode, resolve
from callcontrol.routing.situation import COSTLY, Situation, costly_limits, reason
from callcontrol.routing.steps import (
    DiversionReason,
    ForwardInside,
    ForwardOutside,
    RefusalKind,
    Refuse,
    TakeMessage,
)
from callcontrol.settings.barring import barred
from callcontrol.settings.delay import is_advanced

MOST_FORWARDS = 5
"""A call that was forwarded so often is not forwarded again (spec §3, row 1)."""


Forwarded = ForwardInside | ForwardOutside | TakeMessage | Refuse


def forward(situation: Situation, number: str | None, why: DiversionReason, rule: str) -> Forwarded:
    """Send the call to ``number`` (any spelling, an extension or a short code) as ``rule`` says, or to voicemail."""
    called = situation.called
    target = resolve(number or "", called.company, situation.directory)
    obstacle = _obstacle(situation, target, number or "")
    if obstacle is not None:
        return situation.mailbox(obstacle)
    match target:
        case Inside(line=line):
            return ForwardInside(line, why, reason(rule, target=line))
        case Outside(number=outside) if situation.forwards_full:
            return _as_busy(situation, outside)
        case Outside(number=outside):
            return ForwardOutside(outside, why, reason(rule, target=outside))
        case Emergency() | StarCode() | UnknownCode() | Unknown():
            return situation.mailbox(reason("voicemail.forward_impossible", target=number or ""))
        case _:
            assert_never(target)


def selective_forward(situation: Situation) -> Forwarded | None:
    """Row 4, *Renvoyer la sélection*: callers on the list go to the list's own number."""
    rule = situation.manager.selective_forward
    if not rule.enabled or not situation.is_on(rule.callers):
        return None
    return forward(situation, rule.number, DiversionReason.UNCONDITIONAL, "forward.selective")


def unconditional(situation: Situation) -> Forwarded | None:
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


def _as_busy(situation: Situation, target: str) -> Forwarded:
    """The line forwards as many calls outside as it may: as busy (spec §3, five calls), with a colleague or voicemail
    if the line's busy rule says so. Never outside again."""
    called = situation.called
    number, voicemail, refusal = _busy_rule(situation)
    most = called.line.max_calls
    inside = resolve(number or "", called.company, situation.directory)
    if isinstance(inside, Inside) and _obstacle(situation, inside, inside.line) is None:
        because = reason("forward.forwards_full", target=inside.line, most=most)
        return ForwardInside(inside.line, DiversionReason.USER_BUSY, because)
    if number is not None or voicemail:
        return situation.mailbox(reason("voicemail.forwards_full", target=target, most=most), busy=True)
    return Refuse(*refusal, reason("refuse.forwards_full", most=most))


def _busy_rule(situation: Situation) -> tuple[str | None, bool, tuple[str, RefusalKind]]:
    """What the line does when it is busy, under either manager: its number, whether voicemail, how it refuses."""
    settings = situation.called.settings
    if is_advanced(situation.called.line):
        rule = settings.call_manager_advanced.busy
        number = rule.number if rule.action == "forward" else None
        return number, rule.action == "voicemail", ("call-refused", RefusalKind.REJECTED)
    busy = settings.call_manager.busy
    number = busy.number if busy.forward_enabled else None
    return number, busy.voicemail_enabled, ("line-busy", RefusalKind.BUSY)


def _obstacle(situation: Situation, target: Target, number: str) -> Because | None:
    """Why this forward is not made, if it is not."""
    called = situation.called
    match target:
        case Inside(line=place) | Outside(number=place):
            if situation.call.forwards >= MOST_FORWARDS:
                return reason("voicemail.forwarded_too_often", target=place)
            if place == called.line.number or situation.passed(place) or situation.calls_as(place):
                return reason("voicemail.forward_loop", target=place)
        case _:
            return reason("voicemail.forward_impossible", target=number)
    if barring := barred(target, called.line, called.settings, called.company):
        return reason("voicemail.forward_barred", target=place, barring=barring.value)
    costly = called.state.costly
    if isinstance(target, Outside) and target.number_class in COSTLY and costly.spent:
        return reason("voicemail.costly_spent", target=place, **costly_limits(costly))
    if isinstance(target, Outside) and situation.company_full:
        return reason("voicemail.company_full", target=place)
    return None
