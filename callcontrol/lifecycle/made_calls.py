"""Calls that the platform makes for its users (click to call, spec §2.7): begun, followed and ended on their behalf."""

from __future__ import annotations

from collections.abc import Callable

from callcontrol.call.call import Call
from callcontrol.call.made import state_of
from callcontrol.errors import NotFound, TooMany
from callcontrol.facts import Line
from callcontrol.journal.story import Story
from callcontrol.lifecycle.live_calls import LiveCalls
from callcontrol.live import MadeCall, MadeCallChanged, MadeState
from callcontrol.routes import ClickToCall

MOST_AT_ONCE = 2
"""Of one line; what only waits for a busy line (``*66``) is not among them."""


class StateTold:
    """Tells each state of such a call once. Given to ``LiveCalls``, which calls it after each entry of a story."""

    def __init__(self, tell: Callable[[MadeCallChanged], None]) -> None:
        self._tell = tell
        self._told: dict[str, MadeState] = {}

    def __call__(self, call: Call) -> None:
        route = call.journal.story.by
        if not isinstance(route, ClickToCall):
            return
        state = state_of(call.journal.story)
        if self._told.get(call.id, MadeState.RINGING_FROM) is not state:
            self._tell(MadeCallChanged(route.line, call.id, state))
        if state is MadeState.ENDED:
            self._told.pop(call.id, None)
        else:
            self._told[call.id] = state


class MadeCalls:
    """What a user may do with them."""

    def __init__(self, live_calls: LiveCalls) -> None:
        self._live_calls = live_calls

    def make(self, line: Line, first: str | None, to: str) -> MadeCall:
        """Call ``first`` (None: the phones of ``line``), then ``to``. Raises TooMany."""
        stories = self._live_calls.stories()
        if sum(_is_of(story, line.number) and not story.over for story in stories) >= MOST_AT_ONCE:
            raise TooMany
        made = self._live_calls.make(ClickToCall(line.number, first or line.number, to), line)
        return _shown(self._live_calls.calls[made].journal.story)

    def get(self, line: str, call: str) -> MadeCall:
        """One under way, or over and not in the history yet. Raises NotFound."""
        story = next((each for each in self._live_calls.stories() if each.call == call), None)
        if story is None or not _is_of(story, line):
            raise NotFound("no such call is under way")
        return _shown(story)

    def end(self, line: str, call: str) -> None:
        """End one under way. Raises NotFound."""
        found = self.get(line, call)
        if found.state is MadeState.ENDED:
            raise NotFound("it is over")
        self._live_calls.end(call)


def _is_of(story: Story, line: str) -> bool:
    return isinstance(story.by, ClickToCall) and story.by.line == line and story.by.awaited is None


def _shown(story: Story) -> MadeCall:
    assert isinstance(story.by, ClickToCall)
    assert story.started_at is not None
    return MadeCall(story.call, story.by.first, story.by.to, state_of(story), story.started_at)
