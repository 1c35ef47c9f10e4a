"""An entry, folded into the story of its call: what each makes of what is known. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from callcontrol.history import LegRecord
from callcontrol.journal.entries import (
    AccessReached,
    CallerAnswered,
    CameOf,
    Decided,
    DraftDropped,
    DraftStarted,
    Ended,
    Entered,
    Entry,
    FirstPartyAnswered,
    FirstPartyAway,
    FirstPartyDecided,
    GivenAway,
    LegAnswered,
    LegConfirmed,
    LegDialled,
    LegEnded,
    LegStarted,
    LegTaken,
    MarkedUrgent,
    MenuOpened,
    MenuPlays,
    OutgoingDecided,
    Over,
    Reached,
    RecordingDone,
    RecordingStarted,
    ReminderSnoozed,
    Replaced,
    Sending,
    Sent,
    Transferred,
)
from callcontrol.journal.story import Hop, Story, Transfer
from callcontrol.routes import OurOwn
from callcontrol.routing import steps
from callcontrol.routing.steps import Tried


def fold(story: Story, entry: Entry) -> None:
    """Fold one more entry into ``story``."""
    match entry:
        case Entered():
            story.call, story.channel, story.caller = entry.call, entry.channel, entry.caller
            story.dialled, story.diversions, story.started_at = entry.dialled, entry.diversions, entry.at
            story.route, story.max_forwards = entry.by, entry.max_forwards
        case FirstPartyDecided() | FirstPartyAnswered() | FirstPartyAway() | ReminderSnoozed():
            _first_party(story, entry)
        case OutgoingDecided():
            story.outgoing = entry.step
        case Reached():
            story.hops.append(Hop(entry.line, entry.at, entry.company, seen=story.seen, back=entry.back))
        case Decided() | CameOf():
            _step(story, entry)
        case LegStarted() | LegDialled() | LegAnswered() | LegConfirmed() | LegTaken() | LegEnded():
            _leg(story, entry)
        case CallerAnswered():
            story.caller_answered_at = story.caller_answered_at or entry.at
        case RecordingStarted() | MarkedUrgent() | RecordingDone():
            _message(story, entry)
        case AccessReached() | MenuOpened() | MenuPlays() | DraftStarted() | DraftDropped():
            _in_menu(story, entry)
        case Sending() | Sent():
            _send(story, entry)
        case Transferred() | Replaced() | GivenAway() | Over() | Ended():
            _leave(story, entry)


def _first_party(
    story: Story, entry: FirstPartyDecided | FirstPartyAnswered | FirstPartyAway | ReminderSnoozed
) -> None:
    match entry:
        case FirstPartyDecided(step=step):
            story.first_step = step
        case FirstPartyAnswered(leg=leg):
            story.channel = leg
        case FirstPartyAway(outcome=outcome):
            story.away = outcome
        case ReminderSnoozed(at=at):
            story.snoozed_at = at


def _step(story: Story, entry: Decided | CameOf) -> None:
    hop = story.hops[-1]
    if isinstance(entry, Decided):
        hop.step, hop.step_at = entry.step, entry.at
    elif hop.step is not None and hop.step_at is not None:  # a transfer has ended it already
        hop.tried = (*hop.tried, Tried(hop.step, entry.outcome))
        hop.step_at = None


def _leg(
    story: Story, entry: LegStarted | LegDialled | LegAnswered | LegConfirmed | LegTaken | LegEnded
) -> None:
    match entry:
        case LegStarted():
            _add_leg(story, entry.leg, LegRecord(entry.target, entry.at), entry.line)
            if entry.account is not None:
                story.leg_accounts[entry.leg] = entry.account
            if entry.confirms:
                story.confirming.add(entry.leg)
        case LegTaken():
            _add_leg(story, entry.leg, LegRecord(entry.line, entry.at), entry.line)
            story.taken_legs[entry.leg] = entry.line
            story.dialled_legs.add(entry.leg)
        case LegDialled():
            story.dialled_legs.add(entry.leg)
        case LegAnswered():
            story.answered_legs.add(entry.leg)
            if entry.leg not in story.confirming:
                _has_call(story, entry.leg, entry.at)
        case LegConfirmed():
            story.confirming.discard(entry.leg)
            story.confirmed.add(entry.leg)
            _has_call(story, entry.leg, entry.at)
        case LegEnded():
            leg = story.legs[entry.leg]
            result = "answered" if leg.answered_at else entry.result
            story.legs[entry.leg] = replace(
                leg, ended_at=entry.at, result=result, sip_status=entry.sip_status
            )


def _add_leg(story: Story, leg: str, record: LegRecord, line: str | None) -> None:
    story.legs[leg] = record
    story.leg_lines[leg] = line
    if story.hops:
        story.hops[-1].legs.append(leg)
    elif isinstance(story.route, OurOwn) and story.outgoing is None:
        story.first_legs.add(leg)


def _has_call(story: Story, leg: str, at: datetime) -> None:
    story.answered_legs.add(leg)
    story.legs[leg] = replace(story.legs[leg], answered_at=at, result="answered")


def _message(story: Story, entry: RecordingStarted | MarkedUrgent | RecordingDone) -> None:
    match entry:
        case RecordingStarted(message=message):
            story.recording = message
        case MarkedUrgent(message=message_id, urgent=urgent):
            if story.recording is not None and story.recording.id == message_id:
                story.recording = replace(story.recording, urgent=urgent)
        case RecordingDone():
            _recorded(story, entry)


def _recorded(story: Story, entry: RecordingDone) -> None:
    if story.recording is not None and entry.seconds is not None:
        story.messages.append(replace(story.recording, duration=entry.seconds, new=not entry.heard))
        for hop in story.hops:
            if hop.line == story.recording.line:
                hop.message = story.recording.id
    story.recording = None


def _in_menu(
    story: Story, entry: AccessReached | MenuOpened | MenuPlays | DraftStarted | DraftDropped
) -> None:
    match entry:
        case AccessReached(company=company):
            story.menu.access = company
        case MenuOpened(box=box):
            story.menu.box = box
        case MenuPlays(playback=playback):
            story.menu.playback = playback
        case DraftStarted(recording=recording):
            story.menu.drafts.add(recording)
        case DraftDropped(recording=recording):
            story.menu.drafts.discard(recording)


def _send(story: Story, entry: Sending | Sent) -> None:
    if isinstance(entry, Sending):
        story.menu.sending = entry
    else:
        story.messages += entry.messages
        story.menu.sending = None


def _transfer(story: Story, entry: Transferred | Replaced) -> None:
    guest, blind = entry.guest, isinstance(entry, Transferred)
    if isinstance(entry, Replaced):
        story.guests.add(guest.channel)
        number = guest.caller.line or guest.caller.number or ""
        story.legs[guest.channel] = LegRecord(number, entry.at, entry.at, result="answered")
        story.leg_lines[guest.channel] = guest.caller.line
        story.dialled_legs.add(guest.channel)
        story.answered_legs.add(guest.channel)
        story.chain = entry.chain
    if blind or entry.by != story.channel:
        _talked(story, entry.line)
    story.transfers.append(
        Transfer(
            entry.at, entry.by, entry.line, guest, len(story.hops),
            *((entry.step, entry.to_mailbox) if isinstance(entry, Transferred) else ()),
        )
    )  # fmt: skip
    if blind or entry.by == story.channel:
        story.channel = guest.channel


def _talked(story: Story, line: str) -> None:
    """What was under way at the last hop was a talk, which is over."""
    hop = story.hop
    if hop is not None and hop.step is not None and hop.step_at is not None:
        hop.tried, hop.step_at = (*hop.tried, Tried(hop.step, steps.Answered(line))), None


def _leave(story: Story, entry: Transferred | Replaced | GivenAway | Over | Ended) -> None:
    match entry:
        case Transferred() | Replaced():
            _transfer(story, entry)
        case GivenAway(to=taker, channel=channel, chain=chain):
            story.given_to, story.given = taker, channel or story.channel
            story.chain = chain or story.chain
        case Over():
            story.over = True
        case Ended(at=at):
            _end(story, at)


def _end(story: Story, at: datetime) -> None:
    story.ended_at, story.over = at, True
    for leg, record in story.legs.items():
        if record.ended_at is None:
            story.legs[leg] = replace(record, ended_at=at)
