"""What happens next to an incoming call, and why: first by the rows of the line's manager, then by what was tried.

Pure: same facts, same step; no clock, no I/O, no log. Flows carry the step out, add its outcome to ``tried`` and ask
again (``walk.py``). Must never answer a call, accept by default, or decide on a fact that was gathered for an earlier
step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from callcontrol.directory.directory import Directory
from callcontrol.facts import IncomingCall, Line
from callcontrol.routing import forwarding, transferring
from callcontrol.routing.advanced import ADVANCED
from callcontrol.routing.policy import Policy
from callcontrol.routing.simple import SIMPLE
from callcontrol.routing.situation import CalledLine, Situation, reason
from callcontrol.routing.steps import (
    Answered,
    Busy,
    DiversionReason,
    Failed,
    Failure,
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

__all__ = ["CalledLine", "Policies", "decide", "policy_of"]

Policies = Callable[[Line], Policy]


def policy_of(line: Line) -> Policy:
    """The manager that treats this line's calls: simple (spec §3) or advanced (§4)."""
    return ADVANCED if is_advanced(line) else SIMPLE


def decide(
    call: IncomingCall,
    called: CalledLine,
    directory: Directory,
    now: datetime,
    tried: tuple[Tried, ...] = (),
    policies: Policies = policy_of,
) -> Step:
    """The next step of ``call`` at ``called``, after the steps that were ``tried`` on this line.

    ``now`` (aware) is the instant of this decision; rows see it as the time of the line's company. A
    ``ForwardInside`` ends the decisions on this line: the call goes on as ``call.forwarded_by(line)`` at the next one,
    with nothing tried. Raises ``ValueError`` when the call is over: nobody may ask then.
    """
    situation = Situation(call, called, directory, now)
    if (step := transferring.at_transferrer(situation, tried)) is not None:
        return step
    return transferring.limited(situation, _by_rules(situation, policies(called.line), tried))


def _by_rules(situation: Situation, policy: Policy, tried: tuple[Tried, ...]) -> Step:
    """What the line's own rules say."""
    if tried:
        return _after(situation, policy, tried[-1])
    if (step := transferring.first(situation)) is not None:
        return step
    for row in policy.rows:
        if (step := row(situation)) is not None:
            return step
    raise AssertionError("the last row always applies")


def _after(situation: Situation, policy: Policy, last: Tried) -> Step:
    match last.step:
        case Ring():
            return _after_ring(situation, policy, last.outcome)
        case ForwardInside() | ForwardOutside():
            return _after_forward(situation, last.outcome)
        case TakeMessage():
            return _after_voicemail(last.outcome)
        case Refuse():
            raise ValueError("a refused call is over")
        case _:
            assert_never(last.step)


def _after_ring(situation: Situation, policy: Policy, outcome: Outcome) -> Step:
    """*What devices say*, spec §3: a 302 is a forward under either manager; the rest is the manager's to say."""
    match outcome:
        case NoAnswer() | Busy() | Unreachable():
            return policy.after_ring(situation, outcome)
        case Redirected(target=target):
            return forwarding.forward(situation, target, DiversionReason.DEFLECTION, "forward.deflected")
        case Failed():
            raise ValueError("no device ends so")
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
        case Failed(why=why):
            return situation.mailbox(reason(_FORWARD_FAILED[why]))
        case Answered() | MessageTaken() | Refused():
            raise ValueError("an answered call is over")
        case _:
            assert_never(outcome)


_FORWARD_FAILED = {
    Failure.REFUSED: "voicemail.forward_refused",
    Failure.UNKNOWN_NUMBER: "voicemail.forward_unknown",
    Failure.NETWORK: "voicemail.forward_failed",
}


def _after_voicemail(outcome: Outcome) -> Step:
    """A mailbox that cannot take the call is a dead end with words: nothing is lost in silence."""
    match outcome:
        case MessageTaken() | Answered() | Refused():
            raise ValueError("the call is over")
        case NoAnswer() | Busy() | Unreachable() | Failed() | Redirected():
            return Refuse("line-unavailable", RefusalKind.UNREACHABLE, reason("refuse.no_mailbox"))
        case _:
            assert_never(outcome)
