"""The local, append-only journal: one file for each call under way, written before each command.

It is what survives the death of the app (a restarted app reads the files and goes on with the calls) and
the outbox of the history (a file goes only when its records are in the database). It never waits for the
database. A crash of the app loses nothing that was written; the last line may be half after a crash of
the machine and is then ignored. What a full disk refuses is kept and written as soon as there is room. Whatever one
file is, it keeps no other call back: it is put aside for a person.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from weakref import WeakSet

import structlog

from callcontrol.journal.codec import TAG, encode
from callcontrol.journal.entries import CODEC, RETIRED, Entry
from callcontrol.journal.fold import fold
from callcontrol.journal.story import Story

log = structlog.get_logger()

LARGEST = 16 * 1024 * 1024
"""Bytes of a journal that is read; the longest visit to the voice menu writes some hundred thousand."""
_AS_JSON = json.JSONEncoder(separators=(",", ":"))
"""ASCII alone: a caller's name may hold what ends a line (U+2028) or what no file takes (half a surrogate pair).
Made once: ``json.dumps`` would make one for each entry."""


class CallJournal:
    """The journal of one call. ``story`` is what the file says, and what ``unwritten`` will add to it."""

    def __init__(self, path: Path, story: Story, *, torn: bool = False) -> None:
        self.path = path
        self.story = story
        self.unwritten = b"\n" if torn else b""
        """What the file lacks: lines that a full disk refused. After a half line, its end."""
        self._file: int | None = None
        self._closed = False

    @property
    def call(self) -> str:
        """The call's id, also of a file in which nothing can be read."""
        return self.path.stem

    @property
    def behind(self) -> bool:
        """A full disk refused a part of it."""
        return len(self.unwritten) > 1

    def write(self, entry: Entry) -> None:
        """Append and fold ``entry``. A full disk costs the call its safety net for a while, never the call."""
        was_behind, self._closed = self.behind, False
        self.unwritten += _AS_JSON.encode(encode(entry)).encode("ascii") + b"\n"
        self.catch_up(quiet=was_behind)
        fold(self.story, entry)

    def catch_up(self, *, quiet: bool = True) -> bool:
        """Write what is not written yet; whether the file has all now. ``quiet``: a failure has been told already."""
        try:
            if self._file is None:
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            while self.unwritten:  # on a full disk the kernel takes a part, and refuses the rest
                self.unwritten = self.unwritten[os.write(self._file, self.unwritten) :]
        except OSError as error:
            if not quiet:
                log.error("journal.not_written", file=self.path.name, error=str(error))
            return False
        finally:
            if self._closed:
                self.close()
        return True

    def close(self) -> None:
        """Let go of the file; it stays where it is."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)

    def reject(self) -> None:
        """Put the file aside for a person: the database refuses what is in it, or it cannot be read."""
        self.close()
        try:
            self.path.rename(self.path.with_suffix(".rejected"))
        except FileNotFoundError:
            pass
        except OSError as error:
            log.error("journal.not_put_aside", file=self.path.name, error=str(error))

    def discard(self) -> None:
        """Delete the file: everything in it is in the database."""
        self.close()
        self.unwritten = b""
        self.path.unlink(missing_ok=True)


class Journal:
    """The folder of all calls under way and of those whose records are not yet in the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: WeakSet[CallJournal] = WeakSet()
        self._lock = Lock()  # a thread reads what an earlier process left, while others look who is behind
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, call: str) -> CallJournal:
        """A journal for a new call."""
        journal = CallJournal(self._folder / f"{call}.jsonl", Story())
        self._remember(journal)
        return journal

    def has(self, call: str) -> bool:
        """Whether the journal of a call is there."""
        return (self._folder / f"{call}.jsonl").exists()

    @property
    def behind(self) -> int:
        """How many lack what a full disk refused: a crash would lose it."""
        return len(self._those_behind())

    def catch_up(self) -> None:
        """Write what was refused, as far as there is room again."""
        for journal in self._those_behind():
            if not journal.catch_up():
                return

    def left(self) -> Iterator[CallJournal]:
        """Every journal there is, oldest call first (ids are in order of time).

        Those of calls under way are among them, and one whose call is empty holds nothing that can be read. One that
        cannot be read at all is put aside.
        """
        for path in sorted(self._folder.glob("*.jsonl")):
            try:
                journal = _read(path)
            except FileNotFoundError:
                continue  # its call ended meanwhile
            except Exception as error:  # whatever it is, the others are not to wait for it
                log.error("journal.unreadable", file=path.name, error=repr(error)[:200])
                CallJournal(path, Story()).reject()
            else:
                self._remember(journal)
                yield journal

    def _remember(self, journal: CallJournal) -> None:
        with self._lock:
            self._known.add(journal)

    def _those_behind(self) -> list[CallJournal]:
        with self._lock:
            return [journal for journal in self._known if journal.behind]


class NoJournal(Exception):
    """It is no file, or far too long."""


def _read(path: Path) -> CallJournal:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise NoJournal("no file")  # a pipe would keep us waiting for ever
    if about.st_size > LARGEST:
        raise NoJournal(f"more than {LARGEST} bytes")
    text = path.read_text(encoding="utf-8", errors="replace")
    journal = CallJournal(path, Story(), torn=not text.endswith("\n"))
    for number, line in enumerate(text.splitlines(), 1):
        try:
            raw = json.loads(line)
            if raw[TAG] not in RETIRED:
                fold(journal.story, CODEC.decode(raw))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            log.error("journal.line.unreadable", file=path.name, line=number, error=repr(error)[:200])
    return journal
