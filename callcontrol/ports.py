"""Everything with a wire, as small Protocols: what flows may ask for. ``app.py`` builds the real ones.

Pure: types only. Fakes of the tests subclass these, so that mypy checks them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callcontrol.alarm import Alarm
from callcontrol.changed_by import ChangedBy
from callcontrol.facts import Device, LineState
from callcontrol.gaps import Gap
from callcontrol.history import CallRecord
from callcontrol.live import CallNow, CallsNow, LiveEvent, MadeCall
from callcontrol.message import Message, MessageKind
from callcontrol.reminders.reminder import Reminder, Tried
from callcontrol.telephony import HangupCause, PlaybackMove


class Clock(Protocol):
    """The only source of "now" for decisions and records (design.md §2); timers use the event loop."""

    def now(self) -> datetime:
        """The present instant, UTC, aware."""
        ...


class PhoneSystem(Protocol):
    """The commands of the telephone system, in the vocabulary of ARI.

    Ids of everything made here are chosen by the caller. Each raises ``ChannelGone`` when its channel no
    longer exists, ``PhoneSystemRefused`` when it is refused, ``PhoneSystemDown`` when there is no answer.
    """

    async def answer(self, channel: str) -> None: ...
    async def ring(self, channel: str) -> None:
        """Indicate ringing to an unanswered caller (180)."""
        ...

    async def play(
        self, channel: str, playback: str, media: Sequence[str], *, offset_seconds: float = 0.0
    ) -> None:
        """Start to play; ``PlaybackFinished`` follows. Before the answer it is early media (183).

        ``offset_seconds`` of the first of ``media`` are left out.
        """
        ...

    async def move_playback(self, playback: str, move: PlaybackMove) -> None:
        """Go back or on by ``MOVE_SECONDS``, pause, or go on. One that is over is no error."""
        ...

    async def stop_playback(self, playback: str) -> None:
        """Stop it if it still runs; a playback that is over already is no error."""
        ...

    async def record(
        self, channel: str, name: str, *, max_seconds: int, max_silence: int, terminate_on: str, beep: bool
    ) -> None:
        """Record a channel into ``<recordings>/<name>.wav``; ``RecordingFinished`` follows."""
        ...

    async def stop_recording(self, name: str) -> None: ...
    async def recording_live(self, name: str) -> bool:
        """Whether it is still being recorded (asked only after a gap in the events)."""
        ...

    async def playback_running(self, playback: str) -> bool:
        """Whether it still runs (asked only after a gap in the events)."""
        ...

    async def create_leg(
        self, leg: str, endpoint: str, *, originator: str | None, variables: Mapping[str, str]
    ) -> None:
        """Create a channel to ``endpoint`` that is not dialled yet (design.md §2: create + dial)."""
        ...

    async def dial(self, leg: str, *, timeout: int) -> None:
        """Dial a created leg. Without naming the caller, whose identity would replace the one we chose."""
        ...

    async def last_answer(self, leg: str) -> int | None:
        """The SIP status of the last answer to a dialled leg, 100 Trying included; None: not a word so far."""
        ...

    async def hang_up(self, channel: str, cause: HangupCause) -> None:
        """End a channel; one that is gone already is no error."""
        ...

    async def create_bridge(self, bridge: str) -> None: ...
    async def add_to_bridge(self, bridge: str, channels: Sequence[str]) -> None: ...
    async def remove_from_bridge(self, bridge: str, channel: str) -> None:
        """Take a channel out; returns when it has left. One that is not there any more is no error."""
        ...

    async def destroy_bridge(self, bridge: str) -> None: ...
    async def get_variable(self, channel: str, name: str) -> str: ...
    async def contacts(self, channel: str | None, line: str) -> tuple[Device, ...]:
        """The reachable contacts of a line now, asked through any live channel; None: there is none yet."""
        ...

    async def show(self, channel: str, variables: Mapping[str, str]) -> None:
        """Tell an answered phone of ours whom it talks with now (``leg_identity.to_display``)."""
        ...

    async def qualify(self, line: str) -> None:
        """Ask the devices of a line now whether they are still there; returns before they answer. Never raises: it is
        asked beside a call, which must not suffer."""
        ...

    async def sends_sound(self, channel: str) -> bool:
        """Whether sound has come from a channel yet."""
        ...

    async def listen(self, channel: str, ear: str) -> None:
        """Make the channel ``ear``, which hears what ``channel`` says and is never heard. It enters like a leg."""
        ...

    async def transfer_progress(self, channel: str, state: str) -> None:
        """Tell a transferring phone how its REFER goes (``channel_progress`` or ``channel_answered`` …)."""
        ...


class RecordingFiles(Protocol):
    """The files of recordings, on the same file system as the media folder."""

    async def keep(self, recording: str, path: str) -> float | None:
        """Move the finished recording ``recording`` to ``path`` (relative to the media folder).

        A file that Asterisk did not finish (it was killed) is repaired. Gives its length in seconds, None
        when there is nothing in it. Doing it twice gives the same answer.
        """
        ...

    async def fill(self, path: str, gaps: Sequence[Gap]) -> float | None:
        """Put silence into a kept recording where nothing came, whole or not at all; its length in seconds then."""
        ...

    async def room(self) -> bool:
        """Whether there is room for another message (spec §5)."""
        ...

    async def silent(self, path: str) -> bool:
        """Whether a kept file holds nothing but silence."""
        ...

    async def drop(self, path: str) -> None:
        """Delete a kept file; one that is not there is no error."""
        ...

    def media(self, path: str) -> str:
        """The media URI that plays the kept file ``path``."""
        ...

    async def length(self, recording: str) -> float | None:
        """Length in seconds of a finished recording that is not kept yet; None when there is nothing in it."""
        ...

    async def discard(self, recording: str) -> None:
        """Delete a finished recording that is not kept; one that is not there is no error."""
        ...

    async def assemble(self, path: str, recording: str | None, kept: Sequence[str] = ()) -> float | None:
        """Make the file ``path`` of the finished recording ``recording`` (if any) and the kept files behind it.

        Gives its length in seconds, None when there was nothing. Doing it twice gives the same file. Raises OSError.
        """
        ...

    async def link(self, path: str, same: str) -> float | None:
        """Give the kept file ``path`` another name too; its length in seconds. Twice is no error. Raises OSError."""
        ...


class History(Protocol):
    """Where call records go. Idempotent by (call, line)."""

    async def write(self, records: Sequence[CallRecord]) -> None:
        """Raises ``StoreDown`` when the database does not answer; the journal keeps the records then."""
        ...


class RecentCalls(Protocol):
    """What a line can ask of its own history by phone."""

    async def last_caller(self, line: str) -> CallRecord | None:
        """The newest call to a line, answered or not (``*69``). Raises ``StoreDown``."""
        ...

    async def last_dialled(self, line: str) -> CallRecord | None:
        """The newest number that a line called; codes are none (``*66``). Raises ``StoreDown``."""
        ...


class Messages(Protocol):
    """Where messages go. Idempotent by message id."""

    async def deliver(self, message: Message) -> None:
        """Raises ``StoreDown`` when the database does not answer; the journal keeps the message then."""
        ...

    async def deliver_all(self, messages: Sequence[Message]) -> None:
        """All of them or none. Raises ``StoreDown``."""
        ...

    async def held(self, line: str) -> int:
        """How many messages and faxes are in a line's box, the deleted ones left out. Raises ``StoreDown``."""
        ...


