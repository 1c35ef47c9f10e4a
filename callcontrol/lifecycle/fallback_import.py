"""What happened while the app was away, put where it belongs: messages and calls of the native fallback.

Asterisk took messages into the fallback folder and wrote a line for each call (asterisk_conf). Everything is
idempotent: ids are derived from Asterisk's own unique ids, so an import that is cut short is simply done again.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import structlog

from callcontrol import numbers
from callcontrol.asterisk_conf.accounts import (
    TIMED,
    FallbackRecording,
    fallback_recording,
    read_fallback_calls,
)
from callcontrol.because import Because
from callcontrol.call.toll import OutsideCall
from callcontrol.directory.directory import Directory
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.media.recordings import is_silent, repair, seconds_of
from callcontrol.message import Message, MessageKind
from callcontrol.number_format import NumberFormat, as_sent, understood
from callcontrol.ports.history import History
from callcontrol.ports.mailbox import Messages

log = structlog.get_logger()

_SPACE = uuid.UUID("5b4f6d0a-7f0e-4f39-8f0e-0c1b8b8a2f11")
SHORTEST_SECONDS = 2.0
WRITING_SECONDS = 0.05
"""How long Asterisk may still write the row that it was writing when its file was moved."""
RULE = Because("call.native_fallback")
Row = dict[str, str]


class FallbackImport:
    """Brings in what Asterisk did alone. ``live`` says which unique ids are still under way; ``count`` is told the
    calls outside, which count against their lines' daily limits from then on."""

    def __init__(
        self,
        folder: Path,
        calls_file: Path,
        media: Path,
        directories: Callable[[], Directory],
        count: Callable[[Iterable[OutsideCall]], None] = lambda _: None,
    ) -> None:
        self._folder, self._calls_file, self._media = folder, calls_file, media
        self._directories, self._count = directories, count

    async def run(self, live: frozenset[str], history: History, messages: Messages) -> None:
        """Import what is complete. Raises ``StoreDown``: what is not in the database stays where it is."""
        rows = await asyncio.to_thread(self._take_rows)
        by_recording = {row["recording"]: row for row in rows if row["recording"]}
        for path, what in await asyncio.to_thread(self._recordings, live):
            try:
                await self._message(path, what, messages, by_recording.get(path.name))
            except OSError as error:  # it stays where it is; the others are not to wait for it
                log.error("fallback.message_not_taken", file=what.unique_id, error=str(error))
        records = [record for row in rows for record in self._records(row)]
        await history.write(records)
        await asyncio.to_thread(self._taken().unlink, missing_ok=True)
        self._count(self._outside(records))
        if rows:
            log.info("fallback.imported", calls=len(rows), records=len(records))

    def _taken(self) -> Path:
        return self._calls_file.with_suffix(".importing")

    def _take_rows(self) -> list[Row]:
        """The rows so far, out of Asterisk's way: it opens the file anew for each line."""
        taken, moved = self._taken(), self._calls_file.with_suffix(".moved")
        _append(moved, taken)  # an import that was cut short between the two
        if self._calls_file.exists():
            self._calls_file.rename(moved)
            time.sleep(WRITING_SECONDS)
            _append(moved, taken)
        if not taken.exists():
            return []
        return read_fallback_calls(taken.read_text(encoding="utf-8", errors="replace"))

    def _recordings(self, live: frozenset[str]) -> Iterator[tuple[Path, FallbackRecording]]:
        for timed in self._folder.glob(f"*{TIMED}.wav16"):
            beside = fallback_recording(timed.name.replace(TIMED, ""))
            if beside and beside.unique_id not in live and not _recording(timed).exists():
                timed.unlink()  # of a recording that a full disk refused, or that has gone already
        found = [(p, fallback_recording(p.name)) for p in sorted(self._folder.glob("*.wav16"))]
        return iter([(p, what) for p, what in found if what is not None and what.unique_id not in live])

    async def _message(
        self, path: Path, what: FallbackRecording, messages: Messages, row: Row | None
    ) -> None:
        line = self._directories().account(what.called)
        sound, seconds = await asyncio.to_thread(_longer, path)
        if line is None or seconds is None or max(seconds, _lasted(row)) < SHORTEST_SECONDS:
            await asyncio.to_thread(_unlink, path)
            return
        if self._directories().company(line.company).drop_silent_messages and await asyncio.to_thread(
            is_silent, sound
        ):
            await asyncio.to_thread(_unlink, path)
            return
        message_id = _id("message", what.unique_id)
        target = _path(line.number, message_id)
        call = _id("call", row["linked_id"]) if row else None
        sender = _peer(what.number or what.presentation)
        message = Message(
            message_id, line.number, MessageKind.VOICE, sender, what.started_at, target, seconds, call=call
        )
        (self._media / target).parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_link, sound, self._media / target)
        await messages.deliver(message)
        await asyncio.to_thread(_unlink, path)

    def _records(self, row: Row) -> Iterator[CallRecord]:
        """The caller's line and the line called each get their record."""
        started, answered, ended = (_instant(row[name]) for name in ("start", "answer", "end"))
        if started is None or ended is None:
            return
        call = _id("call", row["linked_id"])
        message = self._message_of(row)
        caller = self._directories().line(row["line"]) if row["line"] else None
        called = self._directories().account(row["called"]) if row["called"] else None
        talked = answered if not row["recording"] else None
        if caller is not None:
            target = row["outside"] or row["called"] or row["dialled"]
            number = numbers.canonical(target) or target
            result = "answered" if answered else "no_answer"
            legs = (LegRecord(number, started, answered, ended, result),) if row["outside"] else ()
            yield CallRecord(
                call, caller.number, Direction.OUTGOING, Peer(Presentation.SHOWN, number), started, answered, ended,
                RULE, legs=legs,
            )  # fmt: skip
        if called is not None:
            direction = Direction.RECEIVED if talked else Direction.MISSED
            peer = _peer(row["caller"])
            yield CallRecord(call, called.number, direction, peer, started, talked, ended, RULE, message)

    def _outside(self, records: Iterable[CallRecord]) -> Iterator[OutsideCall]:
        for record in records:
            line = self._directories().line(record.line)
            if line is None:
                continue
            for leg in record.legs:
                yield OutsideCall(
                    record.call,
                    line.number,
                    line.company,
                    leg.target,
                    leg.started_at,
                    leg.answered_at,
                    leg.ended_at,
                )

    def _message_of(self, row: Row) -> str | None:
        """The message that was left in the call of ``row``; one that was too short is none."""
        what = fallback_recording(row["recording"])
        line = self._directories().account(what.called) if what else None
        if what is None or line is None:
            return None
        message_id = _id("message", what.unique_id)
        return message_id if (self._media / _path(line.number, message_id)).exists() else None


