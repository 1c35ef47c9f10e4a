"""A system made what a backup says. Never onto one that runs; what was there before is put aside, not deleted.

Everything is unpacked and the database filled in a folder of its own first: a backup that is broken, too new or not one
changes nothing.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

import asyncpg

from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.config.secrets import change_postgres_port
from callcontrol.runtime.backup import DUMP, MANIFEST, BackupFailed, read_manifest, run_client
from callcontrol.runtime.ending import not_now
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.postgres import PostgresProcess
from callcontrol.runtime.postgres_setup import programs
from callcontrol.runtime.running import only_one
from callcontrol.store.migrate import migrations

_FOLDERS = frozenset({"media", "journal", "secrets", "tls", "config"})
_COUNT = "SELECT (SELECT count(*) FROM lines), (SELECT count(*) FROM messages)"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was there before is now (None: nothing was)."""

    made_at: str
    lines: int
    messages: int
    configuration: Path | None
    """Where the configuration of the backup was put, when it was."""
    aside: Path | None


async def restore(config: Config, file: Path, here: Path) -> Restored:
    """Make the system of ``config`` what ``file`` says. A configuration that the backup holds is put into the folder
    ``here`` and obeyed, when there is none yet. Raises BackupFailed and AlreadyRunning, with nothing changed."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest = read_manifest(tar)
            if int(str(manifest["schema"])) > len(migrations()):
                raise BackupFailed(
                    f"{file} was made by a newer release ({manifest['callcontrol']}): run that one"
                )
            with only_one(config.runtime_dir):
                return await _restored(config, tar, manifest, here)
    except (OSError, tarfile.TarError, EOFError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BackupFailed(f"{file} cannot be read: {why}") from None


async def _restored(
    config: Config, tar: tarfile.TarFile, manifest: dict[str, object], here: Path
) -> Restored:
    draft = config.runtime_dir / f".restoring-{os.getpid()}"
    try:
        _unpack(tar, draft)
        config, written = _configured(config, draft, here)
        filled = await _filled(config, draft)
        with not_now():
            aside = _swapped(config, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Restored(str(manifest.get("made_at")), *filled, written, aside)


def _unpack(tar: tarfile.TarFile, draft: Path) -> None:
    """Plain files below the folders that a backup has, and nothing else, whoever wrote it."""
    draft.mkdir(mode=0o700)
    for member in tar:
        if member.name == MANIFEST:
            continue
        path = PurePosixPath(member.name)
        top = path.parts[0] if path.parts else ""
        known = top in _FOLDERS if len(path.parts) > 1 else top in (DUMP, "fallback-calls.csv")
        if not member.isreg() or path.is_absolute() or ".." in path.parts or not known:
            raise BackupFailed(f"the backup holds {member.name}, which no backup of callcontrol does")
        target = draft / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = tar.extractfile(member)
        assert stream is not None
        with stream, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(stream, out)


def _configured(config: Config, draft: Path, here: Path) -> tuple[Config, Path | None]:
    """The configuration to restore by: the one that is here, else the backup's."""
    kept = draft / "config" / "callcontrol.yaml"
    if not kept.exists():
        return config, None
    target = here / "callcontrol.yaml"
    if config.source is None and not target.exists():
        shutil.copyfile(kept, target)
        target.chmod(0o600)
        runtime = {"CALLCONTROL_RUNTIME_DIR": str(config.runtime_dir)}
        return configuration.load(target, runtime, make_secrets=False), target
    if config.source is not None and config.source.read_bytes() == kept.read_bytes():
        return config, None
    target = here / "callcontrol.yaml.restored"
    shutil.copyfile(kept, target)
    target.chmod(0o600)
    return config, target


async def _filled(config: Config, draft: Path) -> tuple[int, int]:
    """Put the rows into the database: a new one in ``draft``, or the configured one, if nothing is in that yet."""
    if not config.database.embedded:
        await _refuse_rows(config.database.url)
        return await _into(config.database.url, draft)
    if (draft / "secrets").is_dir():
        change_postgres_port(draft)
    environ = {"CALLCONTROL_RUNTIME_DIR": str(draft)}
    there = replace(configuration.load(Path(os.devnull), environ), runtime_dir=draft)
    database = PostgresProcess(there, lambda _: None)
    try:
        await database.start()
        return await _into(there.database.url, draft)
    finally:
        await database.stop()


async def _into(url: str, draft: Path) -> tuple[int, int]:
    command = [str(programs() / "pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner"]
    await run_client([*command, "--no-privileges", str(draft / DUMP)], url)
    connection = await asyncpg.connect(url, timeout=5)
    try:
        lines, messages = await connection.fetchrow(_COUNT)
    finally:
        await connection.close()
    return int(lines), int(messages)


async def _refuse_rows(url: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            full = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise BackupFailed(f"the database does not answer: {error or type(error).__name__}") from None
    if full:
        raise BackupFailed(
            "the database of database.url is in use already: name an empty one, or empty it yourself"
        )


def _swapped(config: Config, draft: Path) -> Path | None:
    """Put what was made into place, by renames; what stood there goes aside."""
    layout, stamp = Layout(config.runtime_dir), f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - a folder's name
    aside = config.runtime_dir / f"before-restore-{stamp}"
    places = [
        (draft / "postgres", layout.postgres),
        (draft / "journal", config.runtime_dir / "journal"),
        (draft / "secrets", config.runtime_dir / "secrets"),
        (draft / layout.fallback_calls.name, layout.fallback_calls),
        (draft / "tls" / "tls.crt", layout.asterisk_etc / "tls.crt"),
        (draft / "tls" / "tls.key", layout.asterisk_etc / "tls.key"),
        (draft / "none", layout.asterisk_etc / "lines.conf"),
        (draft / "none", layout.asterisk_etc / "fallback.conf"),
    ]
    for new, place in places:
        _replaced(new, place, aside)
    # Not the folder itself: it may be a mount, and Asterisk's sandbox is made of it.
    config.media_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    old_media = config.media_dir / f".before-restore-{stamp}"
    for entry in [each for each in config.media_dir.iterdir() if not each.name.startswith(".")]:
        old_media.mkdir(exist_ok=True)
        entry.rename(old_media / entry.name)
    for entry in (draft / "media").iterdir() if (draft / "media").is_dir() else ():
        shutil.move(entry, config.media_dir / entry.name)
    if old_media.exists() and not aside.exists():
        aside = old_media
    return aside if aside.exists() else None


def _replaced(new: Path, place: Path, aside: Path) -> None:
    if place.exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        place.rename(aside / place.name)
    if new.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.rename(place)
