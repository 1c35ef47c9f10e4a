"""Which system a command means, by what runs on this machine."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from callcontrol import logs
from callcontrol.cli import main
from callcontrol.runtime import located as where
from callcontrol.runtime.located import NoSystem, located, running_systems
from callcontrol.runtime.running import only_one, supervisor_of


async def process_of(folder: Path, **environ: str) -> asyncio.subprocess.Process:
    """A process that looks like one of a system's own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()"),
        env={"CALLCONTROL_HEARTBEAT_FD": "9", "CALLCONTROL_RUNTIME_DIR": str(folder), **environ},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_a_system_is_known_by_its_processes_and_its_lock_and_read_as_it_was_started(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "runtime"
    process = await process_of(folder, CALLCONTROL_SIP_PORT="5999")
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        assert folder not in [one.runtime_dir for one in running_systems()], "nobody holds its lock"
        with only_one(folder):
            (found,) = [one for one in running_systems() if one.runtime_dir == folder]
            assert "CALLCONTROL_HEARTBEAT_FD" not in found.environ
            config = located(None, {"CALLCONTROL_RUNTIME_DIR": str(folder)})
            assert config.sip.port == 5999, "as it was started, not as this shell says"
        assert supervisor_of(folder) is None
    finally:
        process.kill()
        await process.wait()
    assert [path.name for path in folder.iterdir()] == ["run"], "nothing but the lock's folder was written"


@pytest.mark.parametrize(
    ("running", "told"),
    [
        ((), "callcontrol does not run: looked in {here}/.runtime, and at the processes of this user"),
        (("/a", "/b"), "several systems run here, in /a, /b: say which by --config"),
    ],
)
def test_none_or_several_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(where, "running_systems", lambda: [where.Running(Path(each), {}) for each in running])
    with pytest.raises(NoSystem) as refused:
        located(None, {})
    assert told.format(here=tmp_path) in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_the_only_one_that_runs_is_meant_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    only = where.Running(Path("/a"), {"CALLCONTROL_RUNTIME_DIR": "/a", "CALLCONTROL_WEB_PORT": "81"})
    monkeypatch.setattr(where, "running_systems", lambda: [only])
    config = located(None, {})
    assert (config.runtime_dir, config.web.port) == (Path("/a"), 81)
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_named_must_run_unless_it_need_not(tmp_path: Path) -> None:
    named = {"CALLCONTROL_RUNTIME_DIR": str(tmp_path / "r")}
    with pytest.raises(NoSystem, match="does not run in"):
        located(None, named)
    assert located(None, named, must_run=False).runtime_dir == tmp_path / "r"


def test_a_stopped_system_of_this_folder_is_meant_where_it_need_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(where, "running_systems", list)
    with pytest.raises(NoSystem):
        located(None, {}, must_run=False)
    (tmp_path / ".runtime").mkdir()
    assert located(None, {}, must_run=False).runtime_dir == tmp_path / ".runtime"


def test_a_system_is_named_by_its_file_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "elsewhere" / "callcontrol.yaml"
    file.parent.mkdir()
    file.write_text("web: {port: 81}")
    environ = {"CALLCONTROL_RUNTIME_DIR": "/a", "CALLCONTROL_CONFIG": str(file)}
    both = [where.Running(Path("/a"), environ), where.Running(Path("/b"), {"CALLCONTROL_RUNTIME_DIR": "/b"})]
    monkeypatch.setattr(where, "running_systems", lambda: both)
    config = located(file, {})
    assert (config.runtime_dir, config.web.port) == (Path("/a"), 81)


@pytest.mark.parametrize("secret", ["", "secrets"])
def test_a_folder_of_another_user_is_told_with_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.chdir(tmp_path)
    closed = tmp_path / ".runtime" / secret
    (tmp_path / ".runtime" / "secrets").mkdir(parents=True)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, how: Path(path) != closed and access(path, how))
    monkeypatch.setattr(where, "running_systems", list)
    with pytest.raises(NoSystem, match=f"is {closed.owner()}'s: run this as {closed.owner()}"):
        located(None, {})
    only = where.Running(Path("/a"), {"CALLCONTROL_RUNTIME_DIR": "/a"})
    monkeypatch.setattr(where, "running_systems", lambda: [only])
    assert located(None, {}).runtime_dir == Path("/a"), "another one, which is ours, is meant"


@pytest.mark.parametrize(
    "command",
    [
        ("provision", "company.yaml"),
        ("provision", "--delete-company", "A"),
        ("explain", "4002", "--from", "4001"),
    ],
)
def test_what_needs_the_database_says_that_nothing_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CALLCONTROL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(where, "running_systems", list)
    monkeypatch.setattr(logs, "configure", lambda level: None)  # it is for a process of its own
    (tmp_path / "company.yaml").write_text("company: {name: A}\n")
    assert main(command) == 1
    said = "".join(capsys.readouterr())
    assert f"callcontrol does not run: looked in {tmp_path}/.runtime" in said
    assert [path.name for path in tmp_path.iterdir()] == ["company.yaml"], "nothing was written"
    (tmp_path / "callcontrol.yaml").write_text("")
    assert main(command) == 1
    said = "".join(capsys.readouterr())
    assert f"callcontrol does not run in {tmp_path}/.runtime: start it with `callcontrol run`.\n" in said
    assert said.count("\n") == 1
