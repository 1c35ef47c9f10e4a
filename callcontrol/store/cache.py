"""Keeps a ``Directory`` in memory what the database says, within a second of every commit, whoever made it.

Readers ask the directory and never wait: while PostgreSQL is away it stays as it was. Changes are heard through a
``DatabaseListener``. Notifications can be lost, with a connection or without; so, after each loss and every some
seconds, all rows are read whose last transaction is not older than the oldest one that was open at the last look:
that misses nothing, in whatever order transactions commit.

Who changes something does not wait to be heard: ``in_force`` reads it at once. All reading is done one after another,
each beginning when the one before is in the directory, so that an older state never takes the place of a newer one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import nullcontext, suppress

import structlog

from callcontrol.changes.ports import InForce, Key
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotInForce, SettingsInvalid, StoreDown
from callcontrol.store import directory_rows as rows
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.notifications import ANSWER, ASKED, CHANNELS, key_of
from callcontrol.store.pool import Pool, borrowed, open_pool

log = structlog.get_logger()

GATHER_SECONDS = 0.02
"""Notifications that come together are answered by one reading."""
CHECK_SECONDS = 10.0
"""How often what was not heard is looked for."""
RETRY_SECONDS = 0.3
IN_FORCE_SECONDS = 5.0
"""How long a change that is committed may wait to be read: a whole reload, or a database that went away."""
IN_FORCE_RETRY_SECONDS = 0.05
BEHIND_ASTERISK = frozenset({"call-settings"})
"""Documents of which Asterisk's own configuration has a part: barring and the hidden number."""


