"""What a call missed while nobody listened, as the events that it would have had. Pure.

Used when the events socket comes back and when a restarted app adopts the calls of the earlier one:
the flows need no second way to learn of things.
"""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.telephony import (
    Channel,
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelEvent,
    ChannelRinging,
    HangupCause,
    Snapshot,
)


def missed_events(call: Call, now: Snapshot) -> list[ChannelEvent]:
    """The channel events that bring ``call`` from what it knows to what is; the caller's end comes last.

    A leg whose making is still under way may be missing from ``now`` and is left alone.
    """
    events: list[ChannelEvent] = []
    for leg in call.legs.values():
        if not (leg.alive and leg.made) or leg is call.first:
            continue
        channel = now.channels.get(leg.id)
        if channel is None:
            events.append(ChannelEnded(_absent(leg.id), HangupCause.NORMAL))
        elif channel.state == "Up" and not leg.answered:
            events.append(ChannelAnswered(channel))
        elif channel.state == "Ringing" and not leg.rang:
            events.append(ChannelRinging(channel))
        elif channel.state == "Down" and leg.id not in call.journal.story.dialled_legs:
            events.append(ChannelEntered(channel, ("leg",)))
    joined = frozenset[str]().union(*now.bridges.values())
    events += [
        ChannelEntered(now.channels[ear], ("ear",))
        for ear in call.ears.channels & now.channels.keys() - joined
    ]
    if call.first is not None and not call.given_away and call.channel not in now.channels:
        events.append(ChannelEnded(_absent(call.channel), HangupCause.NORMAL))
    return events


def _absent(channel: str) -> Channel:
    return Channel(channel, "", "Down")
