"""``callcontrol backup FILE`` and ``callcontrol restore FILE``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from callcontrol.config.load import Config
from callcontrol.runtime import backup
from callcontrol.runtime.restore import restore as restored


def back_up(config: Config, file: Path, out: Callable[[str], object] = print) -> int:
    """Write ``file``. Returns the exit code, 0. Raises CallControlError, with no file written."""
    os.umask(0o077)  # what it holds is this user's alone
    size = asyncio.run(backup.write(config, file.absolute()))
    out(f"{file}: {size / 1e6:.1f} MB. It holds every secret of the system: keep it like one.")
    return 0


def restore(config: Config, file: Path, out: Callable[[str], object] = print) -> int:
    """Make the system what ``file`` says. Returns the exit code, 0. Raises CallControlError, with nothing changed."""
    os.umask(0o077)
    done = asyncio.run(restored(config, file.absolute(), Path.cwd()))
    out(f"Restored what {file} held at {done.made_at}: {done.lines} lines, {done.messages} messages.")
    if done.configuration is not None:
        out(f"  Its configuration is {done.configuration}.")
    if done.aside is not None:
        out(f"  What was there before is in {done.aside}: delete it when you are sure.")
    out("  Start it with: callcontrol run")
    return 0
