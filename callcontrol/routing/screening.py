"""Rows 1 to 3 of spec §3: calls that this line does not take at all. Pure.

A refused caller never makes a device ring and never reaches voicemail.
"""

from __future__ import annotations

from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import RefusalKind, Refuse, TakeMessage


def loop_guard(situation: Situation) -> TakeMessage | None:
    """Row 1: a call that already passed this line, as it says or as we know, ends in the mailbox of the first line
    called.

    The other half of the row, five forwards, is where a forward would be made: ``forwarding.py``.
    """
    line = situation.called.line.number
    if situation.passed(line):
        return situation.mailbox(reason("voicemail.loop", line=line))
    return situation.mailbox(reason("voicemail.caller_loop", line=line)) if situation.comes_back else None


def refuse_anonymous(situation: Situation) -> Refuse | None:
    """Row 2, *Appelants anonymes*."""
    if not (situation.anonymous and situation.manager.reject_anonymous):
        return None
    return Refuse("anonymous-refused", RefusalKind.REJECTED, reason("refuse.anonymous"))


def selective_reject(situation: Situation) -> Refuse | None:
    """Row 3, *Rejeter la sélection*."""
    rule = situation.manager.selective_reject
    if not rule.enabled or not situation.is_on(rule.callers):
        return None
    return Refuse("caller-refused", RefusalKind.REJECTED, reason("refuse.selective"))
