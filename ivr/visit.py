"""A caller in the voice menu: whose box it is in, where it stands, and the small verbs of every dialogue there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import line_settings
from callcontrol.dialogue.ask import Digits, Question, Silence, ask
from callcontrol.dialogue.play import play
from callcontrol.facts import Line
from callcontrol.ivr.menu_table import Node
from callcontrol.message import Message
from callcontrol.settings.model import LineSettings
from callcontrol.settings.parse import to_raw

TRIES = 3
"""So many wrong keys or silences in a row are a goodbye (spec §6)."""

WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The menu is over; what there was to say is said."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """The caller wants to be joined to ``number`` (canonical): the flows call it."""

    number: str


MenuEnd = Goodbye | CallBack
Place = Node | MenuEnd
"""Where a dialogue leads: to a node of the table, or out of the menu."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Digits that were asked for."""

    digits: str


class Hearing(Enum):
    """How much of the present message is played when its node is entered."""

    ALL = auto()
    """By the playback option."""
    MESSAGE = auto()
    TAIL = auto()
    """The last seconds."""
    NOTHING = auto()


class Draft(Enum):
    """What is being recorded for others."""

    MESSAGE = auto()
    REPLY = auto()
    FORWARD = auto()


@dataclass(slots=True)
class Reading:
    """The messages that are gone through, and the one at hand."""

    messages: list[Message] = field(default_factory=list)
    at: int = 0
    hearing: Hearing = Hearing.ALL

    @property
    def message(self) -> Message:
        """The one at hand."""
        return self.messages[self.at]


@dataclass(frozen=True, slots=True)
class Subject:
    """Which recording of the owner is worked on: of a kind of greeting, of one of its variants, or the name."""

    kind: str
    variant: str | None = None


@dataclass(slots=True)
class Visit:
    """One stay in one box. ``phone`` is the line whose phone it is, None from outside."""

    call: Call
    services: CallServices
    box: Line
    phone: Line | None
    trail: list[Node] = field(default_factory=lambda: [Node.MAIN])
    """The nodes from the main menu to where the caller stands."""
    said_first: tuple[str, ...] = ()
    """Prompts that are said before the next menu, with it: a key interrupts all."""
    reading: Reading = field(default_factory=Reading)
    drafting: Draft = Draft.MESSAGE
    recipients: list[Line] = field(default_factory=list)
    recording: str | None = None
    """The draft: recorded, and not accepted yet."""
    subject: Subject = field(default_factory=lambda: Subject("name"))

    # --- where it stands ------------------------------------------------------------------------------------

    @property
    def node(self) -> Node:
        """Where the caller stands."""
        return self.trail[-1]

    def enter(self, node: Node) -> None:
        """Stand at ``node``: on a way that passed it already, back there."""
        if node in self.trail:
            del self.trail[self.trail.index(node) + 1 :]
        else:
            self.trail.append(node)

    def up(self) -> Place:
        """One level up."""
        return self.trail[-2] if len(self.trail) > 1 else Goodbye()

    # --- facts ------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> LineSettings:
        """The settings of the box's line, as they are now."""
        return self.services.directory.settings(self.box.number)

    @property
    def now(self) -> datetime:
        """Now, where the box's company is."""
        zone = self.services.directory.company(self.box.company).timezone
        return self.services.clock.now().astimezone(ZoneInfo(zone))

    @property
    def by(self) -> ChangedBy:
        """Who changes something here."""
        return ChangedBy(self.box.number, Where.PHONE, self.services.clock.now())

    # --- verbs ------------------------------------------------------------------------------------------------

    def media(self, *prompts: str) -> tuple[str, ...]:
        """The media of prompts, in the box's language."""
        return tuple(self.services.prompts.media(prompt, self.box.language) for prompt in prompts)

    async def say(self, *prompts: str) -> None:
        """Say something; a key stops it and stays for whoever asks next. A key pressed before leaves it unsaid."""
        if prompts and not self.call.caller.keys:
            await play(self.call, self.media(*prompts), until_key=True)

    def say_next(self, *prompts: str) -> None:
        """Say something together with what comes next."""
        self.said_first = (*self.said_first, *prompts)

    async def collect(
        self, *prompts: str, most: int = 20, wrong: str = "invalid-choice", may_be_empty: bool = False
    ) -> Typed | Place:
        """Digits ended by ``#`` (or by being ``most``); ``*`` goes back to where the caller stands.

        After three silences the place is a goodbye. An empty ``#`` is asked again unless it ``may_be_empty``.
        """
        said = prompts
        for _ in range(TRIES):
            before, self.said_first = self.said_first, ()
            question = Question(self.media(*before, *said), most=most, ends="#*")
            match await ask(self.call, question):
                case Digits(ended_by="*"):
                    return self.node
                case Digits(digits=digits) if digits or may_be_empty:
                    return Typed(digits)
                case Silence():
                    said = ("nothing-typed", *prompts)
                case _:
                    said = (wrong, *prompts)
        return await self.goodbye()

    async def wait(self) -> None:
        """Half a minute in which a key is obeyed at once."""
        question = Question(self.media("waiting-30-seconds"), first_seconds=WAIT_SECONDS)
        match await ask(self.call, question):
            case Digits(digits=pressed):
                self.call.caller.keys.appendleft(pressed)
            case _:
                pass

    async def goodbye(self, prompt: str = "no-choice-goodbye") -> Goodbye:
        """Say goodbye because nothing valid came."""
        await play(self.call, self.media(*self.said_first, prompt))
        return Goodbye()

    async def change(self, document: str, make: Callable[[BaseModel], BaseModel]) -> None:
        """Change a settings document of the box's line, in force when this returns.

        Raises SettingsInvalid, StoreDown, NotInForce, Overtaken, NotFound.
        """
        await line_settings.change(
            self.services.changes, self.box, document, lambda model: to_raw(make(model)),
            language=self.box.language, by=self.by,
        )  # fmt: skip
