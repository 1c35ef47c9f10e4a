"""The way of a call through our lines: where it stands, what follows from what came of a step, when it is over.

Pure, and told once: a real call (``incoming.py``), ``explain`` and the tests take the same way. At each stop
``decide`` says the step; who walks carries it out (or assumes what comes of it) and asks ``after`` where the call
then stands. Must never decide anything itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from callcontrol.directory.directory import Directory
from callcontrol.facts import IncomingCall
from callcontrol.routing.steps import (
    Answered,
    ForwardInside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Refused,
    Step,
    Tried,
)


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The call goes on at another of our lines, whose own rules apply there; or ``back`` at the one that transferred
    it."""

    line: str
    back: bool = False


Result = Outcome | GoesOn
"""What comes of a step: something to decide on at the same line, the next line, or the end of the call."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a call stands on its way: the line that it is at, and what was tried there."""

    call: IncomingCall
    """The call as it arrived at this line."""
    line: str
    tried: tuple[Tried, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the call has ended: nobody may ask for a step then."""
        return bool(self.tried) and is_over(self.tried[-1].outcome)

    def after(self, step: Step, result: Result) -> Walk:
        """Where the call stands when ``result`` came of ``step``."""
        if isinstance(result, GoesOn):
            return self.on_to(result.line, back=result.back)
        return replace(self, tried=(*self.tried, Tried(step, result)))

    def on_to(self, line: str, *, back: bool = False) -> Walk:
        """Where the call stands when this line has sent it on to ``line``: there, with nothing tried."""
        return Walk(replace(self.call.forwarded_by(self.line), returned=back), line)


def inside(step: ForwardInside, directory: Directory) -> GoesOn | NoAnswer:
    """What comes of a forward inside: the next line; where there is none (it went meanwhile), nobody answers, so that
    voicemail takes the call."""
    return GoesOn(step.line, step.back) if directory.account(step.line) is not None else NoAnswer()


def is_over(outcome: Outcome) -> bool:
    """Whether a call has ended with this outcome."""
    return isinstance(outcome, (Answered, MessageTaken, Refused))
