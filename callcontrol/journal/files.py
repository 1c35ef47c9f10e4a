"""The local, append-only journal: one file for each call under way, written before each command.

It is what survives the death of the app (a restarted app reads the files and goes on with the calls) and
the outbox of the history (a file goes only when its records are in the database). It never waits for the
database. A crash of the app loses nothing that was written; the last line may be half after a crash of
the machine and is then ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import structlog

from callcontrol.journal.codec import TAG, encode
from callcontrol.journal.entries import CODEC, RETIRED, Entry
from callcontrol.journal.story import Story

log = structlog.get_logger()

_AS_JSON = json.JSONEncoder(separators=(",", ":"))
"""ASCII alone: a caller's name may hold what ends a line (U+2028) or what no file takes (half a surrogate pair).
Made once: ``json.dumps`` would make one for each entry."""


class CallJournal:
    """The journal of one call. ``story`` is always what the file says."""

    def __init__(self, path: Path, story: Story, *, torn: bool = False) -> None:
        self.path = path
        self.story = story
        self._torn = torn
        """The last line is half: the next one must not be written behind it."""
        self._file: TextIO | None = None

    @property
    def call(self) -> str:
        """The call's id, also of a file in which nothing can be read."""
        return self.path.stem

    def write(self, entry: Entry) -> None:
        """Append and fold ``entry``. A full disk costs the call its safety net, never the call."""
        try:
            if self._file is None:
                self._file = self.path.open("a", encoding="utf-8", buffering=1)
                if self._torn:
                    self._file.write("\n")
            self._file.write(_AS_JSON.encode(encode(entry)) + "\n")
        except OSError as error:
            log.error("journal.not_written", file=self.path.name, error=str(error))
        self.story.apply(entry)

    def close(self) -> None:
        """Let go of the file; it stays where it is."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what a full disk refused has been told already
                file.close()

    def reject(self) -> None:
        """Put the file aside for a person: the database refuses what is in it."""
        self.close()
        if self.path.exists():
            self.path.rename(self.path.with_suffix(".rejected"))

    def discard(self) -> None:
        """Delete the file: everything in it is in the database."""
        self.close()
        self.path.unlink(missing_ok=True)


class Journal:
    """The folder of all calls under way and of those whose records are not yet in the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, call: str) -> CallJournal:
        """A journal for a new call."""
        return CallJournal(self._folder / f"{call}.jsonl", Story())

    def left(self) -> Iterator[CallJournal]:
        """Every journal there is, oldest call first (ids are in order of time).

        Those of calls under way are among them, and one whose call is empty holds nothing that can be read.
        """
        for path in sorted(self._folder.glob("*.jsonl")):
            text = path.read_text(encoding="utf-8", errors="replace")
            journal = CallJournal(path, Story(), torn=not text.endswith("\n"))
            for number, line in enumerate(text.splitlines(), 1):
                try:
                    raw = json.loads(line)
                    if raw[TAG] not in RETIRED:
                        journal.story.apply(CODEC.decode(raw))
                except (ValueError, KeyError, TypeError, IndexError) as error:
                    log.error("journal.line.unreadable", file=path.name, line=number, error=repr(error))
            yield journal
