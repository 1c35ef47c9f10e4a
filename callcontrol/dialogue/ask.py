"""Ask a party something that is answered by keys: the one way in which digits are collected.

A key during the prompt stops it; keys typed ahead are taken before anything is played, so a user who knows the menu
never waits. What is collected is never logged (it may be a PIN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.party import Party
from callcontrol.call.together import Part, alone, in_seconds
from callcontrol.dialogue.play import PartyLeft, Playing

FIRST_KEY_SECONDS = 6.0
"""Silence after the prompt for so long is silence (spec §6)."""
NEXT_KEY_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the prompts (media URIs), and when its answer is complete.

    ``most`` digits complete it at once; ``ends`` are keys that complete it and are told apart (``Digits.ended_by``).
    """

    media: tuple[str, ...]
    most: int = 1
    ends: str = ""
    first_seconds: float = FIRST_KEY_SECONDS
    next_seconds: float = NEXT_KEY_SECONDS


@dataclass(frozen=True, slots=True)
class Digits:
    """What was typed; ``ended_by`` is the key of ``Question.ends`` that completed it, "" when none did."""

    digits: str
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was typed in time."""


Answer = Digits | Silence | PartyLeft


class Asking(Part[Answer]):
    """One question to one party."""

    def __init__(self, call: Call, party: Party, question: Question) -> None:
        self._party, self._question = party, question
        self._prompt = Playing(call, party, question.media, until_key=True)
        self._typed = ""
        self._prompting = False

    async def begin(self) -> Answer | None:
        if (answer := self._collect()) is not None:
            return answer
        if self._typed or not self._question.media:
            self._wait()
            return None
        self._prompting = True
        return await self._after_prompt(await self._prompt.begin())

    async def on(self, event: CallEvent | None) -> Answer | None:
        if self._party.ended:
            return PartyLeft()
        if self._prompting:
            return await self._after_prompt(await self._prompt.on(event))
        if event is None:
            return Digits(self._typed) if self._typed else Silence()
        return self._collect()

    async def end(self) -> None:
        if self._prompting:
            await self._prompt.end()

    async def _after_prompt(self, came_to: object) -> Answer | None:
        """The prompt is over, by itself or by a key: from now on silence counts."""
        if came_to is None:
            return None
        if isinstance(came_to, PartyLeft):
            return came_to
        self._prompting = False
        self._wait()
        return self._collect()

    def _collect(self) -> Digits | None:
        """Take the keys that were pressed; the answer once it is complete."""
        while self._party.keys:
            key = self._party.keys.popleft()
            if key in self._question.ends:
                return Digits(self._typed, ended_by=key)
            self._typed += key
            if len(self._typed) >= self._question.most:
                return Digits(self._typed)
            self._wait()
        return None

    def _wait(self) -> None:
        seconds = self._question.next_seconds if self._typed else self._question.first_seconds
        self.deadline = in_seconds(seconds)


async def ask(call: Call, question: Question, *, party: Party | None = None) -> Answer:
    """Ask the caller (or another party) once. Raises ``CallerHungUp`` when the caller leaves."""
    return await alone(call, Asking(call, party or call.caller, question))


async def choose(
    call: Call,
    media: Sequence[str],
    keys: str,
    *,
    wrong: Sequence[str] = (),
    tries: int = 3,
    party: Party | None = None,
) -> str | None:
    """One of ``keys``; None after ``tries`` wrong keys or silences, or when the party (no caller) left.

    Each try says ``media`` again, after a wrong key behind ``wrong``.
    """
    said = tuple(media)
    for _ in range(tries):
        match await ask(call, Question(said), party=party):
            case Digits(digits=key) if key in keys:
                return key
            case Digits():
                said = (*wrong, *media)
            case Silence():
                said = tuple(media)
            case PartyLeft():
                return None
    return None
