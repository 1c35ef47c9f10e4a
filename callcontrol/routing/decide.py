"""What happens next to an incoming call, and why: the order of spec §3, row by row, first that applies.

Pure: same facts, same step; no clock, no I/O, no log. Flows carry the step out, add its outcome to ``tried`` and ask
again. Must never answer a call, accept by default, or decide on a fact that was gathered for an earlier step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from callcontrol.directory.directory import Directory
from callcontrol.facts import IncomingCall
from callcontrol.routing import advanced, forwarding, ringing, screening
from callcontrol.routing.situation import CalledLine, Situation, reason
from callcontrol.routing.steps import (
    Answered,
    Busy,
    DiversionReason,
    ForwardInside,
    ForwardOutside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Redirected,
    RefusalKind,
    Refuse,
    Refused,
    Ring,
    Step,
    TakeMessage,
    Tried,
    Unreachable,
)
from callcontrol.settings.delay import is_advanced

__all__ = ["CalledLine", "decide"]

ROWS: tuple[Callable[[Situation], Step | None], ...] = (
    screening.loop_guard,
    screening.refuse_anonymous,
    screening.selective_reject,
    forwarding.selective_forward,
    forwarding.unconditional,
    ringing.do_not_disturb,
    ringing.line_full,
    ringing.no_device,
    ringing.straight_to_voicemail,
    ringing.ring,
)
"""Spec §3, in its order. The last one always applies."""


def decide(
    call: IncomingCall, called: CalledLine, directory: Directory, tried: tuple[Tried, ...] = ()
) -> Step:
    """The next step of ``call`` at ``called``, after the steps that were ``tried`` on this line.

    A ``ForwardInside`` ends the decisions on this line: the call goes on as ``call.forwarded_by(line)`` at the next
    one, with nothing tried. Raises ``ValueError`` when the call is over: nobody may ask then.
    """
    situation = Situation(call, called, directory)
    if tried:
        return _after(situation, tried[-1])
    rows = advanced.ROWS if is_advanced(called.line) else ROWS
    for row in rows:
        if (step := row(situation)) is not None:
            return step
    raise AssertionError("the last row always applies")


def _after(situation: Situation, last: Tried) -> Step:
    match last.step:
        case Ring():
            return _after_ring(situation, last.outcome)
        case ForwardInside() | ForwardOutside():
            return _after_forward(situation, last.outcome)
        case TakeMessage():
            return _after_voicemail(last.outcome)
        case Refuse():
            raise ValueError("a refused call is over")
        case _:
            assert_never(last.step)


def _after_ring(situation: Situation, outcome: Outcome) -> Step:
    """*What devices say*, spec §3."""
    is_new = is_advanced(situation.called.line)
    match outcome:
        case NoAnswer():
            return advanced.no_answer(situation) if is_new else ringing.no_answer(situation)
        case Busy(declined=declined):
            return advanced.refused(situation, declined) if is_new else ringing.busy(situation, "declined")
        case Unreachable():
            return advanced.no_answer(situation) if is_new else ringing.unavailable(situation, "unreachable")
        case Redirected(target=target):
            return forwarding.forward(situation, target, DiversionReason.DEFLECTION, "forward.deflected")
        case Answered() | MessageTaken() | Refused():
            raise ValueError("an answered call is over")
        case _:
            assert_never(outcome)


def _after_forward(situation: Situation, outcome: Outcome) -> Step:
    """A target that fails falls back to the first line's voicemail. A 302 from outside is not followed."""
    match outcome:
        case Busy():
            return situation.mailbox(reason("voicemail.forward_busy"))
        case NoAnswer():
            return situation.mailbox(reason("voicemail.forward_no_answer"))
        case Unreachable() | Redirected():
            return situation.mailbox(reason("voicemail.forward_unreachable"))
        case Answered() | MessageTaken() | Refused():
            raise ValueError("an answered call is over")
        case _:
            assert_never(outcome)


def _after_voicemail(outcome: Outcome) -> Step:
    """A mailbox that cannot take the call is a dead end with words: nothing is lost in silence."""
    match outcome:
        case MessageTaken() | Answered() | Refused():
            raise ValueError("the call is over")
        case NoAnswer() | Busy() | Unreachable() | Redirected():
            return Refuse("line-unavailable", RefusalKind.UNREACHABLE, reason("refuse.no_mailbox"))
        case _:
            assert_never(outcome)
