"""What a call that gave a reminder came to, by its story. Pure."""

from __future__ import annotations

from callcontrol.journal.story import Story
from callcontrol.reminders.reminder import CameTo, Tried
from callcontrol.routes import ReminderDue
from callcontrol.routing.steps import Busy


def tried(story: Story) -> Tried | None:
    """Of an ended call; None for one that gave no reminder."""
    if not isinstance(story.by, ReminderDue):
        return None
    assert story.ended_at is not None
    if story.snoozed_at is not None:
        return Tried(story.call, CameTo.SNOOZED, story.snoozed_at)
    return Tried(story.call, _came_to(story), story.ended_at)


def _came_to(story: Story) -> CameTo:
    if story.channel:
        return CameTo.HEARD
    if isinstance(story.away, Busy):
        return CameTo.BUSY
    if story.away is not None or story.dialled_legs:
        return CameTo.NO_ANSWER
    return CameTo.BROKEN_OFF
