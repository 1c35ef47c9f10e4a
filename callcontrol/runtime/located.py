"""Which system a command means: the one that is named, else the one that runs here, else the only one that runs for
this user on this machine. Looks at processes and locks; writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from callcontrol.config import load as configuration
from callcontrol.config.environment import PREFIX
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError, StoreDown
from callcontrol.runtime.app_process import HEARTBEAT_VARIABLE
from callcontrol.runtime.running import supervisor_of

_NAMES = ("CALLCONTROL_CONFIG", "CALLCONTROL_RUNTIME_DIR", "CALLCONTROL_DATABASE_URL")
"""Variables by which a person says which system is meant."""


class NoSystem(CallControlError):
    """There is none, or more than one could be meant; the text is one sentence that says where was looked."""


@dataclass(frozen=True, slots=True)
class Running:
    """A system that runs: its folder, and the variables that its own processes read their configuration by."""

    runtime_dir: Path
    environ: Mapping[str, str]


def located(path: Path | None, environ: Mapping[str, str], *, must_run: bool = True) -> Config:
    """The configuration of the system meant. ``must_run`` False: one that is named by the file or a variable, and one
    of this folder, need not run. Raises NoSystem and ConfigError."""
    here = configuration.load(path, environ, make_secrets=False)
    named = path is not None or here.source is not None or any(environ.get(name) for name in _NAMES)
    systems = running_systems()
    same = next((one for one in systems if one.runtime_dir == here.runtime_dir), None)
    if same is None and path is not None:  # named by its file, from another folder
        same = next((one for one in systems if one.environ.get(_NAMES[0]) == str(here.source)), None)
    runs = same is not None or supervisor_of(here.runtime_dir) is not None
    if same is None and (named or not systems) and (owner := _another(here.runtime_dir)):
        raise NoSystem(
            f"{here.runtime_dir} is {owner}'s: run this as {owner} (runuser -u {owner} -- callcontrol …)."
        )
    if named and must_run and not runs:
        raise _stopped(here)
    if named or runs or (not must_run and here.runtime_dir.is_dir()):
        return here if same is None else _of(same)
    if len(systems) == 1:
        return _of(systems[0])
    if systems:
        folders = ", ".join(str(one.runtime_dir) for one in systems)
        raise NoSystem(f"several systems run here, in {folders}: say which by --config, or go to its folder.")
    raise NoSystem(
        f"callcontrol does not run: looked in {here.runtime_dir}, and at the processes of this user; name another"
        " system by --config FILE."
    )


@contextmanager
def needs_database(config: Config) -> Iterator[None]:
    """Raises NoSystem instead of StoreDown where our own database is meant, and nothing runs."""
    try:
        yield
    except StoreDown:
        if config.database.embedded and supervisor_of(config.runtime_dir) is None:
            raise _stopped(config) from None
        raise


def _stopped(config: Config) -> NoSystem:
    return NoSystem(f"callcontrol does not run in {config.runtime_dir}: start it with `callcontrol run`.")


def _another(folder: Path) -> str | None:
    """Who owns a runtime folder that we may not look into; None where we may, or where there is none."""
    for each in (folder, folder / "secrets"):
        if os.path.isdir(each) and not os.access(each, os.R_OK | os.X_OK):
            with suppress(KeyError, OSError):
                return each.owner()
            return "another user"
    return None


def running_systems(processes: Path = Path("/proc")) -> list[Running]:
    """The systems whose processes we may look at (ours; as root all), by their folders."""
    found: dict[Path, Running] = {}
    for file in processes.glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended, or is somebody else's
            ours = _variables(file.read_bytes())
            if HEARTBEAT_VARIABLE not in ours or not ours.get("CALLCONTROL_RUNTIME_DIR"):
                continue
            folder = Path(ours["CALLCONTROL_RUNTIME_DIR"])
            del ours[HEARTBEAT_VARIABLE]
            if folder not in found and supervisor_of(folder) is not None:
                found[folder] = Running(folder, ours)
    return [found[folder] for folder in sorted(found)]


def _variables(block: bytes) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in block.decode("utf-8", "surrogateescape").split("\0"))
    return {name: value for name, _, value in pairs if name.startswith(PREFIX)}


def _of(system: Running) -> Config:
    return configuration.load(None, system.environ, make_secrets=False)
