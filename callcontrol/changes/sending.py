"""Messages to boxes of the company: a new one, a reply, a forwarded one; for page, API and voice menu (spec §6).

All of a sending is delivered or none of it: the files are made first, under names that no row knows. The file of a
further recipient is that of the first under another name (a hard link): two hundred recipients take the room of one.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from callcontrol.changes import named_recordings
from callcontrol.changes.addressing import NoReply, addressed, box_of, replies_to, takes
from callcontrol.changes.ports import VoiceRecordings
from callcontrol.directory.directory import Directory
from callcontrol.errors import Mistake, NotPossible, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.message import Message, MessageKind
from callcontrol.ports.mailbox import Messages, RecordingFiles
from callcontrol.sentences.table import mistake
from callcontrol.voice_recording import RecordingKind, path_of


async def make_files(
    recordings: RecordingFiles, messages: Sequence[Message], draft: str | None, kept: Sequence[str]
) -> tuple[Message, ...]:
    """The messages with their files: the finished recording ``draft`` (if any), then the kept files, in a row.

    Raises OSError (the disk is full) with none of the files there. Doing it twice makes the same files.
    """
    made: list[Message] = []
    try:
        for message in messages:
            if made:
                seconds = await recordings.link(made[0].path, message.path)
            else:
                seconds = await recordings.assemble(message.path, draft, kept)
            if seconds is None:
                raise FileNotFoundError("there is no sound to send")
            made.append(message if message.kind is MessageKind.FAX else replace(message, duration=seconds))
    except OSError:
        for message in messages:
            await recordings.drop(message.path)
        raise
    return tuple(made)


# --- whoever writes a form: page and API ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SendingServices:
    """What sending works with. ``files`` has the media folder, ``recordings`` what was uploaded to be sent."""

    directory: Directory
    messages: Messages
    files: RecordingFiles
    recordings: VoiceRecordings


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends from a form: its line, the language in which it is told what is wrong, and when."""

    line: Line
    language: str
    now: datetime

    def wrong(self, code: str, where: str, **parameters: object) -> Mistake:
        """What is wrong with a field, in its language."""
        return mistake(code, where, self.language, **parameters)


async def send(
    services: SendingServices, sender: Sender, to: Sequence[str], recording: str, *, urgent: bool
) -> tuple[Message, ...]:
    """A new message to each box of ``to`` (numbers or extensions; one that is named twice gets it once).

    Raises SettingsInvalid with every mistake, OSError (the disk is full), StoreDown; then nobody has got it.
    """
    boxes, wrong = await _recipients(services, sender, to, MessageKind.VOICE)
    spoken, wrong_recording = await _spoken(services, sender, recording)
    if wrong or wrong_recording:
        raise SettingsInvalid([*wrong, *wrong_recording])
    return await _deliver(services, sender, boxes, (spoken,), urgent=urgent)


async def reply(
    services: SendingServices, sender: Sender, about: Message, recording: str
) -> tuple[Message, ...]:
    """Into the box of whoever left ``about``. Raises NotPossible where there is none; else as ``send``."""
    must_be_in_box(sender, about)
    box = replies_to(services.directory, sender.line, about)
    if isinstance(box, NoReply):
        raise NotPossible([sender.wrong(box.value, "")])
    spoken, wrong = await _spoken(services, sender, recording)
    if await _is_full(services, box):
        raise NotPossible([sender.wrong("recipient_full", "", name=box.name)])
    if wrong:
        raise SettingsInvalid(wrong)
    return await _deliver(services, sender, (box,), (spoken,))


async def forward(
    services: SendingServices, sender: Sender, about: Message, to: Sequence[str], recording: str | None
) -> tuple[Message, ...]:
    """``about``, behind an introduction if one is given (never before a fax), to each box of ``to``. As ``send``."""
    must_be_in_box(sender, about)
    boxes, wrong = await _recipients(services, sender, to, about.kind)
    kept: tuple[str, ...] = (about.path,)
    if recording is not None and about.kind is MessageKind.FAX:
        wrong.append(sender.wrong("fax_without_introduction", "recording"))
    elif recording is not None:
        spoken, wrong_recording = await _spoken(services, sender, recording)
        kept = (spoken, about.path)
        wrong += wrong_recording
    if wrong:
        raise SettingsInvalid(wrong)
    return await _deliver(services, sender, boxes, kept, about=about)


def must_be_in_box(sender: Sender, about: Message) -> None:
    """Raises NotPossible for a deleted message."""
    if about.deleted_at is not None:
        raise NotPossible([sender.wrong("message_deleted", "")])


async def _recipients(
    services: SendingServices, sender: Sender, to: Sequence[str], kind: MessageKind
) -> tuple[tuple[Line, ...], list[Mistake]]:
    directory, boxes, wrong = services.directory, dict[str, Line](), []
    company = directory.company(sender.line.company)
    for index, dialled in enumerate(to):
        box, where = box_of(directory, company, dialled), f"recipients.{index}"
        if box is None:
            wrong.append(sender.wrong("recipient_unknown", where, dialled=dialled))
        elif not takes(box, kind):
            wrong.append(sender.wrong("recipient_fax", where, name=box.name))
        elif box.number not in boxes:
            boxes[box.number] = box
            if await _is_full(services, box):
                wrong.append(sender.wrong("recipient_full", where, name=box.name))
    if not to:
        wrong.append(sender.wrong("recipients_missing", "recipients"))
    return tuple(boxes.values()), wrong


async def _is_full(services: SendingServices, box: Line) -> bool:
    return await services.messages.held(box.number) >= services.directory.company(box.company).max_messages


async def _spoken(services: SendingServices, sender: Sender, recording: str) -> tuple[str, list[Mistake]]:
    """The file of what was uploaded to be sent, and what is wrong with the name of it."""
    line = sender.line.number
    kind = (await services.recordings.kinds(line, [recording])).get(recording)
    wrong = []
    if kind is None:
        wrong.append(sender.wrong("recording_unknown", "recording"))
    elif kind is not RecordingKind.MESSAGE:
        wanted = named_recordings.wanted(RecordingKind.MESSAGE, sender.language)
        wrong.append(sender.wrong("recording_kind", "recording", wanted=wanted))
    return path_of(line, recording), wrong


async def _deliver(
    services: SendingServices,
    sender: Sender,
    boxes: Sequence[Line],
    kept: Sequence[str],
    *,
    about: Message | None = None,
    urgent: bool = False,
) -> tuple[Message, ...]:
    """Files, then rows, all in one transaction."""
    if not await services.files.room():
        raise OSError(errno.ENOSPC, "the disk is full")
    messages = addressed(services.directory, sender.line, boxes, sender.now, about=about, urgent=urgent)
    try:
        made = await make_files(services.files, messages, None, kept)
    except FileNotFoundError:
        raise NotPossible([sender.wrong("message_without_sound", "")]) from None
    await services.messages.deliver_all(made)
    return made
