"""Drafts: what is recorded in the menu and nobody has accepted yet, and the sending of what was accepted.

A draft is in the journal before it is recorded: whatever ends the call, none is left behind. What is sent is in the
journal before the first file is made: all of it is sent, or none, whatever happens.
"""

from __future__ import annotations

import structlog

from callcontrol import ids
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.changes.sending import make_files
from callcontrol.dialogue.play import play
from callcontrol.dialogue.record import record
from callcontrol.errors import StoreDown
from callcontrol.ivr.visit import Visit
from callcontrol.journal import entries
from callcontrol.message import Message

log = structlog.get_logger()

SILENCE_SECONDS = 10


async def take(visit: Visit, prompt: str, *, most: int, shortest: float) -> bool:
    """Record a draft, in place of the one before: whether there is one now. ``*`` gives it up; so does a recording of
    less than ``shortest`` seconds, which is said with what comes next."""
    await drop(visit)
    keys, call = visit.call.caller.keys, visit.call
    before, visit.said_first = visit.said_first, ()
    await visit.say(*before, prompt)
    if keys and keys.popleft() == "*":
        return False
    await play(call, visit.media("beep"))
    visit.recording = ids.uuid7()
    call.tell(entries.DraftStarted(visit.services.clock.now(), visit.recording))
    ended = await record(call, visit.recording, most=most, silence=SILENCE_SECONDS, ends="#*")
    seconds = await visit.services.recordings.length(visit.recording)
    if ended.key == "*" or seconds is None or seconds < shortest:
        visit.say_next("recording-discarded" if ended.key == "*" else "recording-too-short")
        await drop(visit)
        return False
    if not ended.key and seconds >= most:
        visit.say_next("maximum-duration-reached")
    return True


async def drop(visit: Visit) -> None:
    """Give the draft up, if there is one."""
    recording, visit.recording = visit.recording, None
    if recording is not None:
        await _discard(visit.call, visit.services, recording)


def used(visit: Visit) -> None:
    """The draft was put to its use: it is none any more."""
    if visit.recording is not None:
        visit.call.tell(entries.DraftDropped(visit.services.clock.now(), visit.recording))
        visit.recording = None


async def send(visit: Visit, messages: tuple[Message, ...], original: str | None = None) -> bool:
    """Send the draft, the kept file ``original`` behind it, or both, as each of ``messages``; whether it could be."""
    now = visit.services.clock.now()
    visit.call.tell(entries.Sending(now, messages, visit.recording, original))
    visit.recording = None
    return await finish_sending(visit.call, visit.services)


async def finish_sending(call: Call, services: CallServices) -> bool:
    """Send what the journal says is being sent. What the database does not take now, the outbox delivers later."""
    sending = call.journal.story.menu.sending
    if sending is None:
        return True
    made: tuple[Message, ...] = ()
    kept = (sending.original,) if sending.original is not None else ()
    try:
        made = await make_files(services.recordings, sending.messages, sending.draft, kept)
    except OSError as error:  # the disk is full, or what was to be forwarded is gone
        log.error("menu.not_sent", call=call.id, error=str(error))
    call.tell(entries.Sent(services.clock.now(), made))
    if sending.draft is not None:
        await _discard(call, services, sending.draft)
    try:
        await services.messages.deliver_all(made)
    except StoreDown as error:
        log.warning("messages.kept_in_journal", call=call.id, error=str(error))
    return bool(made)


async def tidy_up(call: Call, services: CallServices) -> None:
    """At the end of a call, and when its menu begins anew: finish what is being sent, leave no draft behind."""
    await finish_sending(call, services)
    for recording in sorted(call.journal.story.menu.drafts):
        await _discard(call, services, recording)


async def _discard(call: Call, services: CallServices, recording: str) -> None:
    if call.first is not None and call.first.recording == recording and not call.caller_gone:
        await call.to_caller(call.caller.be_quiet())
    await services.recordings.discard(recording)
    call.tell(entries.DraftDropped(services.clock.now(), recording))
