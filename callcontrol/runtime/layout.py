"""Where things lie: the runtime folder's parts, and the data that comes with the package (templates, sounds,
demo).

The data is found beside the package, in a clone as in an installed wheel; never relative to the current
folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import callcontrol


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of one runtime folder."""

    root: Path

    @property
    def asterisk_etc(self) -> Path:
        return self.root / "etc" / "asterisk"

    @property
    def hosts(self) -> Path:
        return self.root / "etc" / "hosts"

    @property
    def nsswitch(self) -> Path:
        return self.root / "etc" / "nsswitch.conf"

    @property
    def asterisk_lib(self) -> Path:
        """Registrations survive here (astdb)."""
        return self.root / "lib" / "asterisk"

    @property
    def mended(self) -> Path:
        """Modules of Asterisk that are laid over those of the root filesystem (``runtime/mended``)."""
        return self.root / "lib" / "mended"

    @property
    def asterisk_run(self) -> Path:
        return self.root / "run" / "asterisk"

    @property
    def asterisk_log(self) -> Path:
        """Below ``logs`` so that ``cdr-custom/../../fallback-calls.csv`` is this folder's
        ``fallback-calls.csv``."""
        return self.root / "log"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def pids(self) -> Path:
        return self.root / "run"

    @property
    def supervisor(self) -> Path:
        """Locked by the supervisor of this folder while it lives; its process number is in it."""
        return self.root / "run" / "supervisor.pid"

    @property
    def settled(self) -> Path:
        """The configuration that the system was started with, as ``config.flat`` tells it."""
        return self.root / "run" / "settled.json"

    @property
    def call_side(self) -> Path:
        """The Unix socket at which the web reaches the process of the calls."""
        return self.root / "run" / "calls.sock"

    @property
    def security_events(self) -> Path:
        """The Unix socket (datagrams) at which the calls hear of SIP passwords that were tried."""
        return self.root / "run" / "security.sock"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def mail(self) -> Path:
        """Mails of the catch-all server, one ``.eml`` each, the names in order of arrival."""
        return self.root / "mail"

    @property
    def fallback_calls(self) -> Path:
        """Records of calls that Asterisk took alone; rename it, then import it (FALLBACK_CALL_FIELDS)."""
        return self.root / "fallback-calls.csv"


def package_dir() -> Path:
    """The folder of the package ``callcontrol``."""
    return Path(callcontrol.__file__).resolve().parent


def data_dir(name: str) -> Path:
    """``sounds``, ``demo`` or ``asterisk_conf``: ``_sounds`` and the like in an installed wheel, else the
    clone's."""
    package = package_dir()
    for place in (package / f"_{name}", package / name, package.parent / name):
        if place.is_dir():
            return place.resolve()
    raise FileNotFoundError(f"the folder {name} that comes with callcontrol is not installed")
