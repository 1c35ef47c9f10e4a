"""A channel changes its call. It has one owner at a time; what happens to it from now on is told to the new one.

There is no await in it: whoever finds a call that rings takes it before anybody else can. The taker's journal is
written first: a channel that two journals name belongs to the one that took it (``adoption``).
"""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.interrupts import PickedUp
from callcontrol.call.leg import Leg
from callcontrol.journal import entries


def hand_over(giver: Call, taker: Call, line: str) -> Leg:
    """The caller of ``giver``, a phone of ``line``, becomes a leg of ``taker``, which rings: it picks it up.

    ``giver`` ends without touching the channel; ``taker`` hears of it as ``PickedUp``.
    """
    now, party = taker.clock.now(), giver.caller
    taker.tell(entries.LegTaken(now, party.id, line, giver.id))
    leg = taken_leg(taker, party.id, line)
    taker.own(leg)
    leg.answered, leg.ringing, leg.playing = party.answered, party.ringing, party.playing
    giver.given_away = True
    giver.tell(entries.GivenAway(now, taker.id))
    taker.inbox.put(PickedUp(leg.id))
    return leg


def taken_leg(taker: Call, channel: str, line: str) -> Leg:
    """The channel as a leg of its new call. It has the call once that has answered it."""
    return Leg(id=channel, phones=taker.phones, target=line, line=line, inbound=True, made=True)


def may_be_taken(call: Call) -> bool:
    """Whether it rings and nobody has answered or taken it yet, not even somebody of whom it has not heard."""
    return call.journal.story.rings_at is not None and not call.inbox.answer_waits