class OwnRecordings(Protocol):
    """What owners record of themselves: greetings and names."""

    async def keep(self, line: str, kind: str, recording_name: str) -> str:
        """Keep the finished recording ``recording_name`` for ``line``, its ends cut and its level set; its id. ``kind``
        as in the API (``greeting``, ``name``). Raises ``UnusableSound`` (nothing but silence, too short, too long),
        ``TooMany``, ``NotFound``, ``StoreDown``; then the recording is still there, and nothing is kept."""
        ...

    async def media(self, line: str, recording: str) -> str | None:
        """The media URI that plays it; None when it is gone. Raises ``StoreDown``."""
        ...


class Boxes(Protocol):
    """The messages of a box, for whoever has shown that it is theirs. Every method raises ``StoreDown``."""

    async def all(self, line: str, kind: MessageKind | None, *, deleted: bool = False) -> Sequence[Message]:
        """Every message of a line, of one kind or (None) of both, oldest first: those in the box, or the deleted."""
        ...

    async def mark(self, line: str, message: str, *, new: bool) -> None:
        """Mark a message new, or heard. Raises NotFound."""
        ...

    async def delete(self, line: str, message: str, at: datetime) -> None:
        """Move a message to the deleted ones. Raises NotFound."""
        ...

    async def restore(self, line: str, message: str) -> None:
        """Bring a deleted message back. Raises NotFound."""
        ...

    async def purge(self, line: str, message: str | None = None) -> Sequence[str]:
        """Erase one deleted message for good, or (None) all of them; the paths of their files."""
        ...


