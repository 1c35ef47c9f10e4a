"""What a caller hears before its message: the greeting that applies now, or why no message can be left (spec §5).

``greeting.py`` decides; here the facts are gathered (who calls, business hours in the line's time zone, which
recordings have their files, whether the box is full) and what was decided is played.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never
from zoneinfo import ZoneInfo

import structlog
from pydantic import BaseModel

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.services import CallServices
from callcontrol.call.together import alone
from callcontrol.dialogue import say
from callcontrol.dialogue.play import Interrupted, PartyLeft, Played, Playing, play
from callcontrol.errors import StoreDown
from callcontrol.facts import Caller, Line
from callcontrol.mailbox.greeting import (
    NoMessages,
    Occasion,
    Recorded,
    Said,
    System,
    WithName,
    WithNumber,
    greeting,
    is_open,
)
from callcontrol.settings.mailbox_documents import Greetings

log = structlog.get_logger()

SKIP_KEY, OWNER_KEY = "#", "*"


@dataclass(frozen=True, slots=True)
class Opening:
    """What is played first; ``deposit``: a message may be left behind it."""

    media: tuple[str, ...]
    deposit: bool = True


@dataclass(frozen=True, slots=True)
class MayRecord:
    """The beep was heard: the message may begin."""


@dataclass(frozen=True, slots=True)
class NoDeposit:
    """It was said that no message can be left."""


@dataclass(frozen=True, slots=True)
class OwnerCalls:
    """The caller pressed ``*``: it says that the box is its own, and is to be asked for its PIN (spec §6)."""

    box: str


async def opening(
    services: CallServices, box: Line | None, caller: Caller, language: str, *, busy: bool
) -> Opening:
    """What a caller hears first at ``box`` (None: the line was deleted a moment ago), ``busy`` when it was full."""
    prompts = services.prompts
    if box is None:
        return Opening((prompts.media("vm-greeting-system", language),))
    if await is_full(services, box):
        return Opening((prompts.media("vm-box-full", language), prompts.media("goodbye", language)), False)
    settings, company = services.directory.settings(box.number), services.directory.company(box.company)
    now = services.clock.now().astimezone(ZoneInfo(company.timezone))
    internal = caller.line is not None and caller.company == box.company
    is_in_hours = is_open(settings.business_hours, now, company.country)
    occasion = Occasion(internal=internal, busy=busy, open=is_in_hours)
    there, missing = await _files(services, box, settings.greetings)
    greetings = _without(settings.greetings, missing) if missing else settings.greetings
    chosen = greeting(greetings, occasion)
    words = _words(services, box, chosen.said, there, language)
    if not chosen.accepts_message:
        words = (*words, prompts.media("goodbye", language))
    return Opening(words, chosen.accepts_message)


async def is_full(services: CallServices, box: Line) -> bool:
    """Whether the box holds as many messages as it may, those that are being left included.

    When the database is away nobody knows, and the message is taken: nothing is lost for a count.
    """
    try:
        held = await services.messages.held(box.number)
    except StoreDown:
        return False
    stories = [call.journal.story for call in services.calls.values()]
    being_left = sum(story.recording is not None and story.recording.line == box.number for story in stories)
    return held + being_left >= services.directory.company(box.company).max_messages


def _words(
    services: CallServices, box: Line, said: Said, there: dict[str, str], language: str
) -> tuple[str, ...]:
    """The media of a greeting."""

    def prompt(name: str) -> str:
        return services.prompts.media(name, language)

    match said:
        case Recorded(recording=recording):
            return (there[recording],)
        case WithName(recording=recording):
            return (prompt("vm-greeting-prefix-name"), there[recording], prompt("vm-greeting-suffix"))
        case WithNumber():
            number = map(prompt, say.phone_number(box.number, language))
            return (prompt("vm-greeting-prefix-number"), *number, prompt("vm-greeting-suffix"))
        case System():
            return (prompt("vm-greeting-system"),)
        case NoMessages():
            return (prompt("vm-no-message-accepted"),)
        case _:
            assert_never(said)


async def _files(
    services: CallServices, box: Line, greetings: Greetings
) -> tuple[dict[str, str], Collection[str]]:
    """Of the recordings that the greeting in use may need, those whose file is there (id to media), and the others."""
    part: BaseModel = (
        greetings.absence if greetings.kind == "absence" else getattr(greetings.kinds, greetings.kind)
    )
    ids = {recording for recording in (*_recordings(part), greetings.recorded_name) if recording is not None}
    found = {each: await services.own_recordings.media(box.number, each) for each in ids}
    if missing := [each for each, media in found.items() if media is None]:
        log.warning("greeting.without_file", recordings=missing)
    return {each: media for each, media in found.items() if media is not None}, missing


def _recordings(part: BaseModel) -> list[str | None]:
    """Every recording that a part of the document names."""
    found: list[str | None] = []
    for name, value in part:
        if isinstance(value, BaseModel):
            found += _recordings(value)
        elif name.endswith("recording"):
            found.append(value)
    return found


def _without(greetings: Greetings, missing: Collection[str]) -> Greetings:
    """The document as if a recording whose file is missing had never been made: what is next in order is heard."""

    def kept(part: BaseModel) -> dict[str, object]:
        update: dict[str, object] = {}
        for name, value in part:
            if isinstance(value, BaseModel):
                update[name] = value.model_copy(update=kept(value))
            elif name.endswith(("recording", "recorded_name")) and value in missing:
                update[name] = None
        return update

    return greetings.model_copy(update=kept(greetings))


class _Greeting(Playing):
    """Only ``#`` and ``*`` mean something while it is played: other keys are passed over."""

    async def on(self, event: CallEvent | None) -> Played | Interrupted | PartyLeft | None:
        keys = self._party.keys
        kept = [key for key in keys if key in (SKIP_KEY, OWNER_KEY)]
        keys.clear()
        keys.extend(kept)
        return await super().on(event)


async def greet(
    call: Call, services: CallServices, words: Opening, box: str, language: str
) -> MayRecord | NoDeposit | OwnerCalls:
    """Play the opening, with the beep where a message may follow. ``#`` skips it. Raises ``CallerHungUp``."""
    beep = services.prompts.media("beep", language)
    media = (*words.media, beep) if words.deposit else words.media
    came_to = await alone(call, _Greeting(call, call.caller, media, until_key=True))
    match came_to:
        case Interrupted(key="*"):
            call.caller.keys.popleft()  # the PIN may be typed ahead
            return OwnerCalls(box)
        case Interrupted() if words.deposit:
            await play(call, [beep])
    call.caller.keys.clear()
    return MayRecord() if words.deposit else NoDeposit()
