"""How far a call that we make has come (click to call, spec §2.7), as its story tells. Pure."""

from __future__ import annotations

from callcontrol.journal.story import Story
from callcontrol.live import MadeState
from callcontrol.routing.steps import TakeMessage


def state_of(story: Story) -> MadeState:
    """The state of a call that we make; who waits for a busy line rings nobody yet, and counts as the first party."""
    if story.over:
        return MadeState.ENDED
    if not story.channel:
        return MadeState.RINGING_FROM
    others = story.legs.keys() - story.first_legs
    talks = any(story.legs[leg].answered_at and not story.legs[leg].ended_at for leg in others)
    left_to_mailbox = story.hop is not None and isinstance(story.hop.step, TakeMessage)
    return MadeState.TALKING if talks or left_to_mailbox else MadeState.RINGING_TO
