"""``callcontrol run`` in a process of its own, for tests that look at what the supervisor does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import yaml

from callcontrol import heartbeat
from callcontrol.runtime.layout import Layout
from tests.stack import CLONE, Ports, free_ports

STAND_INS = ("--calls-module", "tests.e2e.beating_calls", "--web-module", "tests.e2e.beating_web")


class System:
    """A supervisor in a process of its own. Use ``system``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: Ports = free_ports()
        self.layout = Layout(folder / "runtime")
        self.file = folder / "callcontrol.yaml"
        self.process: asyncio.subprocess.Process | None = None
        self.output = folder / "output"
        rootfs = os.environ.get("CALLCONTROL_ASTERISK_ROOTFS", str(CLONE / ".runtime" / "rootfs"))
        self.file.write_text(
            yaml.safe_dump(
                {
                    "runtime": {"dir": str(self.layout.root)},
                    "asterisk": {"ari_url": f"http://127.0.0.1:{self.ports.ari}/ari", "rootfs": rootfs},
                    "sip": {"bind": "127.0.0.1", "port": self.ports.sip, "tls_port": self.ports.sip_tls},
                    "rtp": {"start": self.ports.rtp, "end": self.ports.rtp + 99},
                    "web": {"port": self.ports.web},
                    "smtp": {"url": f"smtp://127.0.0.1:{self.ports.smtp}", "catch_all": True},
                }
            )
        )

    async def command(self, *arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "callcontrol", "--config", str(self.file), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(30):
            out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def start(self, *arguments: str) -> None:
        """``callcontrol run``, until it is ready. ``STAND_INS``: without calls and web."""
        with self.output.open("wb") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *(
                    "-m",
                    "callcontrol",
                    "--config",
                    str(self.file),
                    "run",
                    *arguments,
                ),
                stdout=out,
                stderr=out,
                cwd=CLONE,
            )
        await eventually(lambda: "Ctrl-C" in self.said(), "ready", 60, self.said)

    def said(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def pid(self, part: str) -> int | None:
        try:
            pid = int((self.layout.pids / f"{part}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if Path(f"/proc/{pid}").exists() else None

    async def replaced(self, part: str, old: int, within: float) -> None:
        await eventually(lambda: self.pid(part) not in (None, old), f"a new {part}", within, self.said)

    async def healthy(self) -> None:
        """Until the health check answers; half a second more, so that signs of life have come."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self.ports.web}/healthz") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)
        await asyncio.sleep(2 * heartbeat.BEAT_SECONDS)

    async def ends_with(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(20):
            return await self.process.wait()

    def left_over(self) -> list[str]:
        """Command lines of processes, and mounts, that name our folder."""
        mine = str(self.layout.root)
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if mine in command or str(self.file) in command:
                found.append(command)
        found += [line for line in Path("/proc/mounts").read_text().splitlines() if mine in line]
        return found


async def eventually(
    condition: Callable[[], object], what: str, within: float, say: Callable[[], str] = str
) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within} s\n{say()}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def system(folder: Path) -> AsyncIterator[System]:
    made = System(folder)
    try:
        yield made
    finally:
        if made.process is not None and made.process.returncode is None:
            made.process.kill()
            await made.process.wait()
