"""Those who use the telephone system: callers, and the lines of our company with their phones."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from callcontrol.facts import Line
from callcontrol.history import CallRecord
from callcontrol.journal.entries import Entered, GivenAway, LegAnswered, LegTaken
from callcontrol.message import Message
from callcontrol.sip_account import SDES, dtls_account, line_of
from tests.fakes.behaviour import Behaviour
from tests.fakes.channel import FakeChannel

if TYPE_CHECKING:
    from tests.fakes.world import World

PATIENCE = 400.0
"""Longer than anything that a caller waits for here."""


class Caller:
    """Somebody who calls: what it does, and what became of it."""

    def __init__(self, world: World, channel: FakeChannel) -> None:
        self._world, self.channel = world, channel

    # --- what it does -------------------------------------------------------------------------------------

    async def hangs_up(self, after: float = 0.0) -> None:
        """Leave after so many seconds, and wait until the app has tidied up."""
        await asyncio.sleep(after)
        self._world.asterisk.far_end_leaves(self.channel)
        await self._world.settles()

    def will_hang_up(self, after: float) -> None:
        """Leave later; the test goes on meanwhile."""
        loop = asyncio.get_running_loop()
        loop.call_later(after, self._world.asterisk.far_end_leaves, self.channel)

    async def presses(self, digit: str, after: float = 0.0) -> None:
        """Press a key."""
        await asyncio.sleep(after)
        self._world.asterisk.press(self.channel, digit)

    def refers(self, target: str | None, to: Caller | None = None) -> None:
        """Transfer the other party by its phone's key (REFER)."""
        self._world.asterisk.refer(self.channel, target, None if to is None else to.channel)

    # --- what it waits for ----------------------------------------------------------------------------------

    async def _until(self, reached: Any, within: float = PATIENCE) -> None:
        await self._world.asterisk.until(reached, within)

    async def hears(self, prompt: str) -> None:
        """Until ``prompt`` is being played to it."""
        media = self._world.asterisk.media
        await self._until(lambda: prompt in media.playing(self.channel))

    async def hears_ringing(self) -> None:
        """Until it was told that somebody rings."""
        await self._until(lambda: self.channel.rung)

    async def talks(self) -> None:
        """Until it talks with somebody."""
        await self._until(lambda: self.talks_now)

    async def is_recorded(self) -> None:
        """Until its voice is being recorded."""
        await self._until(
            lambda: bool(self.channel.recordings) and self.channel.recordings[0].started_at is not None
        )

    async def ends(self) -> float:
        """Until its call is over and tidied up; the second at which it ended."""
        await self._until(lambda: not self.channel.alive, within=2 * PATIENCE)
        await self._world.settles()
        assert self.channel.ended_at is not None
        return self.channel.ended_at

    # --- what became of it ------------------------------------------------------------------------------------

    @property
    def talks_now(self) -> bool:
        """Somebody hears it and is heard."""
        return any(
            t.until is None and self.channel.id in t.channels
            for t in self._world.asterisk.bridges.conversations
        )

    @property
    def prompts(self) -> list[str]:
        """The prompts that it heard, in order."""
        return [heard.prompt for heard in self.channel.heard]

    @property
    def sip_status(self) -> int | None:
        """The final answer to its INVITE; 200 when answered, None when it cancelled."""
        return (
            None
            if not self.channel.ended_by_app and self.channel.answered_at is None
            else self.channel.sip_status
        )

    @property
    def talked(self) -> dict[str, float]:
        """Whom it talked with (contact URI or number outside), and for how many seconds."""
        asterisk, found = self._world.asterisk, {}
        for talk in asterisk.bridges.conversations:
            if self.channel.id in talk.channels:
                (other,) = talk.channels - {self.channel.id}
                until = asterisk.time if talk.until is None else talk.until
                found[far_end(asterisk.find(other))] = until - talk.since
        return found

    @property
    def leads_somewhere(self) -> bool:
        """It talked, heard a prompt, left by itself, or who was to talk with it left at once: no silent dead end."""
        return bool(
            self.prompts or self.talked or not self.channel.ended_by_app or self._answered_by_somebody
        )

    @property
    def _answered_by_somebody(self) -> bool:
        told = self._world.entries()
        mine = [e.call for e in told if isinstance(e, Entered) and e.channel == self.channel.id]
        answered = any(isinstance(e, LegAnswered) and e.leg.startswith(tuple(mine)) for e in told)
        picked_up = any(isinstance(e, GivenAway) and e.to in mine for e in told)
        picks_up = any(isinstance(e, LegTaken) and e.leg == self.channel.id for e in told)
        return answered or picked_up or picks_up


def far_end(channel: FakeChannel) -> str:
    """The contact URI or the number outside that a leg was made to."""
    endpoint, _, contact = channel.endpoint.partition("/")[2].partition("/")
    return (
        contact
        if line_of(endpoint).isdigit() or endpoint == SDES
        else contact.removeprefix("sip:").partition("@")[0]
    )


