"""Who called a line last, and whom it called last: by the history, and by the calls that it does not have yet.

A record is written when its call is over, and a moment after it: who leaves a message right now, and the number that
was hung up a blink ago, are the last ones, too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from callcontrol.codes.keypad import Keypad
from callcontrol.history import CallRecord, Direction
from callcontrol.journal.records import records
from callcontrol.journal.story import Story


async def newest_caller(keypad: Keypad) -> CallRecord | None:
    """What ``*69`` goes by: also a call that was refused is one; a reminder is not. Raises StoreDown."""
    return await _newest(keypad, keypad.services.history.last_caller, _came_in)


async def newest_dialled(keypad: Keypad) -> CallRecord | None:
    """What ``*66`` goes by; codes are none. Raises StoreDown."""
    return await _newest(keypad, keypad.services.history.last_dialled, _went_out)


async def _newest(
    keypad: Keypad,
    kept: Callable[[str], Awaitable[CallRecord | None]],
    wanted: Callable[[CallRecord], bool],
) -> CallRecord | None:
    found = [record for record in _not_kept_yet(keypad) if wanted(record)]  # first: none is between the two
    if (in_history := await kept(keypad.line.number)) is not None:
        found.append(in_history)
    return max(found, key=lambda record: record.started_at, default=None)


def _not_kept_yet(keypad: Keypad) -> list[CallRecord]:
    """As if each call under way ended now."""
    now, line = keypad.services.clock.now(), keypad.line.number
    return [
        record
        for story in keypad.services.others.stories()
        if _may_concern(story, line) and story.call != keypad.call.id
        for record in records(replace(story, ended_at=story.ended_at or now))
        if record.line == line
    ]


def _may_concern(story: Story, line: str) -> bool:
    """Whether records of it could be of ``line``: cheap, since there may be thousands of calls."""
    if story.started_at is None:
        return False
    return line == story.caller.line or line in story.leg_lines.values() or _met(story, line)


def _met(story: Story, line: str) -> bool:
    guests = (transfer.guest.caller.line for transfer in story.transfers)
    return any(hop.line == line for hop in story.hops) or line in guests


def _came_in(record: CallRecord) -> bool:
    return record.direction is not Direction.OUTGOING and not record.rule.rule.startswith("reminder.")


def _went_out(record: CallRecord) -> bool:
    number = record.peer.number
    return record.direction is Direction.OUTGOING and number is not None and not number.startswith("*")
