"""``callcontrol run`` as a person uses it: it starts, keeps every part alive, and leaves nothing when it
ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import smtplib
import socket
import time
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import pytest

from callcontrol.config import load as configuration
from callcontrol.runtime.app_process import MODULES
from callcontrol.runtime.postgres import PostgresProcess
from callcontrol.runtime.postgres_setup import settle_port
from tests.e2e.supervised import STAND_INS, System, eventually, system
from tests.stack import Stack


async def test_it_starts_refuses_a_second_one_and_leaves_nothing(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start(*STAND_INS)
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
        await it.start(*STAND_INS)
        assert time.monotonic() - before < 10
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


async def test_what_dies_comes_back_and_what_hangs_is_replaced(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start(*STAND_INS)
        for part, number in (
            ("asterisk", signal.SIGKILL),
            ("postgres", signal.SIGKILL),
            ("calls", signal.SIGKILL),
            ("calls", signal.SIGSTOP),
            ("web", signal.SIGKILL),
            ("web", signal.SIGSTOP),
        ):
            await it.healthy()
            old, others = it.pid(part), [it.pid(each) for each in MODULES if each != part]
            assert old is not None, part
            os.kill(old, number)
            await it.replaced(part, old, within=3.5)
            assert [it.pid(each) for each in MODULES if each != part] == others
        await it.healthy()
        for part in ("calls", "web"):
            assert re.search(
                rf"^{part} \(process \d+\) has been silent for 2 s: killing it$", it.said(), re.M
            )
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


@pytest.mark.parametrize(("part", "silence"), [("asterisk", 5), ("postgres", 10)])
async def test_a_part_that_hangs_is_replaced_and_not_before_its_time(
    tmp_path: Path, part: str, silence: float
) -> None:
    async with system(tmp_path) as it:
        await it.start(*STAND_INS)
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
        await it.start(*STAND_INS)
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
        await it.start(*STAND_INS)
        await it.ends_with(signal.SIGKILL)
        await eventually(lambda: not it.left_over(), "nothing left", 10, lambda: "\n".join(it.left_over()))
        await it.start(*STAND_INS)
        assert await it.ends_with(signal.SIGTERM) == 0


@pytest.mark.parametrize("part", ["calls", "web"])
async def test_a_process_of_ours_that_cannot_start_ends_it_all_with_a_reason(
    tmp_path: Path, part: str
) -> None:
    async with system(tmp_path) as it:
        code, said = await it.command("run", f"--{part}-module", "tests.no_such_module")
        assert code == 1
        assert f"{part} did not start" in said
        assert "No module named" in said
        assert it.left_over() == []


async def test_a_wrong_configuration_or_part_is_one_sentence(tmp_path: Path) -> None:
    it = System(tmp_path)
    assert await it.command("run", "--only", "radio") == (
        1,
        "callcontrol: there is no part named radio; parts are postgres, mail, asterisk, calls, web\n",
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
    log = (stack.layout.asterisk_log / "messages.log").read_text(errors="replace")
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
