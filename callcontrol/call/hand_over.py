"""A channel changes its call. It has one owner at a time; what happens to it from now on is told to the new one.

There is no await in it: whoever finds a call that rings takes it before anybody else can. The taker's journal is
written first: a channel that two journals name belongs to the one that took it (``adoption``).
"""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.interrupts import PickedUp, PutInPlace
from callcontrol.call.leg import Leg
from callcontrol.call.transfers import leaves
from callcontrol.facts import Guest
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


def join(giver: Call, taker: Call, by: str, guest: Guest, line: str) -> None:
    """``guest``, a party of ``giver``, takes the place in ``taker`` of ``line``, whose channel there is ``by``: it
    joined its two calls (attended transfer). ``taker`` hears of it as ``PutInPlace``; nothing else of ``giver`` goes
    on."""
    now, party = taker.clock.now(), giver.party(guest.channel)
    assert party is not None, "somebody who is there is transferred"
    chains = [call.journal.story.chain or call.id for call in (giver, taker)]
    chain = min(chains)  # ids are in order of time
    taker.tell(entries.Replaced(now, by, line, guest, giver.id, chain))
    leg = guest_leg(taker, guest)
    leg.playing, leg.held = party.playing, party.held
    taker.own(leg)
    leaves(taker, by, leg)
    if giver.first is not None and giver.channel == guest.channel:
        giver.given_away = True
    else:
        giver.legs.pop(guest.channel)
    giver.tell(entries.GivenAway(now, taker.id, guest.channel, chain))
    taker.inbox.put(PutInPlace(by, leg.id))


def guest_leg(taker: Call, guest: Guest) -> Leg:
    """A party of another call as a leg of the one that it was joined to."""
    line = guest.caller.line
    target = line or guest.caller.number or ""
    leg = Leg(id=guest.channel, phones=taker.phones, target=target, line=line, inbound=True, made=True)
    leg.guest = leg.answered = True
    return leg


def may_be_taken(call: Call) -> bool:
    """Whether it rings and nobody has answered or taken it yet, not even somebody of whom it has not heard."""
    return call.journal.story.rings_at is not None and not call.inbox.answer_waits
