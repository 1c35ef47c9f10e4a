"""``callcontrol doctor`` finds what is wrong with a machine, by its name: each trouble is real where that is cheap."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest
import yaml

from callcontrol import cli
from callcontrol.runtime import doctor
from callcontrol.star_codes import TABLE
from rig import Trunk
from tests.stack import free_ports


async def findings(folder: Path, **sections: object) -> list[str]:
    """What the doctor says of a configuration that is right but for ``sections``."""
    ports = free_ports()
    settings = {
        "runtime": {"dir": str(folder / "runtime")},
        "asterisk": {"ari_url": f"http://127.0.0.1:{ports.ari}/ari"},
        "sip": {"bind": "127.0.0.1", "port": ports.sip, "tls_port": ports.sip_tls},
        "rtp": {"start": ports.rtp, "end": ports.rtp + 99},
        "web": {"port": ports.web},
        "smtp": {"url": f"smtp://127.0.0.1:{ports.smtp}", "catch_all": True},
    }
    file = folder / "callcontrol.yaml"
    file.write_text(yaml.safe_dump(settings | sections))
    said: list[str] = []
    code = await doctor.run(file, {}, said.append)
    bad = [line.removeprefix("BAD  ") for line in said if line.startswith("BAD")]
    assert code == (1 if bad else 0)
    assert not (folder / "runtime").exists(), "it changes nothing"
    return bad


async def test_a_machine_that_is_right_has_nothing_bad(tmp_path: Path) -> None:
    async with Trunk() as there:
        trunk = {"name": "op", "host": "127.0.0.1", "port": there.local[1]}
        assert await findings(tmp_path, trunks=[trunk]) == []


def test_it_prints_every_star_code_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "callcontrol.yaml"
    file.write_text(yaml.safe_dump({"runtime": {"dir": str(tmp_path / "runtime")}}))
    cli.main(["--config", str(file), "doctor", "--codes"])
    codes, _, findings = capsys.readouterr().out.partition("\n\n")
    assert [line.split()[0] for line in codes.splitlines()] == [code.code for code in TABLE]
    assert "*72 [number]    Forward all calls" in codes
    assert "Python" in findings


async def test_each_trouble_is_found_by_its_name(tmp_path: Path) -> None:
    old = tmp_path / "rootfs" / "22.9.0-1" / "usr" / "sbin"
    old.mkdir(parents=True)
    (old / "asterisk").touch()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        socket.create_server(("127.0.0.1", 0)) as web,
    ):
        silent.bind(("127.0.0.1", 0))
        bad = await findings(
            tmp_path,
            web={"port": web.getsockname()[1]},
            database={"url": "postgresql://nobody@127.0.0.1:9/none"},
            media={"keep_free_mb": 99_000_000},
            trunks=[
                {"name": "silent", "host": "127.0.0.1", "port": silent.getsockname()[1]},
                {"name": "nowhere", "host": "no-such-host.invalid"},
            ],
            asterisk={"rootfs": str(tmp_path / "rootfs"), "ari_url": "http://127.0.0.1:9/ari"},
        )
    found = "\n".join(bad)
    for name in (
        "set web.port to another one",
        "PostgreSQL at 127.0.0.1 does not answer",
        "no message is taken until there is room",
        "trunk silent:",
        "the name no-such-host.invalid of a trunk has no address now",
        "is too old: 22.10 or newer",
    ):
        assert name in found, found
    assert len(bad) == 6, found


@pytest.fixture
def no_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "bin"
    stand_in.mkdir()
    refuses = "echo 'bwrap: Creating new namespace failed: not permitted' >&2; exit 1"
    (stand_in / "bwrap").write_text(f"#!/bin/sh\n{refuses}\n")
    (stand_in / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in}:{os.environ['PATH']}")


REFUSED = "sandbox: bwrap may not make one here (bwrap: Creating new namespace failed: not permitted)"


@pytest.mark.usefixtures("no_sandbox")
async def test_a_container_that_may_make_no_sandbox_is_told_so(tmp_path: Path) -> None:
    (bad,) = await findings(tmp_path)
    assert bad.startswith(REFUSED)


@pytest.mark.usefixtures("no_sandbox")
async def test_and_run_says_the_same_before_it_starts_anything(tmp_path: Path) -> None:
    await findings(tmp_path)  # writes the configuration
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcontrol", "--config", str(tmp_path / "callcontrol.yaml"), "run"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith(f"callcontrol: {REFUSED}")
    assert said.count(b"\n") == 1
