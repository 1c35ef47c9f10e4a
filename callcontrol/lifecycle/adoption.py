"""The calls of an earlier process, taken over in the state that Asterisk and their journals tell."""

from __future__ import annotations

import structlog

from callcontrol.call.call import Call
from callcontrol.call.inbox import ChannelRouter
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.journal import entries
from callcontrol.journal.files import CallJournal
from callcontrol.telephony import ChannelEvent, PlaybackEnded, RecordingEnded, Snapshot

log = structlog.get_logger()


async def adopted(
    journal: CallJournal, now: Snapshot, services: CallServices, switchboard: ChannelRouter
) -> Call:
    """The call of ``journal``, as it stands ``now``; its flow goes on from there."""
    story, phones = journal.story, services.phones
    call = Call(story.call, story.channel, phones, switchboard, journal, services.clock)
    call.continue_numbering(int(services.clock.now().timestamp()))
    channel = now.channels.get(story.channel)
    call.answered = channel is not None and channel.state == "Up"
    if story.recording is not None and await phones.recording_live(story.recording.id):
        call.recording = story.recording.id
        call.taken.add(call.recording)
    bridge = f"{story.call}-bridge"
    if bridge in now.bridges:
        call.bridge, call.joined = bridge, set(now.bridges[bridge])
    _adopt_legs(call, now)
    log.info("call.adopted", call=call.id, legs=len(call.legs))
    return call


def _adopt_legs(call: Call, now: Snapshot) -> None:
    """Those of the step under way are gone on with.

    One that was never dialled is begun anew instead: if it exists, it enters as a stranger and is hung up.
    """
    story = call.journal.story
    since = story.hop.step_at if story.hop else story.started_at
    for leg_id, record in list(story.legs.items()):
        channel = now.channels.get(leg_id)
        leg = Leg(leg_id, record.target, story.leg_lines[leg_id], made=True)
        leg.answered, leg.ended = record.answered_at is not None, record.ended_at is not None
        leg.rang, leg.sip_status = record.result == "no_answer" and leg.ended, record.sip_status
        if not leg.ended and leg_id not in story.dialled_legs and (not channel or channel.state == "Down"):
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
