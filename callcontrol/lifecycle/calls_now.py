"""A call under way in a few words, for whoever looks after the system: others' numbers are masked (spec §13). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from callcontrol import numbers
from callcontrol.facts import Presentation
from callcontrol.journal.story import Story
from callcontrol.live import CallNow, Doing
from callcontrol.routing import steps

MOST = 500
"""Calls in one answer, the newest."""


def calls_now(stories: Iterable[Story]) -> tuple[CallNow, ...]:
    """Every call that has begun and is not over, oldest first."""
    found = [call_now(story) for story in stories if story.started_at is not None and story.ended_at is None]
    return tuple(sorted(found, key=lambda call: call.started_at)[-MOST:])


def call_now(story: Story) -> CallNow:
    """One of them."""
    assert story.started_at is not None
    caller = story.caller
    shown = (
        numbers.redact(caller.number)
        if caller.presentation is Presentation.SHOWN
        else caller.presentation.value
    )
    line = story.hop.line if story.hop is not None else None
    return CallNow(
        story.call,
        story.started_at,
        caller.line,
        caller.line or shown,
        line,
        line or _called(story),
        _doing(story),
    )


def _called(story: Story) -> str:
    match story.outgoing:
        case steps.CallOutside(number=number):
            return numbers.redact(number)
        case steps.CallEmergency(number=number):
            return number
        case steps.RunStarCode(code=code):
            return code
        case _:
            return numbers.redact(story.dialled)


def _doing(story: Story) -> Doing:
    legs = [leg for leg, record in story.legs.items() if record.ended_at is None]
    if story.recording is not None:
        return Doing.MESSAGE
    if story.menu.access is not None or story.menu.box is not None:
        return Doing.MENU
    if any(leg in story.answered_legs and leg not in story.confirming for leg in legs):
        return Doing.TALKING
    return Doing.RINGING if any(leg in story.dialled_legs for leg in legs) else Doing.HEARS
