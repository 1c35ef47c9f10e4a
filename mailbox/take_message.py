"""Take a message: greeting, beep, recording (spec §5). A message is kept whatever happens.

The recording is put into the journal before Asterisk is told to record, so that a message whose app died
while it was spoken is delivered by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from callcontrol import ids
from callcontrol.call.call import Call
from callcontrol.call.events import next_event
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.call.sound import Sound
from callcontrol.call.together import Part, in_seconds, together
from callcontrol.dialogue.play import play
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused, StoreDown
from callcontrol.journal import entries
from callcontrol.journal.story import new_message
from callcontrol.mailbox.after_message import Choice, after_message
from callcontrol.mailbox.deposit_recording import FILE_SECONDS, MAX_SECONDS, SILENCE_SECONDS, Recording
from callcontrol.mailbox.greet import MayRecord, NoDeposit, Opening, OwnerCalls, greet
from callcontrol.message import Message
from callcontrol.routing.steps import MessageTaken
from callcontrol.telephony import HangupCause, RecordingEnded

log = structlog.get_logger()

END_KEY = "#"
SHORTEST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Deposit:
    """Whose box it is, in which language the caller is spoken to, and who may listen: ``listen`` makes the part in
    which the owner's devices ring beside a recording, or None."""

    box: str
    language: str
    listen: Callable[[], Part[Leg] | None]


@dataclass(frozen=True, slots=True)
class TakenLive:
    """Whoever listened while ``message`` was spoken takes the call (spec §5, live screening)."""

    by: Leg
    message: Message


async def take_message(
    call: Call, services: CallServices, deposit: Deposit, opening: Opening
) -> MessageTaken | TakenLive | OwnerCalls:
    """Greet the caller, record until hangup, ``#``, silence or the maximum, and deliver. Raises ``CallerHungUp``."""
    if opening.deposit and not await services.recordings.room():
        return await _no_room(call, services, deposit.language)
    await call.answer()
    match await greet(call, services, opening, deposit.box, deposit.language):
        case OwnerCalls() as owner:
            return owner
        case NoDeposit():
            return MessageTaken()
        case MayRecord():
            return await _record(call, services, deposit)


async def resume(
    call: Call, services: CallServices, deposit: Deposit, opening: Opening
) -> MessageTaken | TakenLive | OwnerCalls:
    """Go on where an earlier process was: before, in or after the recording. Raises ``CallerHungUp``."""
    story, recordings = call.journal.story, services.recordings
    if story.recording is not None:
        message = story.recording
        if call.caller.recording is not None or await recordings.keep(message.id, message.path) is not None:
            return await _finish(call, services, deposit, message) or await _record(call, services, deposit)
        call.tell(entries.RecordingDone(services.clock.now(), message.id, None))  # it had not begun
    elif story.messages and story.messages[-1].line == deposit.box:
        await _put(services, story.messages[-1])
        await play(call, [services.prompts.media("vm-sent", deposit.language)])
        return MessageTaken(story.messages[-1].id)
    return await take_message(call, services, deposit, opening)


async def _record(call: Call, services: CallServices, deposit: Deposit) -> MessageTaken | TakenLive:
    """Record until the caller is content with it."""
    while True:
        call.caller.keys.clear()
        message = new_message(ids.uuid7(), deposit.box, call.journal.story, services.clock.now())
        call.tell(entries.RecordingStarted(services.clock.now(), message))
        await call.to_caller(
            call.caller.start_recording(
                message.id, max_seconds=MAX_SECONDS, max_silence=SILENCE_SECONDS, terminate_on=END_KEY
            )
        )
        sound = Sound()
        call.caller.sound = sound if await sound.look(call.phones, call.caller.id) else None
        if (result := await _finish(call, services, deposit, message)) is not None:
            return result


async def _finish(
    call: Call, services: CallServices, deposit: Deposit, message: Message
) -> MessageTaken | TakenLive | None:
    """Wait for the end of a recording that runs, ask its caller what becomes of it, and deliver it. None: it was thrown
    away, and the caller has heard that it may speak again.

    Raises ``CallerHungUp``; what is in the story then as being recorded is delivered at the end of the call.
    """
    watched = call.caller.recording is not None
    listening = deposit.listen()
    _, result = await together(call, Recording(call), *(() if listening is None else (listening,)))
    if isinstance(result, Leg):
        return TakenLive(result, message)
    lasted = _since(services, message) if watched else 0.0
    seconds = await _keep(call, services, message) or 0.0
    by_key, at_maximum = END_KEY in call.caller.keys, seconds >= MAX_SECONDS - 1
    call.caller.keys.clear()
    long_enough = seconds > 0 and max(seconds, lasted) >= SHORTEST_SECONDS
    if long_enough and (by_key or at_maximum or not watched):
        choice = await after_message(call, services, message, deposit.language, at_maximum=at_maximum)
        if choice is Choice.AGAIN:
            await _throw_away(call, services, message)
            again = ("vm-again", "beep")
            await play(call, [services.prompts.media(name, deposit.language) for name in again])
            return None
    kept = await deliver(call, services, message)
    if not kept and not await services.recordings.room():
        return await _no_room(call, services, deposit.language)
    await play(call, [services.prompts.media("vm-sent" if kept else "vm-too-short", deposit.language)])
    return MessageTaken(message.id if kept else None)


