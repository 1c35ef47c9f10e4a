"""Play to a party of a call: to the end, to a key, or again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.party import Party
from callcontrol.call.together import Part, alone
from callcontrol.dialogue.first_word import settle
from callcontrol.errors import ChannelGone
from callcontrol.telephony import PlaybackEnded


@dataclass(frozen=True, slots=True)
class Played:
    """It was played to its end."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The party pressed a key, which stays in its ``keys`` for whoever asks for it."""

    key: str


@dataclass(frozen=True, slots=True)
class PartyLeft:
    """Whom it was for is gone. (A caller that goes is ``CallerHungUp``.)"""


class Playing(Part[Played | Interrupted | PartyLeft]):
    """``until_key``: a key stops it; ``again``: it begins anew at its end, until something else ends it."""

    def __init__(
        self, call: Call, party: Party, media: Sequence[str], *, until_key: bool = False, again: bool = False
    ) -> None:
        self._call, self._party, self._media = call, party, media
        self._until_key, self._again = until_key, again
        self._playback = ""

    async def begin(self) -> Played | Interrupted | PartyLeft | None:
        if self._party is self._call.first:
            await settle(self._call)
        if self._until_key and self._party.keys:
            return Interrupted(self._party.keys[0])
        self._playback = self._call.new_id("play")
        try:
            await self._call.to_caller(self._party.start_playing(self._playback, self._media))
        except ChannelGone:
            return PartyLeft()
        return None

    async def on(self, event: CallEvent | None) -> Played | Interrupted | PartyLeft | None:
        if self._party.ended:
            return PartyLeft()
        if self._until_key and self._party.keys:
            await self.end()
            return Interrupted(self._party.keys[0])
        if self._party.playing == self._playback:
            return None
        failed = (
            isinstance(event, PlaybackEnded) and event.failed
        )  # again at once would be a storm of commands
        return await self.begin() if self._again and not failed else Played()

    async def end(self) -> None:
        if self._party.playing == self._playback and self._party.alive:
            await self._party.be_quiet()


async def play(
    call: Call, media: Sequence[str], *, to: Party | None = None, until_key: bool = False
) -> str | None:
    """Play to the caller (or to another party) to the end, or with ``until_key`` to the first key, which it gives.

    As early media when unanswered. Raises ``CallerHungUp``.
    """
    match await alone(call, Playing(call, to or call.caller, media, until_key=until_key)):
        case Interrupted(key=key):
            return key
        case _:
            return None
