"""What an operator meets on a bad day: taken ports, an unclean end, passwords that everybody knows."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import yaml

from tests.e2e.supervised import STAND_INS, System, eventually, system
from tests.stack import CLONE

COMPANY = CLONE / "demo" / "company.yaml"


async def test_every_taken_port_is_told_in_one_list_with_its_owner_and_key(tmp_path: Path) -> None:
    it = System(tmp_path)
    with (
        socket.create_server(("127.0.0.1", it.ports.web)),
        socket.create_server(("127.0.0.1", it.ports.smtp)),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone,
    ):
        phone.bind(("127.0.0.1", it.ports.sip))
        code, said = await it.command("run")
        diagnosed, findings = await it.command("doctor")
    assert code == 1
    first, *rest = said.splitlines()
    assert first == "callcontrol: 3 ports cannot be had:"
    assert [line.partition("set ")[2] for line in rest] == [
        "sip.port to another one.",
        "web.port to another one.",
        "smtp.url to another one.",
    ]
    assert all(f"(process {os.getpid()})" in line for line in rest), said
    assert diagnosed == 1
    for line in rest:
        assert f"BAD  {line.strip()}" in findings
    assert not list(it.layout.pids.glob("*.pid")), "nothing was started"


async def test_the_doctor_is_right_beside_a_system_and_after_its_unclean_end(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start(*STAND_INS)
        _, beside = await it.command("doctor")
        assert f"ok   web port 127.0.0.1:{it.ports.web}/tcp: callcontrol listens (process " in beside
        assert "PostgreSQL 18." in beside
        await it.ends_with(signal.SIGKILL)
        await eventually(lambda: not it.left_over(), "nothing left", 10)
        assert it.layout.supervisor.exists(), "an unclean end leaves it"
        code, after = await it.command("doctor")
        assert code == 0, after
        assert f"ok   web port 127.0.0.1:{it.ports.web}/tcp: free" in after
        with socket.create_server(("127.0.0.1", it.ports.web)):
            code, after = await it.command("doctor")
        assert (code, "callcontrol is running" in after) == (1, False)
        assert f"BAD  web port 127.0.0.1:{it.ports.web}/tcp: in use by " in after


async def test_public_passwords_and_a_real_trunk_do_not_go_together(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start("--only", "postgres")
        assert (await it.command("provision", str(COMPANY)))[0] == 0
        await it.ends_with(signal.SIGTERM)
        settings = yaml.safe_load(it.file.read_text())
        it.file.write_text(yaml.safe_dump(settings | {"trunks": [{"name": "op", "host": "192.0.2.1"}]}))
        code, said = await it.command("run")
        assert code == 1
        numbers = "0222969500, 0222969569, 0222969570, 0222969571, 0222969572"
        assert f"callcontrol: lines {numbers} have the demo's" in said
        assert "trunk op, which leads to 192.0.2.1" in said
        assert it.left_over() == []
        await it.start("--only", "postgres")  # as the sentence says
        code, said = await it.command("provision", str(COMPANY))
        assert (code, "are public, and trunk op leads to 192.0.2.1" in said) == (1, True), said
        own = tmp_path / "own.yaml"
        secrets = (
            COMPANY.read_text().replace('"demo-sip-', '"one-of-our-own-').replace("-vole-86!b", "-mole-97?c")
        )
        own.write_text(re.sub(r'pin: "(\d+)"', lambda pin: f'pin: "{pin[1][::-1]}"', secrets))
        code, said = await it.command("provision", str(own))
        assert code == 0, said
        await it.ends_with(signal.SIGTERM)
        await it.start(*STAND_INS)
        await it.ends_with(signal.SIGTERM)
