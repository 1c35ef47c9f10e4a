"""Going through messages: playing one, moving in it, and what becomes of it (spec §6, "during and after a message").

Voice messages, faxes and deleted ones are gone through alike. A message is heard once it was played to its end, or
left by "keep" or "next"; a caller who hangs up in the middle of it will find it new.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum, auto

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.together import Part, alone, in_seconds
from callcontrol.errors import NotFound
from callcontrol.ivr import words
from callcontrol.ivr.menu_table import Does, Key, Node, key_at
from callcontrol.ivr.visit import Hearing, Place, Reading, Visit
from callcontrol.journal import entries
from callcontrol.message import Message, MessageKind
from callcontrol.telephony import MOVE_SECONDS, PlaybackEnded, PlaybackMove

PAUSE_SECONDS = 120.0
"""Nobody comes back from a longer pause."""
_MOVES = {Does.BACK: PlaybackMove.BACK, Does.ON: PlaybackMove.ON}
_NONE_LEFT = {Node.MESSAGE: "no-more-messages", Node.FAX: "no-more-faxes", Node.DELETED: "no-more-messages"}


class Heard(Enum):
    """How far a message was heard."""

    WHOLE = auto()
    STOPPED = auto()
    UNPLAYABLE = auto()


class PlayingMessage(Part[Heard]):
    """Plays a message; the keys that ``node`` has for it move in it, any other key stops it and stays."""

    def __init__(self, call: Call, media: str, begin_at: float, node: Node) -> None:
        self._call, self._media, self._begin_at, self._node = call, media, begin_at, node
        self._playback = ""
        self._paused = False

    async def begin(self) -> Heard | None:
        self._playback = self._call.new_id("play")
        self._call.tell(entries.MenuPlays(self._call.clock.now(), self._playback))
        await self._call.to_caller(
            self._call.caller.start_playing(self._playback, [self._media], offset_seconds=self._begin_at)
        )
        return await self._obey()

    async def on(self, event: CallEvent | None) -> Heard | None:
        if event is None:  # paused for too long
            await self.end()
            return Heard.STOPPED
        if isinstance(event, PlaybackEnded) and event.playback == self._playback and event.failed:
            return Heard.UNPLAYABLE
        return await self._obey()

    async def end(self) -> None:
        if self._call.caller.playing == self._playback:
            await self._call.to_caller(self._call.caller.be_quiet())

    async def _obey(self) -> Heard | None:
        keys, phones = self._call.caller.keys, self._call.phones
        while keys and self._call.caller.playing == self._playback:
            does = _move(self._node, keys[0])
            if does is None:
                await self.end()
                return Heard.STOPPED
            keys.popleft()
            if does is Does.PAUSE:
                await self._pause(not self._paused)
                continue
            if self._paused:
                await self._pause(False)
            await phones.move_playback(self._playback, _MOVES[does])
        return Heard.WHOLE if self._call.caller.playing != self._playback else None

    async def _pause(self, paused: bool) -> None:
        self._paused = paused
        self.deadline = in_seconds(PAUSE_SECONDS) if paused else float("inf")
        move = PlaybackMove.PAUSE if paused else PlaybackMove.GO_ON
        await self._call.phones.move_playback(self._playback, move)


def _move(node: Node, pressed: str) -> Does | None:
    """What a key does to the message that plays; None when it does something else, or nothing."""
    key = key_at(node, pressed)
    return key.does if key is not None and key.does in (Does.BACK, Does.PAUSE, Does.ON) else None


# --- entering ---------------------------------------------------------------------------------------------------


async def begin(
    visit: Visit, node: Node, kind: MessageKind | None, wanted: Callable[[Message], bool] = lambda _: True
) -> Place:
    """Go through the messages of a kind; at the deleted ones through both kinds."""
    deleted = node is Node.DELETED
    found = await visit.services.menu.boxes.all(visit.box.number, kind, deleted=deleted)
    messages = [message for message in found if wanted(message)]
    visit.reading = Reading(messages if deleted else words.in_order(messages))
    if not messages:
        visit.say_next(_NONE_LEFT[node])
        return Node.MAIN
    return node


async def present(visit: Visit) -> None:
    """Play the message at hand, as far as it is to be heard; keys that were pressed stay for the menu."""
    reading = visit.reading
    hearing, reading.hearing = reading.hearing, Hearing.NOTHING
    if hearing is Hearing.NOTHING:
        return
    message, keys = reading.message, visit.call.caller.keys
    details, sound = words.said_first(visit.settings.inbox_access.playback, message)
    if hearing is Hearing.ALL and details:
        await visit.say(*words.details(message, visit.now, visit.box.language))
        if keys and keys[0] == "#" and message.kind is MessageKind.VOICE:
            keys.popleft()  # from the details to the message
            sound = True
    if message.kind is MessageKind.FAX:
        visit.say_next("fax-in-portal")
    elif sound or hearing is not Hearing.ALL:
        await _play(visit, message, hearing)
    else:
        visit.say_next("press-1-to-listen")


async def _play(visit: Visit, message: Message, hearing: Hearing) -> None:
    keys = visit.call.caller.keys
    if keys and _move(visit.node, keys[0]) is None:
        return  # typed ahead
    length = message.duration or 0.0
    begin_at = max(0.0, length - MOVE_SECONDS) if hearing is Hearing.TAIL else 0.0
    media = visit.services.recordings.media(message.path)
    match await alone(visit.call, PlayingMessage(visit.call, media, begin_at, visit.node)):
        case Heard.WHOLE:
            await _change(visit, _heard)
        case Heard.UNPLAYABLE:
            visit.say_next("message-not-available")
        case Heard.STOPPED:
            pass


async def _heard(visit: Visit, message: Message) -> None:
    if message.new and message.deleted_at is None:
        await visit.services.menu.boxes.mark(visit.box.number, message.id, new=False)


# --- keys -------------------------------------------------------------------------------------------------------


async def again(visit: Visit, key: Key) -> Place:
    visit.reading.hearing = Hearing.ALL if key.then is Node.FAX else Hearing.MESSAGE
    return key.then


async def back(visit: Visit, key: Key) -> Place:
    visit.reading.hearing = Hearing.TAIL
    return key.then


async def stay(visit: Visit, key: Key) -> Place:
    """There is nothing to move on in any more: the menu again."""
    return key.then


async def pause(visit: Visit, key: Key) -> Place:
    """There is nothing to pause any more: the caller waits."""
    await visit.wait()
    return key.then


async def keep(visit: Visit, key: Key) -> Place:
    await _change(visit, _heard)
    return await _next(visit, key, "fax-kept" if key.then is Node.FAX else "message-kept")


async def keep_as_new(visit: Visit, key: Key) -> Place:
    async def new(visit: Visit, message: Message) -> None:
        await visit.services.menu.boxes.mark(visit.box.number, message.id, new=True)

    await _change(visit, new)
    return await _next(visit, key, "message-kept-as-new")


async def delete(visit: Visit, key: Key) -> Place:
    async def gone(visit: Visit, message: Message) -> None:
        await visit.services.menu.boxes.delete(visit.box.number, message.id, visit.services.clock.now())

    await _change(visit, gone)
    return await _next(visit, key, "fax-deleted" if key.then is Node.FAX else "message-deleted")


async def restore(visit: Visit, key: Key) -> Place:
    async def back_again(visit: Visit, message: Message) -> None:
        await visit.services.menu.boxes.restore(visit.box.number, message.id)

    fax = visit.reading.message.kind is MessageKind.FAX
    await _change(visit, back_again)
    return await _next(visit, key, "fax-restored" if fax else "message-restored")


async def purge(visit: Visit, key: Key) -> Place:
    async def erased(visit: Visit, message: Message) -> None:
        await visit.services.menu.boxes.purge(visit.box.number, message.id)

    await _change(visit, erased)
    return await _next(visit, key, "message-purged")


async def purge_all(visit: Visit, key: Key) -> Place:
    await visit.services.menu.boxes.purge(visit.box.number)
    visit.say_next("all-purged")
    return key.then


async def next_one(visit: Visit, key: Key) -> Place:
    if key.then is not Node.DELETED:
        await _change(visit, _heard)
    return await _next(visit, key)


async def _change(visit: Visit, what: Callable[[Visit, Message], Awaitable[None]]) -> None:
    """Change the message at hand; one that is gone meanwhile is told, and passed over."""
    try:
        await what(visit, visit.reading.message)
    except NotFound:
        visit.say_next("message-gone")


async def _next(visit: Visit, key: Key, *said: str) -> Place:
    """The next message; behind the last one the main menu."""
    visit.say_next(*said)
    reading = visit.reading
    if reading.at + 1 >= len(reading.messages):
        visit.say_next(_NONE_LEFT[key.then])
        return Node.MAIN
    reading.at, reading.hearing = reading.at + 1, Hearing.ALL
    before, visit.said_first = visit.said_first, ()
    await visit.say(*before)
    return key.then
