"""Everything of a system in one file, while it runs or while it is stopped: the database, messages and recordings,
journals, secrets, the TLS key and the configuration.

Consistent: files are linked before and after the rows are read, so that every row has its file, whatever came or went
meanwhile; journals come first, so that what leaves them is in the rows. The file is this user's alone, and either
whole or not there.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from callcontrol import __version__
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.postgres import PostgresProcess
from callcontrol.runtime.postgres_setup import programs
from callcontrol.runtime.running import only_one, supervisor_of
from callcontrol.store.migrate import migrations

P = ParamSpec("P")
T = TypeVar("T")

MANIFEST = "callcontrol-backup.json"
DUMP = "database.dump"


class BackupFailed(CallControlError):
    """There is no backup; the text says why, and nothing was changed."""


async def write(config: Config, file: Path) -> int:
    """Write the backup ``file``; its size in bytes. Raises BackupFailed."""
    _refuse_place(file)
    async with AsyncExitStack() as kept:
        if config.database.embedded and supervisor_of(config.runtime_dir) is None:
            if not (Layout(config.runtime_dir).postgres / "data").is_dir():
                raise BackupFailed(f"there is no system in {config.runtime_dir}")
            kept.enter_context(only_one(config.runtime_dir))
            database = PostgresProcess(config, lambda _: None)
            await database.start()
            kept.push_async_callback(database.stop)
        draft = config.media_dir / f".backup-{os.getpid()}"
        kept.callback(shutil.rmtree, draft, ignore_errors=True)
        await _in_thread(_gather_files, config, draft)
        await _dump(config, draft / DUMP)
        await _in_thread(_link_media, config, draft)
        (draft / MANIFEST).write_text(json.dumps(_manifest(config), indent=1), "utf-8")
        return await _in_thread(_pack, draft, file)


async def _in_thread(
    work: Callable[Concatenate[threading.Event, P], T], *what: P.args, **more: P.kwargs
) -> T:
    """``work`` in a thread, told by its first argument when it is to give up; over when this is over."""
    given_up = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, given_up, *what, **more))
    try:
        return await asyncio.shield(running)
    finally:
        given_up.set()
        await asyncio.wait([running])


def _unless(given_up: threading.Event) -> None:
    if given_up.is_set():
        raise BackupFailed("the backup was given up")


def _refuse_place(file: Path) -> None:
    if file.exists():
        raise BackupFailed(f"{file} is there already, and a backup is never overwritten")
    if not file.parent.is_dir():
        raise BackupFailed(f"the folder {file.parent} does not exist")


def _manifest(config: Config) -> dict[str, object]:
    return {
        "callcontrol": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema": len(migrations()),
        "embedded": config.database.embedded,
    }


def _gather_files(given_up: threading.Event, config: Config, draft: Path) -> None:
    """Everything but the rows; media once before them."""
    layout = Layout(config.runtime_dir)
    draft.mkdir(mode=0o700, parents=True)
    for name in ("journal", "secrets"):
        if (config.runtime_dir / name).is_dir():
            _copy_tree(config.runtime_dir / name, draft / name)
    if layout.fallback_calls.exists():
        shutil.copy2(layout.fallback_calls, draft / layout.fallback_calls.name)
    for name in ("tls.crt", "tls.key"):
        if (path := layout.asterisk_etc / name).exists():
            (draft / "tls").mkdir(exist_ok=True)
            shutil.copy2(path, draft / "tls" / name)
    if config.source is not None:
        (draft / "config").mkdir()
        shutil.copy2(config.source, draft / "config" / "callcontrol.yaml")
    _link_media(given_up, config, draft)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy what is there; what goes meanwhile is in the rows by then."""
    for path in source.rglob("*"):
        _place(path, target / path.relative_to(source), shutil.copy2)


def _link_media(given_up: threading.Event, config: Config, draft: Path) -> None:
    """Link every file of the media folder that is not linked yet: they never change once they are there. Recordings
    under way do, and are copied."""
    for top in config.media_dir.iterdir():
        if top.name.startswith("."):
            continue
        how = shutil.copy2 if top.name == config.recording_dir.parent.name else os.link
        for path in [top, *(top.rglob("*") if top.is_dir() else ())]:
            _unless(given_up)
            _place(path, draft / "media" / path.relative_to(config.media_dir), how)


def _place(path: Path, target: Path, how: Callable[[Path, Path], object]) -> None:
    if target.exists() or path.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        how(path, target)
    except FileNotFoundError:
        pass  # it went, or got another name, meanwhile
    except OSError:
        shutil.copy2(path, target)  # a file system without links


async def _dump(config: Config, target: Path) -> None:
    command = [
        str(programs() / "pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={target}",
    ]
    await run_client(command, config.database.url)


async def run_client(command: list[str], url: str) -> None:
    """Run a program of PostgreSQL on the database at ``url``; the password is never on its command line. Raises
    BackupFailed."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{quote(parts.username)}@" if parts.username else ""
    bare = urlunsplit(parts._replace(netloc=user + host))
    environ = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    if parts.password:
        environ["PGPASSWORD"] = unquote(parts.password)
    process = await asyncio.create_subprocess_exec(
        *command, f"--dbname={bare}", env=environ,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise BackupFailed(f"{Path(command[0]).name} failed: {last[0]}")


def _pack(given_up: threading.Event, draft: Path, file: Path) -> int:
    """All of ``draft`` as one file, mode 0600, put into place when it is whole."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
                for path in _members(draft):
                    _unless(given_up)
                    tar.add(path, path.relative_to(draft).as_posix(), recursive=False, filter=_nobodys)
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def _members(draft: Path) -> Iterator[Path]:
    yield draft / MANIFEST
    yield from (path for path in sorted(draft.rglob("*")) if path.is_file() and path.name != MANIFEST)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def read_manifest(tar: tarfile.TarFile) -> dict[str, object]:
    """What a backup says of itself. Raises BackupFailed when it is none."""
    try:
        first = tar.next()
        if first is not None and first.name == MANIFEST and first.size < 100_000:
            stream = tar.extractfile(first) or io.BytesIO()
            found = json.loads(stream.read())
            if isinstance(found, dict) and isinstance(found.get("schema"), int):
                return found
    except (tarfile.TarError, EOFError, OSError, ValueError):
        pass
    raise BackupFailed(f"{os.fsdecode(tar.name or b'it')} is no backup of callcontrol")
