"""The calls of an earlier process, taken over in the state that Asterisk and their journals tell."""

from __future__ import annotations

import structlog

from callcontrol import entries
from callcontrol.call import Call
from callcontrol.exchange import Exchange
from callcontrol.inbox import Switchboard
from callcontrol.journal import CallJournal
from callcontrol.leg import Leg
from callcontrol.resync import Snapshot
from callcontrol.telephony import ChannelEvent, PlaybackEnded, RecordingEnded

log = structlog.get_logger()


async def adopted(journal: CallJournal, now: Snapshot, exchange: Exchange, switchboard: Switchboard) -> Call:
    """The call of ``journal``, as it stands ``now``; its flow goes on from there."""
    told, phones = journal.story, exchange.phones
    call = Call(told.call, told.channel, phones, switchboard, journal, exchange.clock)
    call.continue_numbering(int(exchange.clock.now().timestamp()))
    channel = now.channels.get(told.channel)
    call.answered = channel is not None and channel.state == "Up"
    if told.recording is not None and await phones.recording_live(told.recording.id):
        call.recording = told.recording.id
        call.taken.add(call.recording)
    bridge = f"{told.call}-bridge"
    if bridge in now.bridges:
        call.bridge, call.joined = bridge, set(now.bridges[bridge])
    _adopt_legs(call, now)
    log.info("call.adopted", call=call.id, legs=len(call.legs))
    return call


def _adopt_legs(call: Call, now: Snapshot) -> None:
    """Those of the step under way are gone on with.

    One that was never dialled is begun anew instead: if it exists, it enters as a stranger and is hung up.
    """
    told = call.journal.story
    since = told.hop.step_at if told.hop else told.started_at
    for leg_id, record in list(told.legs.items()):
        channel = now.channels.get(leg_id)
        leg = Leg(leg_id, record.target, told.leg_lines[leg_id], made=True)
        leg.answered, leg.ended = record.answered_at is not None, record.ended_at is not None
        leg.rang, leg.sip_status = record.result == "no_answer" and leg.ended, record.sip_status
        if not leg.ended and leg_id not in told.dialled_legs and (not channel or channel.state == "Down"):
            call.tell(entries.LegEnded(call.clock.now(), leg_id, "cancelled"))
            continue
        if not leg.ended:
            call.legs[leg_id] = leg
        if since is not None and record.started_at >= since:
            call.begun.append(leg)


async def missed_ends(call: Call, playing: str | None, recording: str | None) -> list[ChannelEvent]:
    """The ends of a playback and a recording that nobody heard of.

    ``playing`` and ``recording`` are those of the gap: what began since has its own events.
    """
    ends: list[ChannelEvent] = []
    if playing is not None and playing in call.taken and not await call.phones.playback_running(playing):
        ends.append(PlaybackEnded(playing, call.channel, failed=False))
    if recording is not None and recording in call.taken and not await call.phones.recording_live(recording):
        ends.append(RecordingEnded(recording, call.channel, failed=False))
    return ends
