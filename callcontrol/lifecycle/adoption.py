"""The calls of an earlier process, taken over in the state that Asterisk and their journals tell."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import structlog

from callcontrol.call.call import Call
from callcontrol.call.hand_over import taken_leg
from callcontrol.call.inbox import ChannelRouter
from callcontrol.call.leg import Leg
from callcontrol.call.party import Party
from callcontrol.call.services import CallServices
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.journal import entries
from callcontrol.journal.files import CallJournal, Journal
from callcontrol.journal.story import Story
from callcontrol.ports.clock import Clock
from callcontrol.telephony import ChannelEvent, PlaybackEnded, RecordingEnded, Snapshot

log = structlog.get_logger()


async def left_behind(journals: Journal, known: Collection[str]) -> list[CallJournal]:
    """The journals of calls that are not ``known``. Read in a thread: after a long outage there may be thousands."""
    found = await asyncio.to_thread(lambda: list(journals.left()))  # new calls wait for the resync's end
    strange = [journal for journal in found if journal.call not in known]
    for journal in strange:
        if journal.story.started_at is None:  # nothing can be known of it: kept for a person
            journal.reject()
    return [journal for journal in strange if journal.story.started_at is not None]


def find_given_away(journals: Sequence[CallJournal], clock: Clock) -> None:
    """A process may die between the two entries of a hand-over: the channel belongs to the call that took it."""
    takers = {
        leg: journal
        for journal in journals
        for leg in (*journal.story.taken_legs, *journal.story.guests)
        if journal.story.given != leg
    }
    for journal in journals:
        story = journal.story
        if story.given_to is not None or story.ended_at is not None:
            continue
        for channel in (story.channel, *story.legs):
            taker = takers.get(channel)
            if (
                taker is not None
                and taker is not journal
                and channel not in story.guests | story.taken_legs.keys()
            ):
                given = "" if channel in taker.story.taken_legs else channel
                chain = taker.story.chain or ""
                journal.write(entries.GivenAway(clock.now(), taker.call, given, chain if given else ""))
                break


async def adopted_or_rejected(
    journal: CallJournal, now: Snapshot, services: CallServices, switchboard: ChannelRouter
) -> Call | None:
    """The call of a journal; None when its story makes no sense to us: no other call waits for it."""
    try:
        return await adopted(journal, now, services, switchboard)
    except (PhoneSystemDown, PhoneSystemRefused):
        raise  # Asterisk's doing: the next resync tries again
    except Exception:
        log.exception("journal.not_adopted", call=journal.call)
        journal.reject()
        return None


async def adopted(
    journal: CallJournal, now: Snapshot, services: CallServices, switchboard: ChannelRouter
) -> Call:
    """The call of ``journal``, as it stands ``now``; its flow goes on from there."""
    story = journal.story
    call = Call(
        story.call, services.phones, switchboard, journal, services.clock, services.occupancy, services.offers
    )
    call.continue_numbering(int(services.clock.now().timestamp()))
    _know_companies(story, services)
    if call.bridge.id in now.bridges:
        call.bridge.exists, call.bridge.joined = True, set(now.bridges[call.bridge.id])
    _adopt_legs(call, now)
    await _adopt_caller(call, now)
    log.info("call.adopted", call=call.id, legs=len(call.legs))
    return call


def _know_companies(story: Story, services: CallServices) -> None:
    """A journal of before its hops told their company."""
    for hop in story.hops:
        if hop.company is None and (line := services.directory.account(hop.line)) is not None:
            hop.company = line.company


async def _adopt_caller(call: Call, now: Snapshot) -> None:
    """The caller, with its recording; of a call that we made, the leg that answered first, if one has."""
    story, phones = call.journal.story, call.phones
    if not story.channel:
        return
    caller = call.legs.get(story.channel) or Party(id=story.channel, phones=phones)
    channel = now.channels.get(story.channel)
    caller.answered = channel is not None and channel.state == "Up"
    if story.recording is not None and await phones.recording_live(story.recording.id):
        caller.recording = story.recording.id
        caller.taken.add(caller.recording)
    await _adopt_menu(caller, story)
    call.first, call.given_away = caller, story.given == story.channel


async def _adopt_menu(caller: Party, story: Story) -> None:
    """What the voice menu left running: its next command stops it."""
    for draft in story.menu.drafts:
        if await caller.phones.recording_live(draft):
            caller.recording = draft
            caller.taken.add(draft)
    playback = story.menu.playback
    if playback is not None and await caller.phones.playback_running(playback):
        caller.playing = playback
        caller.taken.add(playback)


def _adopt_legs(call: Call, now: Snapshot) -> None:
    """Those of the step under way are gone on with.

    One that was never dialled is begun anew instead: if it exists, it enters as a stranger and is hung up.
    """
    story = call.journal.story
    call.leaving |= {each.by for each in story.transfers if each.by in now.channels}
    since = story.hop.step_at if story.hop else story.started_at
    if story.blind is not None and not story.way:
        since = story.blind.at
    for leg_id, record in list(story.legs.items()):
        if story.given and leg_id == story.given:
            continue  # it belongs to the call that took it
        channel = now.channels.get(leg_id)
        leg = _leg_of(call, leg_id)
        leg.ended, leg.sip_status = record.ended_at is not None, record.sip_status
        leg.rang = record.result == "no_answer" and leg.ended
        if not leg.ended and leg_id not in story.dialled_legs and (not channel or channel.state == "Down"):
            call.tell(entries.LegEnded(call.clock.now(), leg_id, "cancelled"))
            continue
        if not leg.ended:
            call.legs[leg_id] = leg
        is_begun = since is not None and record.started_at >= since
        if is_begun and leg_id != story.channel and leg_id not in story.guests:
            call.begun.append(leg)


def _leg_of(call: Call, leg_id: str) -> Leg:
    story = call.journal.story
    record, line = story.legs[leg_id], story.leg_lines[leg_id]
    if leg_id in story.taken_legs and line is not None:
        taken = taken_leg(call, leg_id, line)
        taken.answered = leg_id in story.answered_legs
        return taken
    account = story.leg_accounts.get(leg_id)
    leg = Leg(id=leg_id, phones=call.phones, target=record.target, line=line, account=account, made=True)
    leg.inbound = leg.guest = leg_id in story.guests
    leg.answered = leg_id in story.answered_legs
    leg.confirms, leg.confirmed = leg_id in story.confirming, leg_id in story.confirmed
    return leg


async def missed_ends(party: Party, playing: str | None, recording: str | None) -> list[ChannelEvent]:
    """The ends of a playback and a recording that nobody heard of.

    ``playing`` and ``recording`` are those of the gap: what began since has its own events.
    """
    ends: list[ChannelEvent] = []
    phones = party.phones
    if playing is not None and playing in party.taken and not await phones.playback_running(playing):
        ends.append(PlaybackEnded(playing, party.id, failed=False))
    if recording is not None and recording in party.taken and not await phones.recording_live(recording):
        ends.append(RecordingEnded(recording, party.id, failed=False))
    return ends