class DirectoryCache(InForce):
    """``url`` is read from. ``on_lines_changed`` is told when anything that Asterisk's configuration holds may have
    changed; ``on_line_changed`` the number of each line or group of which anything changed. Both are called in the
    event loop and must not block."""

    def __init__(
        self,
        url: str,
        listener: DatabaseListener,
        *,
        on_lines_changed: Callable[[], None] | None = None,
        on_line_changed: Callable[[str], None] | None = None,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._url = url
        self._on_lines_changed = on_lines_changed
        self._on_line_changed = on_line_changed
        self._check_seconds = check_seconds
        self._directory = Directory(_report)
        self._heard: set[Key] = set()
        self._reading = asyncio.Lock()
        self._wake = asyncio.Event()
        self._missed = False
        self._seen = 0
        """Every transaction older than this one was over at the last look, and is in the directory."""
        self._numbers: set[str] = set()
        """Every line and group in the directory."""
        self._marks: rows.Marks = {}
        """What was read since the last look, so that the look does not read and tell it again."""
        self._pool: Pool = None
        self._task: asyncio.Task[None] | None = None
        listener.subscribe(CHANNELS, self._hear, self._miss)

    @property
    def directory(self) -> Directory:
        """The directory. Ask for it again for each call: a full reload replaces it."""
        return self._directory

    async def start(self) -> None:
        """Read everything, then follow what changes; the listener has started. Raises StoreDown; it can then be
        called again."""
        if self._pool is None:
            self._pool = await open_pool(self._url, max_size=1)
        await self._load()
        self._task = asyncio.create_task(self._follow(), name="directory-cache")

    async def stop(self) -> None:
        """Stop following; the directory stays as it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._pool is not None:
            self._pool.terminate()

    async def in_force(self, changed: Collection[Key]) -> None:
        error: StoreDown | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(IN_FORCE_SECONDS):
                while True:
                    try:
                        async with self._reading:
                            await self._refresh(set(changed))
                    except StoreDown as down:
                        error = down
                        await asyncio.sleep(IN_FORCE_RETRY_SECONDS)
                    else:
                        return
        raise NotInForce("the change is kept, and calls obey it when the database is back") from error

    async def _follow(self) -> None:
        while True:
            try:
                await self._catch_up()
            except StoreDown as error:
                log.warning("directory.not_followed", error=str(error))
                self._missed = True  # look for what was not read, when it is back
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                # Better an old directory and another try than none: calls live from it.
                log.exception("directory.refresh_failed")
                await asyncio.sleep(self._check_seconds)

    async def _catch_up(self) -> None:
        if not self._missed:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._check_seconds):
                    await self._wake.wait()
                await asyncio.sleep(GATHER_SECONDS)
        self._wake.clear()
        missed, self._missed = self._missed, False
        heard, self._heard = self._heard, set()
        asked = {key for key in heard if key[0] == ASKED}
        async with self._reading:
            await (self._refresh(heard - asked) if heard and not missed else self._look())
        if missed:
            log.info("directory.followed_again")
        if asked:
            async with borrowed(self._pool) as connection:
                for _, token in asked:
                    await connection.execute(ANSWER, token)

    def _hear(self, payload: str) -> None:
        self._heard.add(key_of(payload))
        self._wake.set()

    def _miss(self) -> None:
        self._missed = True
        self._wake.set()

    async def _load(self) -> None:
        """Everything, into a new directory that then takes the place of the old one."""
        directory = Directory(_report)
        async with borrowed(self._pool) as connection, rows.moment(connection):
            seen = await rows.oldest(connection)
            await rows.put_companies(connection, directory, None)
            numbers = {number for _, number in await rows.put_numbers(connection, directory, None)}
            await rows.put_documents(connection, directory, None)
            await rows.put_books(connection, directory, None)
            marks = await rows.changed_since(connection, seen)
        self._directory, self._seen, self._marks, self._numbers = directory, seen, marks, numbers
        log.info("directory.loaded", numbers=len(numbers))
        if self._on_lines_changed:
            self._on_lines_changed()

    async def _look(self) -> None:
        """Find and read what changed since the last look, heard or not."""
        async with borrowed(self._pool) as connection, rows.moment(connection):
            seen = await rows.oldest(connection)
            marks = await rows.changed_since(connection, self._seen)
            changed = {key for key, mark in marks.items() if self._marks.get(key) != mark}
            changed |= await rows.numbers_gone(connection, self._numbers, changed)
        if seen < self._seen:  # another database, or an older copy of it: nothing here can be trusted
            await self._load()
            return
        if changed:
            await self._refresh(changed | rows.belongings(self._directory, changed))
        self._seen = seen
        self._marks = {key: mark for key, mark in self._marks.items() if mark >= seen}

    async def _refresh(self, changed: set[Key]) -> None:
        """Read again what ``changed`` names, and tell it."""
        directory = self._directory
        companies = [key for kind, key, *_ in changed if kind == "company"]
        numbers = [key for kind, key, *_ in changed if kind == "line"]
        documents = [(key, rest[0]) for kind, key, *rest in changed if kind == "document"]
        books = [key for kind, key, *_ in changed if kind == "book"]
        found: rows.Marks = {}
        alone = not (
            companies or numbers or books
        )  # documents: one statement, which is of one moment by itself
        async with borrowed(self._pool) as connection, nullcontext() if alone else rows.moment(connection):
            if companies or numbers:
                found |= await rows.put_companies(connection, directory, companies)
                found |= await rows.put_numbers(connection, directory, numbers, companies)
            if documents:
                found |= await rows.put_documents(connection, directory, documents)
            if books:
                found |= await rows.put_books(connection, directory, books)
        self._marks |= found
        self._numbers.update(key for kind, key, *_ in found if kind == "line")
        if any(("company", company) not in found for company in companies):
            await self._load()  # a company is gone: rare enough to begin anew
            return
        for number in numbers:
            if ("line", number) not in found:
                directory.remove_line(number)
                directory.remove_group(number)
                self._numbers.discard(number)
        self._tell(changed | found.keys())

    def _tell(self, changed: set[Key]) -> None:
        if self._on_lines_changed and any(
            key[0] in ("company", "line") or key[-1] in BEHIND_ASTERISK for key in changed
        ):
            self._on_lines_changed()
        if self._on_line_changed:
            for line in sorted({key[1] for key in changed if key[0] != "company"}):
                self._on_line_changed(line)


def _report(line: str, document: str, error: SettingsInvalid) -> None:
    where = [mistake.where for mistake in error.mistakes]
    log.warning("settings.unreadable", line_suffix=line[-2:], document=document, where=where)