class ReminderOutcomes(Protocol):
    """Where it is written what a call that gave a reminder came to."""

    async def settle(self, tried: Tried) -> None:
        """The reminder of that call goes on by it; once, however often this is told. Raises ``StoreDown``."""
        ...


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder that is given now, and the id of the call that gives it."""

    reminder: Reminder
    call: str


class DueReminders(ReminderOutcomes, Protocol):
    """The reminders whose time has come. Every method raises ``StoreDown``. ``by`` names whoever calls them;
    ``present`` and ``until`` are the true time's, by which what nobody renews is known to be lost."""

    async def take(self, by: str, most: int, now: datetime, until: datetime) -> Sequence[DueReminder]:
        """Take up to ``most`` that are due, the longest due first, one of a line at a time. Those that are too late are
        missed instead."""
        ...

    async def still_called(self, by: str) -> Sequence[str]:
        """The calls that give what ``by`` has taken."""
        ...

    async def renew(self, calls: Collection[str], until: datetime) -> None:
        """These calls go on."""
        ...

    async def release(self, calls: Collection[str]) -> None:
        """These calls never came to be: what they were to give is due as before."""
        ...

    async def give_up_lost(self, by: str, now: datetime, present: datetime) -> int:
        """What others have taken and nobody renews any more is missed: nobody knows whether it was given. How many."""
        ...

    async def move(self, now: datetime) -> int:
        """Plan anew what was planned in another time zone than its company's; how many, 0 when all is right."""
        ...


class BoxAccess(Protocol):
    """Who may open a box: PINs (as hashes alone), how often a wrong one was tried. Each raises ``StoreDown``."""

    async def has_pin(self, line: str) -> bool:
        """Whether a line has a PIN yet. Raises NotFound."""
        ...

    async def is_pin(self, line: str | None, pin: str) -> bool:
        """Whether it is the line's PIN; of no line (None) never, in the same time."""
        ...

    async def set_pin(self, line: str, pin: str, by: ChangedBy) -> None:
        """Make it the line's PIN, with its audit entry. Raises NotFound."""
        ...

    async def attempt(self, line: str, attempt: str, at: datetime) -> Sequence[datetime]:
        """Count an attempt as wrong before it is judged; the instants of those of the two hours before, oldest first.

        One after the other for a line, so that attempts of many calls at once are all counted.
        """
        ...

    async def forgive(self, attempt: str) -> None:
        """The attempt was right, or was not judged at all: it does not count."""
        ...

    async def introduced(self, line: str, at: datetime) -> bool:
        """Whether the line's user was told how to set the box up before; from now on it was."""
        ...


class Notices(Protocol):
    """What is told to the owner of a line about its security (spec §6). Never raises."""

    async def pin_changed(self, line: str, by: ChangedBy) -> None:
        """The PIN of its box was changed."""
        ...

    async def locked_out(self, line: str, until: datetime, by: ChangedBy) -> None:
        """Too many wrong PINs: its box cannot be opened from elsewhere until then."""
        ...


class Alarms(Protocol):
    """What people must hear of: fraud, and what prepares it."""

    def ring(self, alarm: Alarm) -> None:
        """Log, count and mail it. Returns at once, never raises."""
        ...


class CompanyMails(Protocol):
    """Mails to those who look after a company's telephones."""

    async def send(self, alarm: Alarm, address: str, language: str, at: datetime) -> None:
        """Queue a mail about an alarm of a company's, which was at ``at``. Raises StoreDown."""
        ...


class CallSide(Protocol):
    """What the web may ask of the calls process; it holds no call logic of its own (spec §10.8).

    Every question raises ``CallSideDown`` while that process is away.
    """

    async def devices(self, line: str) -> tuple[Device, ...]:
        """The registered devices of a line now. Raises ``PhoneSystemDown``."""
        ...

    async def state(self, line: str) -> LineState:
        """The live facts of a line now (devices, calls, outside calls of its company)."""
        ...

    async def now(self) -> CallsNow:
        """How the calls do at this moment."""
        ...

    async def calls(self) -> tuple[CallNow, ...]:
        """The calls under way, oldest first; of very many the newest."""
        ...

    async def in_force(self, changed: Collection[tuple[str, ...]]) -> None:
        """Until the next call obeys what was just committed, for a second at most; never fails.

        Each change as the directory's cache names it: ``("line", NUMBER)``, ``("company", ID)``,
        ``("document", NUMBER, NAME)``, ``("book", NUMBER)``.
        """
        ...

    async def set_clock(self, now: datetime, *, runs: bool = False) -> None:
        """Hold the time of every decision at ``now``, or let it go on from there (``dev.clock``, tests only)."""
        ...

    async def make_call(self, line: str, first: str | None, to: str) -> MadeCall:
        """Call ``first`` (None: the phones of ``line``), then ``to``, as ``line``. Raises ``NotFound`` (no such line),
        ``TooMany``."""
        ...

    async def made_call(self, line: str, call: str) -> MadeCall:
        """How far a call that is made for ``line`` has come. Raises ``NotFound``, also when it is over."""
        ...

    async def end_call(self, line: str, call: str) -> None:
        """End a call that is made for ``line``. Raises ``NotFound``, also when it is over."""
        ...

    def events(self, line: str | None = None) -> AbstractContextManager[AsyncIterator[LiveEvent]]:
        """What happens from now on, everywhere or to ``line``. Who is too slow to take it loses events and gets
        ``ReadAnew`` instead."""
        ...
