"""Our registrations at trunks: how they stand, and why they were refused.

ARI knows nothing of them. How they stand is on Asterisk's console; why one was refused stands in its log alone, which
is kept beside ours (``runtime/log_files.py``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callcontrol.asterisk.console import Console
from callcontrol.live import Registration

_STANDS = {
    "Registered": Registration.REGISTERED,
    "Unregistered": Registration.TRYING,
    "Rejected": Registration.REFUSED,
    "Stopping": Registration.TRYING,
    "Stopped": Registration.TRYING,
}
_ROW = re.compile(rf"\s*(?P<trunk>[\w-]+)-registration/.*?\s(?P<state>{'|'.join(_STANDS)})\s*(?:\(exp.*)?$")
_REFUSAL = re.compile(
    r"\[(?P<at>[0-9: .-]{19,23})\] WARNING.*?(?:No response|(?P<status>\d{3})'?(?: Forbidden fatal response"
    r"| fatal response)?) received from 'sip:(?P<server>[^']*)' on registration attempt"
)
_MOST_AT_ONCE = 1_000_000
_SHOWN_AT_START = 65_536
"""Bytes at the end of the log that a new process reads: a refusal before its start is the last one still."""


@dataclass(frozen=True, slots=True)
class RegistrationRefused:
    """A try that failed: ``server`` is ``host:port`` with its transport; ``status`` None: no answer at all."""

    at: datetime
    server: str
    status: int | None


async def standing(console: Console) -> Mapping[str, Registration] | None:
    """How the registration at each trunk stands; None when Asterisk does not say."""
    said = await console.ask("pjsip show registrations")
    return None if said is None else parsed(said)


async def register_anew(console: Console, trunk: str) -> None:
    """Take the registration back and make it again, at once."""
    await console.tell(f"pjsip send register {trunk}-registration")


def parsed(said: str) -> dict[str, Registration]:
    """What the console says of registrations, by trunk."""
    rows = (_ROW.match(re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()) for line in said.splitlines())
    return {row["trunk"]: _STANDS[row["state"]] for row in rows if row}


def refusal(line: str) -> RegistrationRefused | None:
    """The failed try that a line of Asterisk's log tells of; None for any other line."""
    found = _REFUSAL.match(line)
    if found is None:
        return None
    at = datetime.fromisoformat(found["at"]).astimezone()
    return RegistrationRefused(at, found["server"], int(found["status"]) if found["status"] else None)


class RefusalLog:
    """Reads what is new in Asterisk's log, from its file, which begins anew when it has grown too long."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._at = 0

    def news(self) -> list[RegistrationRefused]:
        """The failed tries since the last time, oldest first. Never raises: a log may be missing. Blocks."""
        try:
            with self._path.open("rb") as log:
                self._find_place(os.fstat(log.fileno()))
                log.seek(self._at)
                read = log.read(_MOST_AT_ONCE)
        except OSError:
            return []
        whole, end, _ = read.rpartition(b"\n")
        self._at += len(whole) + len(end)
        found = (refusal(line) for line in whole.decode("utf-8", "replace").splitlines())
        return [each for each in found if each is not None]

    def _find_place(self, file: os.stat_result) -> None:
        if self._file is None:
            self._at = max(0, file.st_size - _SHOWN_AT_START)
        elif file.st_ino != self._file or file.st_size < self._at:
            self._at = 0
        self._file = file.st_ino
