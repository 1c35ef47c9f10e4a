"""Somebody at their own phone who dialled a code: what is said to them, what they type, what they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import line_settings
from callcontrol.changes.line_settings import Kept
from callcontrol.dialogue import ask
from callcontrol.dialogue.ask import Digits, Question
from callcontrol.dialogue.play import play
from callcontrol.facts import Company, Licence, Line
from callcontrol.settings.model import LineSettings
from callcontrol.settings.parse import to_raw

TRIES = 3
"""Wrong numbers, or silences, that end a dialogue."""
LONGEST_NUMBER = 64
"""Digits: more than any number has, so that what is too long is refused whole, not cut."""

D = TypeVar("D", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Keypad:
    """One dialogue. Prompts are ids; every verb raises ``CallerHungUp``."""

    call: Call
    services: CallServices
    line: Line

    @property
    def settings(self) -> LineSettings:
        """The line's settings as calls see them now."""
        return self.services.directory.settings(self.line.number)

    @property
    def company(self) -> Company:
        """The line's company."""
        return self.services.directory.company(self.line.company)

    @property
    def advanced(self) -> bool:
        """Whether the advanced call manager decides its calls."""
        return self.line.licence is Licence.FULL_MEETING_ADVANCED

    def media(self, *prompts: str) -> tuple[str, ...]:
        """The media of prompts, in the line's language."""
        return tuple(self.services.prompts.media(prompt, self.line.language) for prompt in prompts)

    async def say(self, *prompts: str) -> None:
        """Say something to the end: it is what came of it."""
        await play(self.call, self.media(*prompts))

    async def number(self, *prompts: str, most: int = LONGEST_NUMBER) -> str | None:
        """What is typed and ended by ``#``, by a pause, or by being ``most`` digits; None for ``*``, or for nothing
        three times."""
        for _ in range(TRIES):
            match await ask.ask(self.call, Question(self.media(*prompts), most=most, ends="#*")):
                case Digits(ended_by="*"):
                    return None
                case Digits(digits=digits) if digits:
                    return digits
                case _:
                    prompts = ("nothing-typed", *prompts) if prompts[0] != "nothing-typed" else prompts
        return None

    async def key(self, *prompts: str, keys: str) -> str | None:
        """One of ``keys``; None after three wrong ones or silences."""
        wrong = self.media("invalid-choice")
        return await ask.choose(self.call, self.media(*prompts), keys, wrong=wrong, tries=TRIES)

    async def change(self, document: str, make: Callable[[D], D]) -> Kept:
        """Change a settings document of the line, in force when this returns.

        Raises SettingsInvalid, StoreDown, NotInForce, VersionConflict, NotFound.
        """
        by = ChangedBy(self.line.number, Where.PHONE, self.services.clock.now())
        return await line_settings.change(
            self.services.changes, self.line, document, lambda model: to_raw(make(model)),  # type: ignore[arg-type]
            language=self.line.language, by=by,
        )  # fmt: skip
