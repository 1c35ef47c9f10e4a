"""Asterisk as a part of the system: its configuration written, the process started and found healthy,
stopped, killed.

Never speaks ARI but for the one question whether it answers.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aiohttp

from callcontrol.asterisk.console import Console
from callcontrol.asterisk.names import lookup
from callcontrol.asterisk_conf.addresses import names_in
from callcontrol.config.load import Config
from callcontrol.runtime import mended, ports, rootfs, sandbox, watch
from callcontrol.runtime.asterisk_files import RUN_INSIDE, write_configuration
from callcontrol.runtime.asterisk_log import AsteriskLog
from callcontrol.runtime.child import Child, ServiceFailed, plain_environment
from callcontrol.runtime.layout import Layout, data_dir
from callcontrol.runtime.registrations import rename_registrations

START_DEADLINE = 30.0
SILENCE = 5.0
"""Seconds without an answer after which it counts as hung. A kill drops every call, so this is much more than the
app's 2 s: nothing that a living Asterisk does keeps its HTTP threads from a ping for so long, and people whose sound
has stopped for 5 s hang up by themselves (docs/adr/0008)."""


class AsteriskProcess:
    """One Asterisk: a native one that is new enough, else the one of the root filesystem in a sandbox."""

    name = "asterisk"

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self._config = config
        self._say = say
        self._layout = Layout(config.runtime_dir)
        log = self._layout.logs / "asterisk.log"
        security = self._layout.logs / "security.log"
        kept = AsteriskLog(log, security, self._layout.security_events, self._end_channel)
        self._child = Child("asterisk", log, self._layout.pids / "asterisk.pid", kept)
        self._system: Path | None = None
        self._mended: list[tuple[Path, str]] = []
        self._console = Console(self._layout.asterisk_run / "asterisk.ctl")
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process of Asterisk itself (inside its sandbox's wrapper, if it has one)."""
        return self._child.only_child() if self._system else self._child.pid

    async def start(self) -> None:
        """Build what is missing, write the configuration, start, and wait until ARI answers. Raises
        ServiceFailed."""
        # Asterisk itself would start without a transport whose port is taken, answer ARI, and hear no phone.
        await ports.until_free(self._config, {self.name})
        native = rootfs.native()
        self._system = None if native else await self._root()
        self._mended = mended.mend(self._system, self._layout.mended) if self._system else []
        version = native[1] if native else self._system.name if self._system else ""
        if not self._mended and mended.needs_mending(version):
            self._say(
                f"one REFER of a phone (Refer-Sub: false) ends Asterisk {version}: 22.11 or newer lives"
            )
        write_configuration(self._config, self._system, await self._addresses())
        await asyncio.to_thread(rename_registrations, self._layout.asterisk_lib / "astdb.sqlite3")
        await self._child.start(
            self._command(["-f", "-C", str(self._layout.asterisk_etc / "asterisk.conf")]),
            environ=plain_environment(),
            dies_with=None if self._system else signal.SIGTERM,
        )
        await self._until_healthy()
        if pid := self.pid:
            self._child.note_pid(pid)

    async def _addresses(self) -> Mapping[str, Sequence[str]]:
        """What the trunks' names lead to. One that leads nowhere now is told in words, and asked for again by the
        process of the calls."""
        found = await lookup(names_in(self._config.trunks))
        for name in (name for name, addresses in found.items() if not addresses):
            trunks = [trunk.name for trunk in self._config.trunks if name in (*trunk.called_at, *trunk.match)]
            self._say(
                f"the name {name} of trunk {', '.join(trunks)} has no address now: calls from there are not known until"
                " it has one; it is asked for again and again"
            )
        return found

    async def wait(self) -> int:
        """Until it has ended, whatever the reason; one that is silent for SILENCE seconds is killed first."""
        return await watch.until_ended(self, self._child.wait(), SILENCE, self._say)

    async def stop(self) -> None:
        """End it and its calls ("core stop now"); by force after 5 seconds."""
        await self._child.stop(signal.SIGTERM, 5.0, self.pid)

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        if pid := self.pid:
            self._child.send(signal.SIGKILL, pid)
        await self._child.kill()

    async def console(self, line: str) -> str:
        """Run a console command (``core show channels count``) and return what it printed."""
        command = self._command(["-C", str(self._layout.asterisk_etc / "asterisk.conf"), "-rx", line])
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=plain_environment(),
        )
        async with asyncio.timeout(10):
            out, _ = await process.communicate()
        return out.decode("utf-8", "replace")

    async def answers(self) -> bool:
        """Whether its HTTP server says anything at all, be it a refusal. Asks once, for SILENCE seconds."""
        async with aiohttp.ClientSession() as session:
            return await self._ping(session, SILENCE) is not None

    def _end_channel(self, channel: str) -> None:
        """Hang it up, whether or not the calls are there: for them a phone has hung up."""
        task = asyncio.create_task(self._console.tell(f"channel request hangup {channel}"))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def healthy(self, session: aiohttp.ClientSession) -> bool:
        """Whether ARI answers now. Raises ServiceFailed when it is another Asterisk's."""
        status = await self._ping(session, 2)
        if status == 401:
            raise self._child.failure("refuses our password: another Asterisk has this ARI port")
        return status == 200

    async def _ping(self, session: aiohttp.ClientSession, seconds: float) -> int | None:
        auth = aiohttp.encode_basic_auth(self._config.asterisk.ari_user, self._config.asterisk.ari_password)
        url = f"{self._config.asterisk.ari_url}/asterisk/ping"
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with session.get(url, headers={"Authorization": auth}, timeout=timeout) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _until_healthy(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_DEADLINE
        async with aiohttp.ClientSession() as session:
            while not await self.healthy(session):
                if self._child.pid is None:
                    raise self._child.failure("did not start")
                if loop.time() > deadline:
                    await self._child.kill()
                    raise self._child.failure(f"did not answer within {START_DEADLINE:.0f} s")
                await asyncio.sleep(0.05)

    async def _root(self) -> Path:
        """The root filesystem, built first if need be: in a process of its own, which ends when we are
        cancelled."""
        if shutil.which("bwrap") is None:
            raise ServiceFailed("bwrap is missing: apt-get install bubblewrap")
        folder = self._config.asterisk.rootfs
        if rootfs.find(folder) is None:
            command = [
                "setpriv",
                "--pdeathsig",
                "TERM",
                "--",
                sys.executable,
                "-m",
                "callcontrol.runtime.install",
            ]
            process = await asyncio.create_subprocess_exec(
                *command, str(folder), stdin=asyncio.subprocess.DEVNULL
            )
            try:
                await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise
        found = rootfs.find(folder)
        if found is None:
            raise ServiceFailed("there is no Asterisk: install 22.10 or newer, or mend what is said above")
        return found

    def _command(self, arguments: list[str]) -> list[str]:
        if self._system is None:
            return [shutil.which("asterisk") or "asterisk", *arguments]
        layout, folders = self._layout, [self._layout.asterisk_etc, self._layout.asterisk_lib]
        writable = [*folders, layout.root, self._config.media_dir]
        return sandbox.command(
            ["/usr/sbin/asterisk", *arguments],
            system=self._system,
            hosts=layout.hosts,
            writable=writable,
            readable=[data_dir("sounds")],
            at=[(layout.asterisk_run, RUN_INSIDE)],
            files=[*self._mended, (layout.nsswitch, "/etc/nsswitch.conf")],
        )
