"""The next event of a call, after its bookkeeping: what it makes of the parties is known before any flow looks at it.

The caller's hangup is ``CallerHungUp``, raised here whoever waits; a leg's end is data.
"""

from __future__ import annotations

import asyncio

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.interrupts import EndAsked, PutInPlace
from callcontrol.call.leg import Leg
from callcontrol.call.transfers import take_place, tell_transfer
from callcontrol.errors import CallerHungUp
from callcontrol.journal import entries
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelLeft,
    ChannelProgressing,
    ChannelRinging,
    HangupCause,
    HangupRequested,
    HoldChanged,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    TransferAsked,
)


async def next_event(call: Call, deadline: float | None = None) -> CallEvent | None:
    """The next event; None at ``deadline`` (loop time, seconds).

    Raises ``CallerHungUp`` when it is the caller's hangup, or when the end of the call is asked for.
    """
    event = await call.inbox.get(deadline)
    if event is not None:
        _note(call, event)
    match event:
        case TransferAsked(channel=channel) if not call.talks:
            await tell_transfer(call, channel.id, "channel_declined")
        case PutInPlace():
            await take_place(call, event)
        case _:
            pass
    return event


async def pause(call: Call, seconds: float) -> None:
    """Let ``seconds`` go by; keys pressed meanwhile are kept. Raises ``CallerHungUp``."""
    deadline = asyncio.get_running_loop().time() + seconds
    while await next_event(call, deadline) is not None:
        pass


def _note(call: Call, event: CallEvent) -> None:
    match event:
        case EndAsked():
            raise CallerHungUp(call.id)  # ``close`` hangs everybody up
        case (
            HangupRequested(channel=channel) | ChannelLeft(channel=channel) | ChannelEnded(channel=channel)
        ) if call.first is not None and channel.id == call.first.id:
            if isinstance(event, HangupRequested):
                call.caller_cause = event.cause
            raise call.hung_up()
        case (
            ChannelEnded(channel=channel)
            | ChannelLeft(channel=channel)
            | ChannelAnswered(channel=channel)
            | ChannelRinging(channel=channel)
            | ChannelProgressing(channel=channel)
        ):
            if (leg := call.legs.get(channel.id)) is not None:
                _note_of_leg(call, leg, event)
        case PlaybackEnded(channel=channel_id) | RecordingEnded(channel=channel_id):
            if (party := call.party(channel_id)) is not None:
                party.note(event)
        case KeyPressed(channel=channel) | HoldChanged(channel=channel):
            if (party := call.party(channel.id)) is not None:
                party.note(event)
        case _:
            pass


def _note_of_leg(
    call: Call,
    leg: Leg,
    event: ChannelEnded | ChannelLeft | ChannelAnswered | ChannelRinging | ChannelProgressing,
) -> None:
    match event:
        case ChannelEnded(cause=cause, sip_status=sip_status):
            if not leg.inbound and leg.alive:
                leg.lost = leg.id not in call.journal.story.dialled_legs
            call.leg_ended(leg.id, cause, sip_status)
        case ChannelLeft():
            if leg.inbound:  # nobody tells of its ChannelDestroyed
                call.leg_ended(leg.id, HangupCause.NORMAL, None)
        case ChannelAnswered():
            if leg.alive and not leg.answered:  # one that crosses our own end of the leg is none
                leg.answered = True
                call.tell(entries.LegAnswered(call.clock.now(), leg.id))
        case ChannelRinging() | ChannelProgressing():
            leg.rang = leg.heard = True