async def _no_room(call: Call, services: CallServices, language: str) -> MessageTaken:
    """The disk is full: the caller hears that no message can be taken, unanswered where it still is."""
    log.error("message.no_room", call=call.id)
    await play(call, [services.prompts.media("vm-no-message-for-now", language)])
    await call.hang_up(HangupCause.CONGESTION)
    return MessageTaken()


async def _throw_away(call: Call, services: CallServices, message: Message) -> None:
    """The file first: an app that dies in between finds nothing to deliver."""
    await services.recordings.drop(message.path)
    call.tell(entries.RecordingDone(services.clock.now(), message.id, None))


async def recording_told_over(call: Call) -> None:
    """Until a recording that was stopped is told to be over. Raises ``CallerHungUp``: somebody still talks here."""
    deadline = in_seconds(FILE_SECONDS)
    while call.caller.recording is not None and await next_event(call, deadline) is not None:
        pass


async def _file_closed(call: Call) -> None:
    """Until Asterisk has said that the file is complete, for ``FILE_SECONDS`` at the most. Nothing else counts now.

    A caller who is still there (the end was asked for, or a flow failed) would speak on: the recording is stopped.
    """
    if not call.caller_gone and call.caller.recording is not None:
        with suppress(PhoneSystemDown, PhoneSystemRefused):
            await call.caller.be_quiet()
    deadline = asyncio.get_running_loop().time() + FILE_SECONDS
    while (recording := call.caller.recording) is not None:
        event = await call.inbox.get(deadline)
        if event is None:
            log.warning("recording.end_not_told", recording=recording)
            return
        if isinstance(event, RecordingEnded) and event.name == recording:
            call.caller.recording = None


async def deliver(call: Call, services: CallServices, message: Message) -> bool:
    """Move the finished recording to its place and put the message into the box; False when too short.

    Its length is what the clock says: while nothing comes from a caller Asterisk writes nothing. When it was over
    before this process came, only its file tells. When its owner took the call while it was spoken it is no new
    message. When the database is away the journal keeps it and the outbox delivers it later.
    """
    lasted = _since(services, message) if message.id in call.caller.taken else 0.0
    if call.caller.sound is not None:
        call.caller.sound.over()
    await _file_closed(call)
    seconds = await _keep(call, services, message)
    kept = seconds is not None and max(seconds, lasted) >= SHORTEST_SECONDS
    kept = kept and not await _unwanted(services, message)
    if not kept:
        await services.recordings.drop(message.path)
    heard = any(call.journal.story.leg_lines[leg] == message.line for leg in call.journal.story.confirmed)
    call.tell(entries.RecordingDone(services.clock.now(), message.id, seconds if kept else None, heard))
    if kept:
        await _put(services, call.journal.story.messages[-1])
    return kept


async def _keep(call: Call, services: CallServices, message: Message) -> float | None:
    """Move the file of a recording that is over to its place, with silence where nothing came; its length."""
    seconds = await services.recordings.keep(message.id, message.path)
    sound, call.caller.sound = call.caller.sound, None
    silences = () if sound is None or seconds is None else sound.gaps(seconds)
    return await services.recordings.fill(message.path, silences) if silences else seconds


def _since(services: CallServices, message: Message) -> float:
    """Seconds since it was begun."""
    return (services.clock.now() - message.received_at).total_seconds()


async def _unwanted(services: CallServices, message: Message) -> bool:
    """Whether it holds nothing but silence, and its company wants no such message."""
    line = services.directory.account(message.line)
    if line is None or not services.directory.company(line.company).drop_silent_messages:
        return False
    return await services.recordings.silent(message.path)


async def _put(services: CallServices, message: Message) -> None:
    try:
        await services.messages.deliver(message)
    except StoreDown as error:
        log.warning("message.kept_in_journal", message=message.id, error=str(error))
