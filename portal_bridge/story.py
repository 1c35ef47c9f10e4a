"""What would happen to a call that is not made, with the live state of every line that it would come to (spec §10.3).

Asks the same ``decide`` as a real call; decides nothing itself. For the API and the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, assert_never

from callcontrol.directory.directory import Directory
from callcontrol.facts import IncomingCall, LineState
from callcontrol.ports.call_side import CallSide
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain
from callcontrol.routing.steps import (
    Explained,
    ForwardInside,
    ForwardOutside,
    Refuse,
    Ring,
    Step,
    TakeMessage,
)

Action = Literal["ring", "forward", "voicemail", "refuse"]
Parts = tuple[Action, str | None, float | None, int | None, str | None]
"""What a step does; the number or line that it forwards to; its seconds; how many devices; whose mailbox."""


async def story(
    call_side: CallSide, directories: Callable[[], Directory], call: IncomingCall, at: datetime
) -> tuple[Explained, ...]:
    """The steps of ``call`` at the line that it is for. Explained again with the state of each further line that it
    turns out to need: at most six. Raises as ``CallSide.state``."""
    states: dict[str, LineState] = {}
    missing = {call.first_line}
    explained: tuple[Explained, ...] = ()
    while missing:
        for number in missing:
            states[number] = await call_side.state(number)
        missing = set()

        def called(number: str, missing: set[str] = missing) -> CalledLine | None:
            directory = directories()
            line = directory.account(number)
            if line is None:
                return None
            if number not in states:
                missing.add(number)
            return CalledLine(
                line,
                directory.company(line.company),
                directory.settings(line),
                states.get(number, LineState()),
                directory.contacts(line),
            )

        explained = explain(call, call.first_line, called, directories(), at)
    return explained


def parts(step: Step) -> Parts:
    """What there is to show of a step."""
    match step:
        case Ring(devices=devices, seconds=seconds):
            return "ring", None, seconds, len(devices), None
        case ForwardInside(line=line):
            return "forward", line, None, None, None
        case ForwardOutside(number=number, seconds=seconds):
            return "forward", number, seconds, None, None
        case TakeMessage(box=box):
            return "voicemail", None, None, None, box
        case Refuse():
            return "refuse", None, None, None, None
        case _:
            assert_never(step)
