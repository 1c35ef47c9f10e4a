"""``callcontrol run``: starts every part of a system, keeps each alive, and stops all of them cleanly.

Order: database, mail and Asterisk together, then calls and web, and the company file; backwards at the end. Never
decides anything about a call, and never outlives its children nor they it.
"""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from callcontrol.config.load import Config
from callcontrol.runtime import trunk_news
from callcontrol.runtime.app_process import MODULES, REPLACED, AppProcess, until_healthy
from callcontrol.runtime.asterisk_process import AsteriskProcess
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.health_watch import HealthWatch
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.log_files import keep_short
from callcontrol.runtime.mail import MailServer
from callcontrol.runtime.postgres import PostgresProcess

PARTS = ("postgres", "mail", "asterisk", "calls", "web")
_LIVED_WELL = 10.0
_LONGEST_PAUSE = 4.0
"""Once what kept a part down is over (a disk has room again) it is there within ten seconds."""
_OPEN_FILES = 65536


class Part(Protocol):
    """A process that is kept alive."""

    @property
    def name(self) -> str: ...
    async def start(self) -> None: ...
    async def wait(self) -> int: ...
    async def stop(self) -> None: ...


class Supervisor:
    """One whole system. ``only`` names the parts to run (PARTS); ``check`` may refuse what the database holds, before
    any process of ours starts; ``provision`` writes the company file; ``modules`` are what those run instead of their
    own (tests)."""

    def __init__(
        self,
        config: Config,
        say: Callable[[str], None],
        *,
        only: Sequence[str] = PARTS,
        check: Callable[[], Awaitable[None]] | None = None,
        provision: Callable[[], int] | None = None,
        modules: Mapping[str, str] = MODULES,
    ) -> None:
        self._config = config
        self._say = say
        self._check = check
        self._provision = provision
        self._stopping = asyncio.Event()
        self._mail = MailServer(config) if "mail" in only and config.smtp.catch_all else None
        database = "postgres" in only and config.database.embedded
        self._postgres = PostgresProcess(config, say) if database else None
        self._asterisk = AsteriskProcess(config, say) if "asterisk" in only else None
        self._ours = [
            AppProcess(name, config, say, module=module) for name, module in modules.items() if name in only
        ]

    async def run(self, ready: Callable[[], None]) -> None:
        """Start everything, call ``ready`` when all is healthy, and return when a signal has asked for the
        end and all is stopped. Raises ServiceFailed (after stopping what ran) when a part does not come
        up."""
        _raise_file_limit()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        logs = Layout(self._config.runtime_dir).logs
        keepers: list[asyncio.Task[None]] = [asyncio.create_task(keep_short(logs), name="logs")]
        try:
            if await self._before_the_end(asyncio.create_task(self._start(keepers))):
                ready()
                # Keepers end only by a bug, which is raised here; a system of mail alone has none.
                await self._before_the_end(asyncio.gather(self._stopping.wait(), *keepers))
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            await self._stop()

    async def _start(self, keepers: list[asyncio.Task[None]]) -> None:
        async with asyncio.TaskGroup() as together:
            for part in (self._postgres, self._mail, self._asterisk):
                if part is not None:
                    together.create_task(_started_first(part))
        if self._check is not None:
            await self._check()
        for (
            process
        ) in self._ours:  # they import for a second: the company is written meanwhile, and they hear of it
            await _started_first(process)
        if self._provision is not None and await asyncio.to_thread(self._provision) != 0:
            raise ServiceFailed("the company file was refused")
        watched = [part for part in (self._postgres, self._asterisk, *self._ours) if part is not None]
        keepers.extend(asyncio.create_task(self._keep(part)) for part in watched)
        if self._ours:
            await until_healthy(self._config, self._ours)
            keepers.append(asyncio.create_task(self._watch_health(), name="health"))
            keepers.append(asyncio.create_task(trunk_news.tell(self._config, self._say), name="trunks"))

    async def _watch_health(self) -> None:
        calls, asterisk = next((part for part in self._ours if part.name == "calls"), None), self._asterisk
        if calls is None or asterisk is None:
            return
        await HealthWatch(self._config, self._say, calls.kill, asterisk.answers).run()

    async def _keep(self, part: Part) -> None:
        """Start ``part`` again whenever it ends. One that keeps dying is given longer and longer pauses."""
        loop = asyncio.get_running_loop()
        pause = 0.0
        while True:
            since = loop.time()
            code = await part.wait()
            if part in self._ours and code == REPLACED:
                self._say("another process has taken the calls over: this one stays down")
                return
            pause = 0.0 if loop.time() - since > _LIVED_WELL else min(max(pause * 2, 0.25), _LONGEST_PAUSE)
            self._say(
                f"{part.name} ended ({_how(code)}): starting it again" + (f" in {pause:g} s" if pause else "")
            )
            await asyncio.sleep(pause)
            while not await self._started(part):
                pause = min(max(pause * 2, 0.25), _LONGEST_PAUSE)
                await asyncio.sleep(pause)

    async def _started(self, part: Part) -> bool:
        try:
            await part.start()
        except ServiceFailed as error:
            self._say(str(error))
            return False
        except OSError as error:  # a full disk, no more processes: tried again
            self._say(f"{part.name} cannot be started: {error.strerror or error}")
            return False
        return True

    async def _before_the_end(self, work: asyncio.Future[Any]) -> bool:
        """Wait for ``work`` or for a signal that asks for the end, whichever is first. True when the work was
        done; its errors are raised. Unfinished work is cancelled."""
        stop = asyncio.create_task(self._stopping.wait())
        waiting: set[asyncio.Future[Any]] = {work, stop}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if work.done():
            work.result()
            return True
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return False

    async def _stop(self) -> None:
        self._say("stopping ...")
        for part in (*reversed(self._ours), self._asterisk, self._mail, self._postgres):
            if part is not None:
                await part.stop()
        self._say("stopped")


async def _started_first(part: Part | MailServer) -> None:
    """Start it the first time. Raises ServiceFailed."""
    try:
        await part.start()
    except OSError as error:
        raise ServiceFailed(f"{part.name} cannot be started: {error.strerror or error}") from error


def _how(code: int) -> str:
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


def _raise_file_limit() -> None:
    """Each call is several open files: take what the system allows, for us and all our children."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
