"""The advanced manager (spec §4): what a line with the licence ``full_meeting_advanced`` does with a call. Pure.

Here: *Lorsque je reçois un appel*, the ring, and what follows it. There is no do-not-disturb, no busy or unavailable
forward of the simple manager: rules do that here.
"""

from __future__ import annotations

from typing import assert_never

from callcontrol.routing import screening
from callcontrol.routing.forwarding import forward
from callcontrol.routing.policy import NobodyTookIt, Policy
from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import (
    Busy,
    DiversionReason,
    NoAnswer,
    RefusalKind,
    Refuse,
    Ring,
    Step,
    Unreachable,
)
from callcontrol.settings.call_documents import AfterTheRing


def incoming(situation: Situation) -> Step | None:
    """§4.1, *Lorsque je reçois un appel*. A rule list or a schedule that decides nothing lets the phone ring."""
    settings = situation.called.settings.call_manager_advanced
    match settings.incoming:
        case "forward":
            return forward(situation, settings.number, DiversionReason.UNCONDITIONAL, "forward.unconditional")
        case "voicemail":
            return situation.mailbox(reason("voicemail.unconditional"))
        case "ring" | "list" | "schedule":
            return None
        case _:
            assert_never(settings.incoming)


def line_full(situation: Situation) -> Step | None:
    """§4.5, *si je suis déjà en ligne*: at once."""
    return _busy(situation, full=True) if situation.full else None


def no_device(situation: Situation) -> Step | None:
    """§4.5: no device registered counts as no answer, at once; so does a delay of 0."""
    rings = situation.devices and situation.called.settings.message_settings.voicemail_after > 0
    return None if rings else no_answer(situation)


def ring(situation: Situation) -> Ring:
    """Every device, for the one delay of *si je ne réponds pas*."""
    seconds = situation.called.settings.message_settings.voicemail_after
    return Ring(situation.devices, seconds, reason("ring.default", seconds=seconds))


def no_answer(situation: Situation) -> Step:
    """§4.5, *si je ne réponds pas*."""
    rule = situation.called.settings.call_manager_advanced.no_answer
    cause = "no_answer" if situation.devices else "unavailable"
    return _then(situation, rule, DiversionReason.NO_ANSWER, cause)


def refused(situation: Situation, declined: bool) -> Step:
    """Every device refused. A phone that declined for all (its DND key, §4.6) refuses the call."""
    if declined:
        return Refuse("call-refused", RefusalKind.REJECTED, reason("refuse.phone_dnd"))
    return _busy(situation, full=False)


def after_ring(situation: Situation, outcome: NobodyTookIt) -> Step:
    """§4.5: devices that all failed count as no answer."""
    match outcome:
        case NoAnswer() | Unreachable():
            return no_answer(situation)
        case Busy(declined=declined):
            return refused(situation, declined)
        case _:
            assert_never(outcome)


ADVANCED = Policy(rows=(screening.loop_guard, incoming, line_full, no_device, ring), after_ring=after_ring)


def _busy(situation: Situation, *, full: bool) -> Step:
    rule = situation.called.settings.call_manager_advanced.busy
    return _then(situation, rule, DiversionReason.USER_BUSY, "busy" if full else "declined", full=full)


def _then(
    situation: Situation, rule: AfterTheRing, why: DiversionReason, cause: str, *, full: bool = False
) -> Step:
    match rule.action:
        case "forward":
            return forward(situation, rule.number, why, f"forward.{cause}")
        case "voicemail":
            return situation.mailbox(reason(f"voicemail.{cause}"), busy=full)
        case "refuse":
            return Refuse("call-refused", RefusalKind.REJECTED, reason(f"refuse.{cause}"))
        case _:
            assert_never(rule.action)
