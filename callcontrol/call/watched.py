"""Which calls only wait yet: for a busy line, on behalf of somebody who dialled ``*66``."""

from __future__ import annotations

from callcontrol.call.services import CallServices
from callcontrol.routes import ClickToCall


def watched_by(services: CallServices, line: str) -> list[str]:
    """The calls that wait for a busy line on behalf of ``line`` and have rung nobody yet."""
    return [
        call.id
        for call in services.calls.values()
        if isinstance(route := call.journal.story.by, ClickToCall)
        and (route.line, call.journal.story.first_step) == (line, None)
        and route.awaited is not None
    ]