class MadeCall(Caller):
    """A call that we make (click to call): its caller is whoever was called first."""

    def __init__(self, world: World, call: str) -> None:
        self._world, self.id = world, call

    @property
    def legs(self) -> list[FakeChannel]:
        """Every leg made for it."""
        return [c for c in self._world.asterisk.every_channel() if c.id.startswith(f"{self.id}-leg")]

    @property
    def channel(self) -> FakeChannel:  # type: ignore[override]
        """The first party's, once it has answered."""
        answered = [(leg.answered_at, leg.id, leg) for leg in self.legs if leg.answered_at is not None]
        return min(answered)[2]

    @property
    def sip_status(self) -> None:
        """Nobody sent us an INVITE."""
        return None

    @property
    def prompts(self) -> list[str]:
        """The prompts that the first party heard."""
        return [heard.prompt for leg in self.legs if leg.answered_at for heard in leg.heard]

    @property
    def talked(self) -> dict[str, float]:
        """Whom the first party talked with, if it ever answered."""
        return super().talked if any(leg.answered_at for leg in self.legs) else {}

    async def first_answers(self) -> None:
        """Until the first party is there."""
        await self._until(lambda: any(leg.answered_at is not None for leg in self.legs))

    async def talks(self) -> None:
        await self.first_answers()
        await super().talks()

    async def ends(self) -> float:
        """Until it is over and delivered: its journal is gone."""
        async with asyncio.timeout(2 * PATIENCE):
            while any(self._world.folder.glob(f"{self.id}*")):  # noqa: ASYNC110 - on virtual time a look is free
                await asyncio.sleep(0.02)
        return self._world.asterisk.time


class LineActor:
    """A line of the company with its phones, settings, history and box."""

    def __init__(self, world: World, line: Line) -> None:
        self._world, self.line = world, line
        self._versions = itertools.count(1)

    @property
    def number(self) -> str:
        """Its ten digits."""
        return self.line.number

    def device(self, does: Behaviour | None = None, *, dtls: bool = False, **behaviour: Any) -> str:
        """Register one more phone that behaves so, ``dtls``: at the second account; its contact."""
        account = dtls_account(self.number) if dtls else self.number
        contacts = self._world.asterisk.contacts.setdefault(account, {})
        contact = f"sip:{self.line.extension}@192.0.2.{10 + len(contacts)}:5060"
        contacts[contact] = does or Behaviour(**behaviour)
        return contact

    def devices(self, count: int = 1, **behaviour: Any) -> list[str]:
        """Register phones that all behave so."""
        return [self.device(**behaviour) for _ in range(count)]

    def unregisters(self) -> None:
        """All its phones take their registrations back."""
        for account in (self.number, dtls_account(self.number)):
            self._world.asterisk.contacts.get(account, {}).clear()

    def sets(self, **call_manager: Any) -> None:
        """Change its call manager (the whole document)."""
        self.sets_document("call-manager", call_manager)

    def sets_document(self, name: str, raw: dict[str, Any]) -> None:
        """Change one of its settings documents."""
        self._world.documents.setdefault(self.number, {})[name] = raw
        version = next(self._versions)
        self._world.kept_documents.rows[self.number, name] = (raw, version)
        self._world.directory.put_document(self.number, name, raw, version)

    def dials(self, what: str, phone: int = 0, **details: Any) -> Caller:
        """Call from one of its phones (registered or not)."""
        return self._world.line_call(self, what, f"192.0.2.{10 + phone}:5060", **details)

    def asks_for(self, to: str, first: str | None = None) -> MadeCall:
        """Click to call: ``first`` (its own phones by default) is called, then ``to``."""
        return self._world.made_call(self, first or self.number, to)

    @property
    def legs(self) -> list[FakeChannel]:
        """Every leg that was made to its phones."""
        accounts = (f"{self.number}/", f"{dtls_account(self.number)}/", f"{SDES}/sip:{self.line.extension}@")
        prefixes = tuple(f"PJSIP/{account}" for account in accounts)
        return [c for c in self._world.asterisk.every_channel() if c.endpoint.startswith(prefixes)]

    @property
    def records(self) -> list[CallRecord]:
        """Its history, oldest first."""
        rows = self._world.history.rows.values()
        return sorted((r for r in rows if r.line == self.number), key=lambda r: r.started_at)

    @property
    def record(self) -> CallRecord:
        """Its only call."""
        (record,) = self.records
        return record

    @property
    def messages(self) -> list[Message]:
        """Its mailbox."""
        return [m for m in self._world.messages.rows.values() if m.line == self.number]

    @property
    def calls(self) -> int:
        """How many calls it holds."""
        return self._world.process.occupancy.calls_of(self.number)
