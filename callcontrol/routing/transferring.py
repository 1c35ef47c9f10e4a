"""A call that one of our phones transferred (spec §2.6): where it goes, and how it comes back. Pure.

At the target the target's own rules apply, but for two things: nobody is looked for longer than ``SECONDS``, and
who meets a refusal is not sent away: the line that transferred it is called back, and its phones ring. A transfer
outside is a forward of that line: it pays, and as many are allowed.
"""

from __future__ import annotations

from dataclasses import replace

from callcontrol.facts import TransferredBy
from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import (
    DiversionReason,
    ForwardInside,
    ForwardOutside,
    Refuse,
    Ring,
    Step,
    TakeMessage,
    Tried,
)

SECONDS = 30
"""So long a transfer looks for somebody, and so long the line that transferred it is called back."""
TOO_LATE = 0.5
"""Less than this is no time to ring."""


def at_transferrer(situation: Situation, tried: tuple[Tried, ...]) -> Step | None:
    """At the line that transferred the call: outside on its behalf, or back at its phones, then in its mailbox. None:
    its own rules apply."""
    call, line = situation.call, situation.called.line.number
    transfer = call.transfer
    if transfer is None or transfer.line != line:
        return None
    done = {type(each.step) for each in tried}
    if transfer.number is not None and not call.returned and ForwardOutside not in done:
        because = reason("transfer.outside", target=transfer.number)
        return ForwardOutside(transfer.number, DiversionReason.DEFLECTION, because, seconds=SECONDS)
    if not call.returned and not _goes_outside_from(situation):
        return None
    if Ring not in done and situation.devices and not situation.full:
        return Ring(situation.devices, SECONDS, reason("transfer.returned", seconds=SECONDS))
    return None if TakeMessage in done else TakeMessage(line, reason("voicemail.transfer_returned"))


def first(situation: Situation) -> Step | None:
    """Before all rows of the target: a mailbox that the transferring party had reached itself."""
    transfer = situation.call.transfer
    if transfer is None or not transfer.to_mailbox or situation.call.returned:
        return None
    return TakeMessage(situation.called.line.number, reason("transfer.voicemail"))


def limited(situation: Situation, step: Step) -> Step:
    """``step`` of the target, as long as the transfer may look for somebody; else the way back."""
    transfer = situation.call.transfer
    if transfer is None or situation.call.returned or _goes_outside_from(situation):
        return step
    left = _left(situation, transfer)
    match step:
        case Refuse():
            return _back(transfer)
        case Ring() | ForwardOutside():
            return _back(transfer) if left < TOO_LATE else replace(step, seconds=min(step.seconds, left))
        case TakeMessage() if left < TOO_LATE:
            return _back(transfer)
        case _:
            return step


def _goes_outside_from(situation: Situation) -> bool:
    """Whether this line transferred the call to a number outside."""
    transfer = situation.call.transfer
    return (
        transfer is not None and transfer.number is not None and transfer.line == situation.called.line.number
    )


def _left(situation: Situation, transfer: TransferredBy) -> float:
    if transfer.until is None:
        return float("inf")
    return (transfer.until - situation.now).total_seconds()


def _back(transfer: TransferredBy) -> Step:
    return ForwardInside(transfer.line, DiversionReason.NO_ANSWER, reason("transfer.nobody"), back=True)
