"""``callcontrol run`` as a person uses it: it starts, keeps every part alive, and leaves nothing when it
ends."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import asyncpg
import pytest
import yaml

from callcontrol import heartbeat
from callcontrol.config import load as configuration
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.postgres import PostgresProcess
from callcontrol.runtime.postgres_setup import settle_port
from tests.stack import CLONE, Ports, Stack, free_ports

STAND_IN = "tests.e2e.beating_app"


class System:
    """A supervisor in a process of its own, with the stand-in for the app."""

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
        out, _ = await asyncio.wait_for(process.communicate(), 30)
        return process.returncode or 0, out.decode()

    async def start(self, *arguments: str) -> None:
        with self.output.open("wb") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *(
                    "-m",
                    "callcontrol",
                    "--config",
                    str(self.file),
                    "run",
                    "--app-module",
                    STAND_IN,
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
        return await asyncio.wait_for(self.process.wait(), 20)

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


async def test_it_starts_refuses_a_second_one_and_leaves_nothing(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start()
        code, said = await it.command("run")
        assert (code, said.count("\n")) == (1, 1)
        assert f"already running in {it.layout.root} (process " in said
        assert await it.ends_with(signal.SIGINT) == 0
        assert it.said().endswith("stopping ...\nstopped\n")
        assert it.left_over() == []
        for port in (it.ports.sip, it.ports.web, it.ports.ari, it.ports.smtp):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        before = time.monotonic()
        await it.start()
        assert time.monotonic() - before < 10
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


async def test_what_dies_comes_back_and_what_hangs_is_replaced(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start()
        for part, number in (
            ("asterisk", signal.SIGKILL),
            ("postgres", signal.SIGKILL),
            ("app", signal.SIGKILL),
            ("app", signal.SIGSTOP),
        ):
            await it.healthy()
            old = it.pid(part)
            assert old is not None, part
            os.kill(old, number)
            await it.replaced(part, old, within=3.5)
        await it.healthy()
        assert "has been silent for 2 s: killing it" in it.said()
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


@pytest.mark.parametrize(("part", "silence"), [("asterisk", 5), ("postgres", 10)])
async def test_a_part_that_hangs_is_replaced_and_not_before_its_time(
    tmp_path: Path, part: str, silence: float
) -> None:
    async with system(tmp_path) as it:
        await it.start()
        old, other = it.pid(part), it.pid("postgres" if part == "asterisk" else "asterisk")
        assert old is not None
        since = time.monotonic()
        os.kill(old, signal.SIGSTOP)
        await it.replaced(part, old, within=silence + 5)
        assert time.monotonic() - since > silence - 1.5
        assert f"{part} (process {old}) has not answered for {silence} s: killing it" in it.said()
        assert it.pid("postgres" if part == "asterisk" else "asterisk") == other
        await it.healthy()
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


async def test_a_short_hang_is_forgiven(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start()
        before = [it.pid(part) for part in ("asterisk", "postgres")]
        for pid in before:
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(3)  # the hang itself
        for pid in before:
            assert pid is not None
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(4)  # longer than what was left of Asterisk's 5 s
        assert [it.pid(part) for part in ("asterisk", "postgres")] == before
        assert "killing it" not in it.said()
        assert await it.ends_with(signal.SIGTERM) == 0


async def test_when_the_supervisor_is_killed_everything_goes_with_it(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start()
        await it.ends_with(signal.SIGKILL)
        await eventually(lambda: not it.left_over(), "nothing left", 10, lambda: "\n".join(it.left_over()))
        await it.start()
        assert await it.ends_with(signal.SIGTERM) == 0


async def test_an_app_that_cannot_start_ends_it_all_with_a_reason(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        code, said = await it.command("run", "--app-module", "tests.no_such_module")
        assert code == 1
        assert "app did not start" in said
        assert "No module named" in said
        assert it.left_over() == []


async def test_a_wrong_configuration_or_part_is_one_sentence(tmp_path: Path) -> None:
    it = System(tmp_path)
    assert await it.command("run", "--only", "radio") == (
        1,
        "callcontrol: there is no part named radio; parts are postgres, mail, asterisk, app\n",
    )
    it.file.write_text("sip:\n  port: none\n")
    assert await it.command("run") == (
        1,
        "callcontrol: callcontrol.yaml line 2: sip.port must be a whole number from 1 to 65535, not 'none'.\n",
    )


async def test_the_doctor_looks_from_any_folder_and_changes_nothing(tmp_path: Path) -> None:
    it = System(tmp_path)
    code, said = await it.command("doctor")
    assert code == 0, said
    assert "Asterisk 22." in said
    assert "Everything needed is here." in said
    assert not it.layout.root.exists()


async def test_a_mail_becomes_a_file(stack: Stack) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.net", "Zoé <b@example.net>", "Été"
    mail.set_content("bonjour")
    known = len(stack.mails())

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as server:
            server.send_message(mail, to_addrs=["b@example.net", "c@example.net"])

    await asyncio.to_thread(send)
    (path,) = stack.mails()[known:]
    assert b"X-Envelope-To: b@example.net, c@example.net" in path.read_bytes()


async def test_asterisk_starts_without_a_complaint(stack: Stack) -> None:
    log = (stack.layout.asterisk_log / "asterisk.log").read_text(errors="replace")
    of_no_call = [line for line in log.splitlines() if "[C-" not in line]
    start = [line for line in of_no_call if "loader.c" in line or "config" in line]
    assert [line for line in start if " ERROR[" in line or " WARNING[" in line] == []
    assert "opus" in await stack.asterisk_cli("core show codecs")


def takes(thief: socket.socket, port: int) -> bool:
    """Whether the port could be had: backends of a killed server hold it until they notice."""
    try:
        thief.bind(("127.0.0.1", port))
    except OSError:
        return False
    thief.listen()
    return True


async def test_the_database_survives_a_crash_and_a_stolen_port(tmp_path: Path) -> None:
    environ = {"CALLCONTROL_RUNTIME_DIR": str(tmp_path / "runtime")}
    config = configuration.load(None, environ)
    database = PostgresProcess(config, print, durable=False)
    await database.start()
    connection = await asyncpg.connect(config.database.url)
    await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    await connection.close()
    await database.kill()
    lock = tmp_path / "runtime" / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n" + lock.read_text().split("\n", 1)[1])  # its number is a stranger's now
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = int(config.database.url.rsplit(":", 1)[1].split("/")[0])
        await eventually(lambda: takes(thief, port), "the dead server's port is free", 5)
        assert settle_port(config)
        again = configuration.load(None, environ)
        assert again.database.url != config.database.url
        database = PostgresProcess(again, print, durable=False)
        await database.start()
        try:
            connection = await asyncpg.connect(again.database.url)
            assert await connection.fetchval("SELECT n FROM kept") == 7
            await connection.close()
        finally:
            await database.stop()


@pytest.mark.parametrize("line", ["core show channels count", "pjsip show endpoints"])
async def test_the_console_answers(stack: Stack, line: str) -> None:
    assert "Unable to connect" not in await stack.asterisk_cli(line)
