"""The two processes of ours as children of the supervisor: started with a heartbeat pipe, killed when silent.

``calls`` holds the calls. Frozen, it gets no native fallback by itself (design.md §2: the caller hears nothing), so
silence is treated as death: the kernel closes its ARI socket, Asterisk takes new calls alone, and a fresh process takes
the running ones over. ``web`` is served alike, and neither touches the other.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import aiohttp

from callcontrol import heartbeat
from callcontrol.config.load import Config
from callcontrol.link import socket
from callcontrol.runtime.child import Child, ServiceFailed
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.progress import OwnTime

HEARTBEAT_VARIABLE = "CALLCONTROL_HEARTBEAT_FD"
"""Names the file descriptor to which the process writes at least one byte every 0.5 s (``heartbeat``)."""
REPLACED = 3
"""Exit code of a ``calls`` whose calls another process has taken over: it must not be started again."""
MODULES: Mapping[str, str] = MappingProxyType({"calls": "callcontrol.app", "web": "callcontrol.web_app"})
"""What each of them runs, by its name."""
SILENCE = 2.0
"""Seconds of its own time (``progress``) after which one that was up is dead."""
START_SILENCE = 120.0
"""The same for one that has not been up yet, which may load much: only one that will never be up is ended."""
HEALTHY_DEADLINE = 30.0
NEEDED = ("database", "calls_process", "telephone_system")
"""Parts of ``/healthz`` without which no call is served."""
_LOOK_EVERY = 0.25


class AppProcess:
    """``name`` is one of MODULES; ``module`` (what it runs) and ``environ`` are others only in tests."""

    def __init__(
        self,
        name: str,
        config: Config,
        say: Callable[[str], None],
        *,
        module: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._config = config
        self._say = say
        self._module = module or MODULES[name]
        self._environ = dict(os.environ if environ is None else environ)
        layout = Layout(config.runtime_dir)
        self._child = Child(name, layout.logs / f"{name}.log", layout.pids / f"{name}.pid")
        self._own_time: OwnTime | None = None
        self._was_up = False
        self._pipe: int | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def log(self) -> Path:
        return self._child.log

    async def start(self) -> None:
        """Start it; does not wait until it is healthy."""
        read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            await self._child.start(
                [sys.executable, "-m", self._module],
                environ={**self._environ, **environment(self._config), HEARTBEAT_VARIABLE: str(write_end)},
                pass_fds=[write_end],
                dies_with=signal.SIGKILL,
                folder=Path.cwd(),
            )
        finally:
            os.close(write_end)
        assert self._child.pid is not None
        self._was_up, self._own_time, self._pipe = False, OwnTime(self._child.pid), read_end
        asyncio.get_running_loop().add_reader(read_end, self._on_beat, read_end)

    async def wait(self) -> int:
        """Until it has ended; one that is silent for too long is killed first."""
        ended = asyncio.ensure_future(self._child.wait())
        try:
            while not ended.done():
                allowed = SILENCE if self._was_up else START_SILENCE
                if self._silent_for() > allowed:
                    self._say(
                        f"{self.name} (process {self.pid}) has been silent for {allowed:.0f} s: killing it"
                    )
                    await self._child.kill()
                await asyncio.wait({ended}, timeout=_LOOK_EVERY)
            return ended.result()
        finally:
            ended.cancel()
            self._close_pipe()

    def failure(self, what: str) -> ServiceFailed:
        """The error for "it did not come up", with the last lines of its log."""
        return self._child.failure(what)

    async def stop(self) -> None:
        """Ask it to end (SIGTERM); by force after 5 seconds. A frozen one is woken first."""
        self._child.send(signal.SIGCONT)
        await self._child.stop(signal.SIGTERM, 5.0)
        self._close_pipe()

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        await self._child.kill()
        self._close_pipe()

    def freeze(self) -> None:
        """Stop it without ending it (SIGSTOP), as a hang would."""
        self._child.send(signal.SIGSTOP)

    def _silent_for(self) -> float:
        """Seconds of its own. Where we were held up ourselves, what it said meanwhile is heard first."""
        if self._pipe is not None:
            self._on_beat(self._pipe)
        return self._own_time.look() if self._own_time is not None else 0.0

    def _on_beat(self, read_end: int) -> None:
        try:
            beat = os.read(read_end, 65536)
        except BlockingIOError:
            return
        if not beat:
            self._close_pipe()
        elif self._own_time is not None:
            self._was_up = self._was_up or heartbeat.UP in beat
            self._own_time.restart()

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            asyncio.get_running_loop().remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = None


async def until_healthy(config: Config, processes: Sequence[AppProcess]) -> None:
    """Until ``GET /healthz`` says that calls are served; without a web among them, until the calls listen to one.
    Raises ServiceFailed when one of ``processes`` ends, or when it takes too long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HEALTHY_DEADLINE
    with_web = any(process.name == "web" for process in processes)
    async with aiohttp.ClientSession() as session:
        while not await (healthy(config, session) if with_web else _listen(config)):
            for process in processes:
                if process.pid is None:
                    raise process.failure("did not start")
            if loop.time() > deadline:
                raise processes[0].failure(f"is not healthy after {HEALTHY_DEADLINE:.0f} s")
            await asyncio.sleep(0.05)


def health_url(config: Config) -> str:
    """Where the health check of this configuration is reached on this machine."""
    bind, port = config.web.bind, config.web.port
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)  # noqa: S104
    return f"http://{host}:{port}/healthz"


async def healthy(config: Config, session: aiohttp.ClientSession) -> bool:
    """Whether the web answers and says that every part works now. A full disk is red there, and no reason to wait for
    it."""
    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with session.get(health_url(config), timeout=timeout) as answer:
            if answer.status == 200:
                return True
            parts = await answer.json(content_type=None) if answer.status == 503 else {}
            return all(parts.get(part) == {"status": "ok"} for part in NEEDED)
    except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError):
        return False


async def _listen(config: Config) -> bool:
    try:
        _, writer = await socket.connected(Layout(config.runtime_dir).call_side)
    except OSError:
        return False
    writer.close()
    return True


def environment(config: Config) -> dict[str, str]:
    """The variables by which a child process finds the same configuration."""
    found = {"CALLCONTROL_RUNTIME_DIR": str(config.runtime_dir)}
    if config.source is not None:
        found["CALLCONTROL_CONFIG"] = str(config.source)
    return found
