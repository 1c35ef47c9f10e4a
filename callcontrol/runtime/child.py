"""One child process: started with its output in a log file, watched, signalled, and surely gone in the end.

Children run in sessions of their own, so that Ctrl-C reaches only the supervisor, and die with it whatever
happens to it (``setpriv --pdeathsig``, or bwrap's ``--die-with-parent``).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from callcontrol.errors import CallControlError
from callcontrol.runtime.log_files import KeptLog

_LAST_WORDS = 1.0
"""Seconds to read what a process said before its end; a child of its own may hold the pipe open."""


class ServiceFailed(CallControlError):
    """A part of the system did not come up; the text names it, its log file and the log's last lines."""


class Child:
    """A process that we started. ``pid`` is None before the first start and after the end. With ``kept`` its output is
    read and kept there; else it writes to ``log`` itself."""

    def __init__(self, name: str, log: Path, pid_file: Path, kept: KeptLog | None = None) -> None:
        self.name = name
        self.log = log
        self._kept = kept
        self._reading: asyncio.Task[None] | None = None
        self._pid_file = pid_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by that signal); None while it runs or when it never did."""
        return self._process.returncode if self._process else None

    async def start(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        pass_fds: Iterable[int] = (),
        dies_with: signal.Signals | None = None,
        folder: Path = Path("/"),
    ) -> None:
        """Start ``command``. ``dies_with``: the signal that it gets when we die (None: its own wrapper sees
        to it)."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.parent.mkdir(parents=True, exist_ok=True)
        if dies_with is not None:
            command = ["setpriv", "--pdeathsig", dies_with.name.removeprefix("SIG"), "--", *command]
        with self.log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out if self._kept is None else asyncio.subprocess.PIPE,
                stderr=out if self._kept is None else asyncio.subprocess.STDOUT,
                env=dict(environ),
                cwd=folder,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        self.note_pid(self._process.pid)
        if self._kept is not None and self._process.stdout is not None:
            self._reading = asyncio.create_task(
                self._kept.read(self._process.stdout), name=f"log of {self.name}"
            )

    def note_pid(self, pid: int) -> None:
        """Write the pid file (of the program itself where a wrapper stands before it)."""
        with suppress(OSError):  # a full disk: it runs all the same
            self._pid_file.write_text(f"{pid}\n", encoding="ascii")

    async def wait(self) -> int:
        """Until it has ended; returns its exit code."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        code = await self._process.wait()
        self._pid_file.unlink(missing_ok=True)
        if self._reading is not None:
            await asyncio.wait({self._reading}, timeout=_LAST_WORDS)
        return code

    def send(self, number: signal.Signals, pid: int | None = None) -> None:
        """Send a signal to it, or to ``pid`` inside it; one that is gone already is no error."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid or self.pid, number)

    async def stop(self, number: signal.Signals, grace: float, pid: int | None = None) -> None:
        """Ask it to end with ``number``; after ``grace`` seconds end its whole session by force."""
        if self.pid is None:
            return
        self.send(number, pid)
        try:
            async with asyncio.timeout(grace):
                await self.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End its whole session at once (SIGKILL) and wait for it."""
        if (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            await self.wait()

    def only_child(self) -> int | None:
        """The process that a wrapper (bwrap) started, or None while there is none yet."""
        if self.pid is None:
            return None
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        return int(children[0]) if children else None

    def failure(self, what: str) -> ServiceFailed:
        """The error for "it did not come up", with the last lines of its log."""
        try:
            tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
        except FileNotFoundError:
            tail = ""
        ended = f" (it ended with {self.exit_code})" if self.exit_code is not None else ""
        return ServiceFailed(f"{self.name} {what}{ended}; its log is {self.log}:\n{tail}")


def plain_environment() -> dict[str, str]:
    """What a part of the system needs of our environment, and nothing that could hold a secret of
    someone's."""
    kept = {name: os.environ[name] for name in ("TZ", "LANG") if name in os.environ}
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **kept}
