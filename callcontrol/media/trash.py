"""Erases the files of messages that are gone for good: what the trash names, under the media folder.

A file goes before its name is forgotten, so that none is ever left behind. One that cannot be erased is told in the
log, keeps its name, and never stops the others. Nothing outside the media folder is ever touched, whatever a row says.
Logs name a file without its folder, which is a line's number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from callcontrol.errors import StoreDown
from callcontrol.store.media_trash import MediaTrash

log = structlog.get_logger()


async def empty(trash: MediaTrash, media: Path) -> int:
    """Erase everything that is in the trash; returns how many files. Raises StoreDown."""
    erased, last = 0, ""
    while paths := await trash.paths(after=last):
        gone = await asyncio.to_thread(_erase, media, paths)
        await trash.erased(gone)
        erased, last = erased + len(gone), paths[-1]
    return erased


async def erase_now(trash: MediaTrash, media: Path, paths: Sequence[str]) -> None:
    """Erase some files of the trash at once, for the user who has just purged their messages. Never raises: what
    remains is still in the trash, which is emptied again and again."""
    try:
        await trash.erased(await asyncio.to_thread(_erase, media, paths))
    except StoreDown as error:
        log.warning("trash.put_off", error=str(error))
    except Exception:
        log.exception("trash.failed")


def _erase(media: Path, paths: Sequence[str]) -> list[str]:
    """Those that are gone now."""
    folder = media.resolve()
    return [path for path in paths if _erased(folder, path)]


def _erased(folder: Path, path: str) -> bool:
    try:
        file = folder / path
        if not file.parent.resolve().is_relative_to(folder):
            log.error("trash.outside", file=file.name)
            return False
        file.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # no permission, a folder, a name that no file can have
        log.error("trash.undeletable", file=Path(path).name, error=type(error).__name__)
        return False
    return True