def _lasted(row: Row | None) -> float:
    """How long the recording lasted by the clock; 0 when nobody wrote that down. Its beginning is told in whole
    seconds, which may be one too early."""
    began, ended = (_instant(row[name]) for name in ("recorded", "end")) if row else (None, None)
    return (ended - began).total_seconds() - 1 if began is not None and ended is not None else 0.0


def _longer(path: Path) -> tuple[Path, float | None]:
    """Of the recording that holds what came of a caller, and the one beside it that holds how long it took, the longer
    one, repaired, and its seconds (the second lacks some tenths at its end); None where nothing came."""
    repair(path)
    seconds, timed = seconds_of(path), _timed(path)
    if seconds is None or (seconds_of(timed) or 0.0) <= seconds:
        return path, seconds
    repair(timed)
    return timed, seconds_of(timed)


def _timed(path: Path) -> Path:
    return path.with_stem(f"{path.stem}{TIMED}")


def _recording(timed: Path) -> Path:
    return timed.with_stem(timed.stem.removesuffix(TIMED))


def _unlink(path: Path) -> None:
    """Away with both: the one that names the message last."""
    _timed(path).unlink(missing_ok=True)
    path.unlink()


def _path(line: str, message_id: str) -> str:
    return f"messages/{line}/{message_id}.wav16"


def _append(source: Path, target: Path) -> None:
    """Put the rows of ``source`` behind those of ``target``. Doing it twice is harmless: a call is read once."""
    if source.exists():
        with target.open("ab") as file:
            file.write(source.read_bytes())
        source.unlink()


def _id(kind: str, unique: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{kind}:{unique}"))


def _link(source: Path, target: Path) -> None:
    """A second name for the file, so that a crash before the delivery loses nothing."""
    if not target.exists():
        target.hardlink_to(source)


def _instant(text: str) -> datetime | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def _peer(caller: str) -> Peer:
    if caller in (Presentation.ANONYMOUS, Presentation.UNAVAILABLE):
        return Peer(Presentation(caller))
    number = understood(caller, NumberFormat.AUTO) or as_sent(caller)
    return Peer(Presentation.SHOWN if number else Presentation.UNAVAILABLE, number)
