"""Asterisk as a part of the system: its configuration written, the process started and found healthy,
stopped, killed.

Never speaks ARI but for the one question whether it answers.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp

from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.asterisk_conf.static import Paths, render_static
from callcontrol.config import Config
from callcontrol.runtime import ports, rootfs, sandbox
from callcontrol.runtime.child import Child, ServiceFailed, plain_environment
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout, data_dir

START_DEADLINE = 30.0
_PORT_GRACE = 2.0
_RUN_INSIDE = "/run/callcontrol"
_SAFE_PATH = re.compile(r"[A-Za-z0-9/._+~ -]+")


class AsteriskProcess:
    """One Asterisk: a native one that is new enough, else the one of the root filesystem in a sandbox."""

    name = "asterisk"

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self._config = config
        self._say = say
        self._layout = Layout(config.runtime_dir)
        self._child = Child(
            "asterisk", self._layout.logs / "asterisk.out", self._layout.pids / "asterisk.pid"
        )
        self._system: Path | None = None

    @property
    def pid(self) -> int | None:
        """The process of Asterisk itself (inside its sandbox's wrapper, if it has one)."""
        return self._child.only_child() if self._system else self._child.pid

    async def start(self) -> None:
        """Build what is missing, write the configuration, start, and wait until ARI answers. Raises
        ServiceFailed."""
        await self._ports_are_free()
        native = rootfs.native()
        self._system = None if native else await self._root()
        self._write_configuration()
        await self._child.start(
            self._command(["-f", "-C", str(self._layout.asterisk_etc / "asterisk.conf")]),
            environ=plain_environment(),
            dies_with=None if self._system else signal.SIGTERM,
        )
        await self._until_healthy()
        if pid := self.pid:
            self._child.note_pid(pid)

    async def _ports_are_free(self) -> None:
        """Asterisk itself would start without a transport whose port is taken, answer ARI, and hear no phone. An
        Asterisk that has just died gets a moment to let go. Raises ServiceFailed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PORT_GRACE
        while (sentence := self._port_taken()) is not None:
            if loop.time() > deadline:
                raise ServiceFailed(sentence)
            await asyncio.sleep(0.05)

    def _port_taken(self) -> str | None:
        sip = self._config.sip
        wanted = (("sip.port", sip.port, ports.UDP), ("sip.port", sip.port, ports.TCP))
        for key, port, kind in (*wanted, ("sip.tls_port", sip.tls_port, ports.TCP)):
            if problem := ports.problem(sip.bind, port, kind):
                shown = ports.shown("SIP", sip.bind, port, kind)
                return f"Asterisk cannot have the {shown}: {problem}. Free it, or set {key} to another one."
        return None

    async def wait(self) -> int:
        """Until it has ended, whatever the reason."""
        return await self._child.wait()

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
        out, _ = await asyncio.wait_for(process.communicate(), 10)
        return out.decode("utf-8", "replace")

    async def healthy(self, session: aiohttp.ClientSession) -> bool:
        """Whether ARI answers now."""
        auth = aiohttp.encode_basic_auth(self._config.asterisk.ari_user, self._config.asterisk.ari_password)
        url = f"{self._config.asterisk.ari_url}/asterisk/ping"
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with session.get(url, headers={"Authorization": auth}, timeout=timeout) as answer:
                if answer.status == 401:
                    raise self._child.failure("refuses our password: another Asterisk has this ARI port")
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

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
            at=[(layout.asterisk_run, _RUN_INSIDE)],
        )

    def _write_configuration(self) -> None:
        layout, config = self._layout, self._config
        for folder in (layout.root, config.media_dir, data_dir("sounds")):
            if not _SAFE_PATH.fullmatch(str(folder)):
                raise ServiceFailed(
                    f"Asterisk cannot use a folder whose name has special characters: {folder}"
                )
        for folder in (
            layout.asterisk_etc,
            layout.asterisk_lib / "keys",
            layout.asterisk_run,
            layout.asterisk_log / "cdr-custom",
            config.recording_dir,
            config.fallback_dir,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        host_text = Path("/etc/hosts").read_text(encoding="utf-8") if Path("/etc/hosts").exists() else ""
        layout.hosts.write_text(sandbox.hosts_file(host_text, socket.gethostname()), encoding="utf-8")
        templates = {path.name: path.read_text("utf-8") for path in data_dir("asterisk_conf").glob("*.conf")}
        paths = Paths(
            layout.asterisk_etc,
            layout.asterisk_lib,
            Path(_RUN_INSIDE) if self._system else layout.asterisk_run,
            layout.asterisk_log,
            data_dir("sounds"),
        )
        files = render_static(templates, config, paths, opus=self._has_opus(), tls=self._certificate())
        for name, text in files.items():
            write_private(layout.asterisk_etc / name, text)
        for name, text in (("lines.conf", render_lines([])), ("fallback.conf", render_fallback([]))):
            if not (
                layout.asterisk_etc / name
            ).exists():  # what the app wrote outlives it: lines work without it
                write_private(layout.asterisk_etc / name, text)

    def _has_opus(self) -> bool:
        base = self._system or Path("/")
        return any(base.glob("usr/lib/*/asterisk/modules/codec_opus*.so"))

    def _certificate(self) -> bool:
        """A self-signed certificate for SIP over TLS, once, where the openssl program is there."""
        etc = self._layout.asterisk_etc
        if (etc / "tls.crt").exists() and (etc / "tls.key").exists():
            return True
        if shutil.which("openssl") is None:
            return False
        subject = f"/CN={socket.gethostname()[:60]}"
        key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            str(etc / "tls.key"),
        ]
        command = [
            "openssl",
            "req",
            "-x509",
            *key,
            "-days",
            "3650",
            "-subj",
            subject,
            "-out",
            str(etc / "tls.crt"),
        ]
        made = subprocess.run(command, capture_output=True, check=False)
        if made.returncode == 0:
            os.chmod(etc / "tls.key", 0o600)
        return made.returncode == 0
