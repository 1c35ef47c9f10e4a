"""The history made of a story: one record for each line that took part in a call (spec §10.3). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from callcontrol.because import Because
from callcontrol.facts import Presentation
from callcontrol.history import CHAIN, CallRecord, Direction, LegRecord, Peer
from callcontrol.journal.story import Hop, Story, Transfer, kept_peer
from callcontrol.routes import ReminderDue
from callcontrol.routing import steps
from callcontrol.routing.steps import RefusalKind


def records(story: Story) -> tuple[CallRecord, ...]:
    """The history of an ended call: one record for each line that took part."""
    assert story.started_at is not None
    assert story.ended_at is not None
    if isinstance(story.by, ReminderDue):
        return _reminder_records(story, story.by)
    found = _of_hops(story)
    found += [
        _pickup_record(story, leg, line)
        for leg, line in story.taken_legs.items()
        if story.legs[leg].answered_at is not None  # one that left before has received nothing
    ]
    found += [
        _guest_record(story, transfer, transfer.guest.caller.line)
        for transfer in story.transfers
        if transfer.guest.channel in story.guests and transfer.guest.caller.line is not None
    ]
    if (story.given_to is None or story.chain is not None) and (rule := _outgoing_rule(story)) is not None:
        found.append(_outgoing_record(story, rule))
    latest: dict[str, CallRecord] = {}
    for record in found:  # a line met twice keeps what it did last; being the caller wins
        latest[record.line] = record
    return tuple(_chained(story, record) for record in latest.values())


def _of_hops(story: Story) -> list[CallRecord]:
    """One for each hop; a line that a transferred call came to again keeps all that it did with it."""
    found: list[CallRecord] = []
    for hop in story.hops:
        record = _hop_record(story, hop)
        before = next((each for each in found if each.line == record.line), None)
        if before is not None and story.transfers:
            found.remove(before)
            record = replace(
                record,
                peer=before.peer,
                started_at=before.started_at,
                answered_at=before.answered_at or record.answered_at,
                message=record.message or before.message,
                legs=before.legs + record.legs,
            )
        found.append(record)
    return found


def _chained(story: Story, record: CallRecord) -> CallRecord:
    """Calls that were joined name the first of them."""
    if story.chain is None or story.chain == story.call:
        return record
    parameters = (*record.rule.params, (CHAIN, story.chain))
    return replace(record, rule=replace(record.rule, params=parameters))


def _left_at(story: Story, line: str) -> datetime:
    """When a line left the call: as it transferred it, unless it took it back."""
    assert story.ended_at is not None
    channels = [leg for leg, of_line in story.leg_lines.items() if of_line == line]
    transfers = [each.at for each in story.transfers if each.line == line]
    if not transfers:
        return story.ended_at
    ends = [story.legs[leg].ended_at for leg in channels if story.legs[leg].answered_at is not None]
    return max([*transfers, *(end for end in ends if end is not None)])


def _legs(story: Story, ids: list[str]) -> tuple[LegRecord, ...]:
    """The attempts that were made; a leg taken back before it was dialled rang nobody."""
    return tuple(
        story.legs[leg]
        for leg in ids
        if leg in story.dialled_legs or story.legs[leg].result not in ("cancelled", "elsewhere")
    )


def _hop_record(story: Story, hop: Hop) -> CallRecord:
    answered = [at for leg in _rung(story, hop.line) if (at := story.legs[leg].answered_at) is not None]
    refusal = hop.step if isinstance(hop.step, steps.Refuse) else None
    if answered:
        direction = Direction.RECEIVED
    elif refusal is not None and refusal.kind is RefusalKind.REJECTED:
        direction = Direction.REJECTED
    else:
        direction = Direction.MISSED
    assert story.ended_at is not None
    return CallRecord(
        call=story.call,
        line=hop.line,
        direction=direction,
        peer=kept_peer(hop.seen or story.caller),
        started_at=hop.started_at,
        answered_at=min(answered, default=None),
        ended_at=_left_at(story, hop.line),
        rule=hop.step.because if hop.step is not None else Because("call.interrupted"),
        message=hop.message,
        legs=_legs(story, hop.legs),
    )


def _rung(story: Story, line: str) -> list[str]:
    """The legs to the devices of a line that was called, also by which it listened further on (live screening)."""
    others = story.first_legs | story.taken_legs.keys() | story.guests
    return [leg for leg, of_line in story.leg_lines.items() if of_line == line and leg not in others]


def _pickup_record(story: Story, leg: str, line: str) -> CallRecord:
    """What the picker has of it: it received the call (spec §10.3), which rang at another line."""
    assert story.ended_at is not None
    record, rang_at = story.legs[leg], next(hop for hop in story.hops if leg in hop.legs)
    return CallRecord(
        call=story.call,
        line=line,
        direction=Direction.RECEIVED,
        peer=kept_peer(rang_at.seen or story.caller),
        started_at=record.started_at,
        answered_at=record.answered_at,
        ended_at=record.ended_at or story.ended_at,
        rule=Because("call.picked_up", (("line", rang_at.line),)),
        legs=(record,),
    )


def _guest_record(story: Story, transfer: Transfer, line: str) -> CallRecord:
    """What a line has of the call that it was joined to by an attended transfer; what it had with whoever did so is
    told by the other call."""
    assert story.ended_at is not None
    record = story.legs[transfer.guest.channel]
    called = Peer(Presentation.SHOWN, _dialled_number(story))
    return CallRecord(
        call=story.call,
        line=line,
        direction=Direction.RECEIVED,
        peer=called if transfer.line == story.caller.line else kept_peer(story.caller),
        started_at=transfer.at,
        answered_at=transfer.at,
        ended_at=record.ended_at or story.ended_at,
        rule=Because("call.transferred", (("line", transfer.line),)),
        legs=(record,),
    )


def _reminder_records(story: Story, route: ReminderDue) -> tuple[CallRecord, ...]:
    """A reminder is a call that its line received or missed; one that broke off before any ring is none."""
    if story.first_step is None or not (story.channel or story.away or story.dialled_legs):
        return ()
    assert story.started_at is not None
    assert story.ended_at is not None
    answers = [at for record in story.legs.values() if (at := record.answered_at) is not None]
    return (
        CallRecord(
            call=story.call,
            line=route.line,
            direction=Direction.RECEIVED if answers else Direction.MISSED,
            peer=Peer(Presentation.UNAVAILABLE, None, route.description or None),
            started_at=story.started_at,
            answered_at=min(answers, default=None),
            ended_at=story.ended_at,
            rule=story.first_step.because,
            legs=_legs(story, list(story.legs)),
        ),
    )


def _outgoing_rule(story: Story) -> Because | None:
    """What decided a call of a line of ours; None when nothing did, or when it is no such call."""
    if story.caller.line is None:
        return None
    if story.outgoing is not None:
        return story.outgoing.because
    match story.first_step:
        case None:
            return None
        case steps.Refuse(because=because):
            return because
        case _:
            return Because("call.first_party_away")


def _outgoing_record(story: Story, rule: Because) -> CallRecord:
    assert story.started_at is not None
    assert story.ended_at is not None
    assert story.caller.line is not None
    answers = [
        at
        for leg, record in story.legs.items()
        if leg not in story.first_legs | story.guests and (at := record.answered_at) is not None
    ]
    left_at = _left_at(story, story.caller.line)
    answered_at = story.caller_answered_at or min(answers, default=None)
    of_others = {leg for hop in story.hops for leg in hop.legs} | story.guests
    of_others -= {each.guest.channel for each in story.transfers if each.guest.paid_by == story.caller.line}
    outside = [leg for leg, line in story.leg_lines.items() if line is None and leg not in of_others]
    return CallRecord(
        call=story.call,
        line=story.caller.line,
        direction=Direction.OUTGOING,
        peer=Peer(Presentation.SHOWN, _dialled_number(story)),
        started_at=story.started_at,
        answered_at=answered_at if answered_at is not None and answered_at <= left_at else None,
        ended_at=left_at,
        rule=rule,
        legs=_legs(story, outside),
    )


def _dialled_number(story: Story) -> str:
    match story.outgoing:
        case steps.CallLine(line=line):
            return line
        case steps.CallOutside(number=number) | steps.CallEmergency(number=number):
            return number
        case steps.RunStarCode(code=code):
            return code
        case _:
            return story.dialled
