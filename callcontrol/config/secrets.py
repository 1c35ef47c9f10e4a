"""Secrets and the database port that a fresh system makes up for itself, once, under its runtime folder (mode
0600).

Never prints, logs or passes a secret on a command line.
"""

from __future__ import annotations

import os
import secrets as random
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Generated values; empty (port 0) where ``read`` found none, or none that this user may read."""

    ari_password: str
    postgres_password: str
    postgres_port: int
    link_key: str
    """Signs the links in mails."""
    node: str
    """The name of this system among those that share its database."""

    @classmethod
    def make(cls, runtime_dir: Path) -> Secrets:
        """Read them, making those that are missing. Two processes that start at once agree: the first link
        wins."""
        folder = runtime_dir / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("ari_password", "postgres_password", "link_key", "node"):
            _create_once(folder / name, random.token_urlsafe(24))
        if not (folder / "postgres_port").exists():
            _create_once(folder / "postgres_port", str(free_port()))
        return cls.read(runtime_dir)

    @classmethod
    def read(cls, runtime_dir: Path) -> Secrets:
        def text(name: str) -> str:
            try:
                return (runtime_dir / "secrets" / name).read_text(encoding="ascii").strip()
            except (FileNotFoundError, NotADirectoryError, PermissionError):
                return ""

        return cls(
            text("ari_password"),
            text("postgres_password"),
            int(text("postgres_port") or 0),
            text("link_key"),
            text("node"),
        )


def change_postgres_port(runtime_dir: Path) -> int:
    """Another free port, for when a stranger took the one that was used before."""
    path, port = runtime_dir / "secrets" / "postgres_port", free_port()
    _write(path.with_suffix(".new"), str(port))
    path.with_suffix(".new").replace(path)
    return port


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _create_once(path: Path, text: str) -> None:
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    _write(draft, text)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first: its secret is the one that counts
    finally:
        draft.unlink()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
