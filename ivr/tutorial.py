"""What is said to a box that was never set up, once: PIN, name, greeting, each of which ``*`` skips (spec §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from callcontrol.dialogue.ask import choose
from callcontrol.dialogue.play import play
from callcontrol.ivr import drafts, greetings, options
from callcontrol.ivr.visit import Goodbye, Subject, Visit
from callcontrol.settings.model import Greetings


async def offer(visit: Visit) -> Goodbye | None:
    """Set the box up with its user, if nobody ever did; a goodbye when the caller says nothing any more."""
    kept = visit.settings.greetings
    if kept != Greetings() or await visit.services.menu.access.introduced(
        visit.box.number, visit.services.clock.now()
    ):
        return None
    visit.say_next("tutorial-intro")
    steps: tuple[tuple[str, Callable[[Visit], Awaitable[Goodbye | None]]], ...] = (
        ("tutorial-pin", _pin), ("tutorial-name", _name), ("tutorial-greeting", _greeting),
    )  # fmt: skip
    for prompt, step in steps:
        visit.say_next(prompt)
        if (end := await step(visit)) is not None:
            return end
    visit.say_next("tutorial-done")
    return None


async def _pin(visit: Visit) -> Goodbye | None:
    place = await options.new_pin(visit)
    return place if isinstance(place, Goodbye) else None


async def _name(visit: Visit) -> Goodbye | None:
    visit.subject = Subject("name")
    return await _record(visit)


async def _greeting(visit: Visit) -> Goodbye | None:
    visit.subject = Subject("personal")
    end = await _record(visit)
    if greetings.recording_of(visit.settings.greetings, visit.subject) is not None:
        await visit.change("greetings", lambda kept: kept.model_copy(update={"kind": "personal"}))
    return end


async def _record(visit: Visit) -> Goodbye | None:
    """Record, then: 1 keeps it, 2 plays it, 3 records it again, ``*`` skips it."""
    while await greetings.take(visit):
        key = "2"
        while key == "2":
            chosen = await choose(
                visit.call, visit.media("recording-menu"), "123*", wrong=visit.media("invalid-choice")
            )
            if chosen is None:
                return await visit.goodbye()
            key = chosen
            if key == "2":
                await play(visit.call, [f"recording:{visit.recording}"], until_key=True)
        if key == "1":
            await greetings.keep_draft(visit)
            return None
        if key == "*":
            await drafts.drop(visit)
            return None
    return None
