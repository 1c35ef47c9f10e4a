"""Messages and calls for the tests of *Messages et appels*, as real ones are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from callcontrol.because import Because
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, Peer
from callcontrol.message import Message, MessageKind
from tests.wav_files import speech, wav
from tests.web.world import CAMILLE, NOW, World

PAUL_CALLS = Peer(Presentation.SHOWN, "+33222969570", "Paul Le Goff")
OUTSIDE = Peer(Presentation.SHOWN, "+33612345678", "Nathalie")
WITHHELD = Peer(Presentation.ANONYMOUS)
LONG_NAME = Peer(Presentation.SHOWN, "+33299724913", "Marie-Antoinette de La Rochefoucauld-Kerguelen")
BARE = Peer(Presentation.SHOWN, "+33970711046")
SECONDS = 3.0


async def message(
    world: World,
    identity: str,
    sender: Peer = PAUL_CALLS,
    *,
    kind: MessageKind = MessageKind.VOICE,
    line: str = CAMILLE,
    at: datetime = NOW,
    new: bool = True,
    urgent: bool = False,
    deleted: bool = False,
) -> None:
    """A message in a box, with a sound that can be played."""
    path = f"messages/{line}/{identity}.wav16"
    file = world.media / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(wav(speech(SECONDS)))
    voice = kind is MessageKind.VOICE
    await world.repositories.messages.deliver(
        Message(
            identity,
            line,
            kind,
            sender,
            at,
            path,
            SECONDS if voice else None,
            None if voice else 2,
            new,
            urgent,
            at if deleted else None,
        )
    )


def call(
    identity: str,
    direction: Direction,
    peer: Peer = PAUL_CALLS,
    *,
    ago: float = 0,
    rule: str = "ring.default",
    talked: float | None = None,
    left: str | None = None,
) -> CallRecord:
    """A call of Camille's, ``ago`` minutes before now."""
    began = NOW - timedelta(minutes=ago)
    ended = began + timedelta(seconds=20 + (talked or 0))
    answered = began + timedelta(seconds=20) if talked is not None else None
    return CallRecord(identity, CAMILLE, direction, peer, began, answered, ended, Because(rule), left)


async def calls(world: World, records: Iterable[CallRecord]) -> None:
    """Calls in the history."""
    await world.repositories.calls.write(list(records))


async def a_day(world: World) -> None:
    """A bit of everything: what a user of some weeks has."""
    minute = timedelta(minutes=1)
    await message(world, "m-paul")
    await message(world, "m-outside", OUTSIDE, at=NOW - 40 * minute, urgent=True)
    await message(world, "m-withheld", WITHHELD, at=NOW - 90 * minute, new=False)
    await message(world, "m-long", LONG_NAME, at=NOW - 900 * minute, new=False)
    await message(world, "f-bare", BARE, kind=MessageKind.FAX, at=NOW - 50 * minute)
    await message(world, "m-gone", OUTSIDE, at=NOW - 3000 * minute, new=False, deleted=True)
    await message(
        world, "f-gone", BARE, kind=MessageKind.FAX, at=NOW - 3100 * minute, new=False, deleted=True
    )
    await calls(
        world,
        [
            call("c-1", Direction.MISSED, PAUL_CALLS, ago=1, rule="voicemail.no_answer", left="m-paul"),
            call("c-2", Direction.MISSED, LONG_NAME, ago=900, rule="voicemail.unavailable", left="m-long"),
            call("c-3", Direction.MISSED, WITHHELD, ago=910, rule="voicemail.busy", left="m-purged"),
            call("c-4", Direction.OUTGOING, OUTSIDE, ago=30, talked=71, rule="outgoing.outside"),
            call("c-5", Direction.OUTGOING, PAUL_CALLS, ago=31, rule="outgoing.inside"),
            call("c-6", Direction.RECEIVED, BARE, ago=200, talked=3900),
            call("c-7", Direction.REJECTED, OUTSIDE, ago=300, rule="refuse.selective"),
            call("c-8", Direction.REJECTED, WITHHELD, ago=301, rule="refuse.anonymous"),
        ],
    )
