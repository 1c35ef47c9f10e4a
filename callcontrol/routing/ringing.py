"""Rows 6 to 10 of spec §3: do not disturb, busy, unavailable, the ring, and what follows a ring nobody took. Pure."""

from __future__ import annotations

from callcontrol.routing.forwarding import forward
from callcontrol.routing.situation import Situation, reason
from callcontrol.routing.steps import DiversionReason, RefusalKind, Refuse, Ring, Step

LONGEST_RING = 180
"""Seconds after which a ring with neither forward nor voicemail ends (spec §3, row 10)."""


def do_not_disturb(situation: Situation) -> Step | None:
    """Row 6, *Ne pas déranger*: the busy-forward number if that is on, else voicemail; priority callers ring."""
    dnd, busy = situation.manager.dnd, situation.manager.busy
    if not dnd.enabled or is_priority(situation):
        return None
    if busy.forward_enabled:
        return forward(situation, busy.number, DiversionReason.DO_NOT_DISTURB, "forward.dnd")
    return situation.mailbox(reason("voicemail.dnd"), dnd=True)


def line_full(situation: Situation) -> Step | None:
    """Row 7, *Occupé*: the line already holds as many calls as it may."""
    return busy(situation, "busy") if situation.full else None


def no_device(situation: Situation) -> Step | None:
    """Row 8, *Indisponible*: no device is registered (or only the caller's own)."""
    return None if situation.devices else unavailable(situation, "unavailable")


def straight_to_voicemail(situation: Situation) -> Step | None:
    """Row 10, the delay of 0: voicemail without ringing."""
    rule = situation.manager.no_answer
    if rule.voicemail_enabled and rule.voicemail_after == 0:
        return situation.mailbox(reason("voicemail.immediate"))
    return None


def ring(situation: Situation) -> Ring:
    """Row 9: every device, with the distinctive ring for callers on its list, until row 10's first delay ends."""
    distinctive = situation.manager.distinctive_ring
    special = distinctive.enabled and situation.is_on(distinctive.callers)
    rule = "ring.distinctive" if special else "ring.default"
    if situation.manager.dnd.enabled:
        rule = "ring.priority"
    seconds = ring_seconds(situation)
    return Ring(situation.devices, seconds, reason(rule, seconds=seconds), distinctive=special)


def ring_seconds(situation: Situation) -> int:
    """How long the devices ring: the forward's delay or voicemail's, the first to end (row 10)."""
    rule = situation.manager.no_answer
    delays = []
    if rule.forward_enabled:
        delays.append(rule.forward_after)
    if rule.voicemail_enabled:
        delays.append(rule.voicemail_after)
    return min(delays, default=LONGEST_RING)


def no_answer(situation: Situation) -> Step:
    """Row 10, after the ring: the forward if its delay ends first, else voicemail, else the announcement."""
    rule = situation.manager.no_answer
    forward_first = not rule.voicemail_enabled or rule.forward_after < rule.voicemail_after
    if rule.forward_enabled and forward_first:
        return forward(situation, rule.number, DiversionReason.NO_ANSWER, "forward.no_answer")
    if rule.voicemail_enabled:
        return situation.mailbox(reason("voicemail.no_answer"))
    return Refuse("no-answer", RefusalKind.NO_ANSWER, reason("refuse.no_answer"))


def busy(situation: Situation, cause: str) -> Step:
    """The busy row, for a full line (``busy``) or when every device refused (``declined``)."""
    rule = situation.manager.busy
    if rule.forward_enabled:
        return forward(situation, rule.number, DiversionReason.USER_BUSY, f"forward.{cause}")
    if rule.voicemail_enabled:
        return situation.mailbox(reason(f"voicemail.{cause}"), busy=cause == "busy")
    return Refuse("line-busy", RefusalKind.BUSY, reason(f"refuse.{cause}"))


def unavailable(situation: Situation, cause: str) -> Step:
    """The unavailable row, without a device (``unavailable``) or when every one failed (``unreachable``)."""
    rule = situation.manager.unavailable
    if rule.forward_enabled:
        return forward(situation, rule.number, DiversionReason.UNAVAILABLE, f"forward.{cause}")
    return situation.mailbox(reason(f"voicemail.{cause}"))


def is_priority(situation: Situation) -> bool:
    """Whether *appelants prioritaires* is on and the caller is one."""
    dnd = situation.manager.dnd
    return dnd.priority_enabled and situation.is_on(dnd.priority)
