"""Files that are either the old or the new ones, never half, and not for other users' eyes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in one step, mode 0600. One that is the same already stays: a part that starts again
    needs no room on a full disk."""
    with suppress(OSError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == text and path.stat().st_mode & 0o777 == 0o600:
            return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
