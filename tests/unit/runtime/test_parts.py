"""Small parts of the runtime that need no Asterisk: versions, the sandbox's command, private files,
children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from callcontrol.config.secrets import Secrets, change_postgres_port
from callcontrol.runtime import rootfs, sandbox
from callcontrol.runtime.child import Child, ServiceFailed, plain_environment
from callcontrol.runtime.files import write_private
from callcontrol.runtime.running import AlreadyRunning, only_one


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1:22.10.1~dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("Asterisk 20.5.2", (20, 5, 2)),
        ("Asterisk GIT-master", ()),
    ],
)
def test_versions(text: str, version: tuple[int, ...]) -> None:
    assert rootfs.version_of(text) == version


def test_only_a_whole_root_filesystem_is_found_and_the_newest_wins(tmp_path: Path) -> None:
    assert rootfs.find(tmp_path / "none") is None
    for name in ("22.9.0-1", "22.10.1-1", ".building-7", "22.11.0-1"):
        (tmp_path / name / "usr/sbin").mkdir(parents=True)
    for name in ("22.9.0-1", "22.10.1-1", ".building-7"):
        (tmp_path / name / "usr/sbin/asterisk").touch()
    assert rootfs.find(tmp_path) == tmp_path / "22.10.1-1"


@pytest.mark.parametrize(
    ("hosts", "added"),
    [
        ("127.0.0.1 localhost\n", "127.0.1.1 box"),
        ("127.0.0.1 localhost box", None),
        ("", "127.0.0.1 localhost"),
    ],
)
def test_the_hosts_own_name_is_always_known_inside(hosts: str, added: str | None) -> None:
    text = sandbox.hosts_file(hosts, "box")
    assert "box" in text
    assert "localhost" in text
    assert added is None or added in text.splitlines()


def test_a_program_in_the_sandbox_sees_its_folders_and_nothing_of_ours(tmp_path: Path) -> None:
    mine, hosts = tmp_path / "mine", tmp_path / "hosts"
    mine.mkdir()
    hosts.write_text("127.0.0.1 localhost\n")
    (tmp_path / "secret").touch()
    script = f"touch {mine}/made; ls {tmp_path}; touch /usr/bin/x 2>&1 || true"
    command = sandbox.command(["sh", "-c", script], system=Path("/"), hosts=hosts, writable=[mine])
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=plain_environment())
    assert (mine / "made").exists()
    assert "secret" not in done.stdout
    assert "Read-only" in done.stdout


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "f", "one")
    write_private(tmp_path / "f", "two")
    assert (tmp_path / "f").read_text() == "two"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_another_port_is_remembered(tmp_path: Path) -> None:
    Secrets.make(tmp_path)
    port = change_postgres_port(tmp_path)
    assert Secrets.read(tmp_path).postgres_port == port
    assert "password" not in repr(Secrets.read(tmp_path)).lower()


def test_a_second_supervisor_says_so_in_one_sentence(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(AlreadyRunning, match=rf"already running in .* \(process {os.getpid()}\)\.$"),
        only_one(tmp_path),
    ):
        pass
    with only_one(tmp_path):
        pass


async def test_a_child_that_will_not_end_is_ended(tmp_path: Path) -> None:
    child = Child("stubborn", tmp_path / "log", tmp_path / "pid")
    code = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    await child.start([sys.executable, "-c", code], environ=plain_environment())
    while "up" not in child.log.read_text():
        assert child.pid is not None
        os.sched_yield()
    assert int((tmp_path / "pid").read_text()) == child.pid
    await child.stop(signal.SIGTERM, 0.2)
    assert child.exit_code == -signal.SIGKILL
    assert not (tmp_path / "pid").exists()


async def test_a_failure_tells_the_end_of_the_log(tmp_path: Path) -> None:
    child = Child("broken", tmp_path / "log", tmp_path / "pid")
    await child.start(["sh", "-c", "echo no such thing; exit 3"], environ=plain_environment())
    assert await child.wait() == 3
    failure = child.failure("did not start")
    assert isinstance(failure, ServiceFailed)
    assert "broken did not start (it ended with 3)" in str(failure)
    assert "no such thing" in str(failure)
