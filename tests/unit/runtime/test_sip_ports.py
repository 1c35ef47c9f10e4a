"""A SIP port that somebody else has is told in one sentence; Asterisk itself would start, deaf."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from callcontrol.config import load as configuration
from callcontrol.runtime import ports
from callcontrol.runtime.asterisk_process import AsteriskProcess
from callcontrol.runtime.child import ServiceFailed


@pytest.mark.parametrize(("kind", "name"), [(ports.UDP, "udp"), (ports.TCP, "tcp")])
async def test_asterisk_does_not_start_without_its_sip_port(
    tmp_path: Path, kind: socket.SocketKind, name: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(
            ("127.0.0.1", 0)
        )  # on loopback alone, as a softphone or a test does: 0.0.0.0 is refused, too
        if kind == ports.TCP:
            taken.listen()
        port = taken.getsockname()[1]
        file = tmp_path / "callcontrol.yaml"
        file.write_text(
            f"{{runtime: {{dir: {tmp_path / 'runtime'}}}, sip: {{port: {port}}}}}", encoding="utf-8"
        )
        asterisk = AsteriskProcess(configuration.load(file, {}), print)
        with pytest.raises(ServiceFailed, match=rf"0\.0\.0\.0:{port}/{name}: in use .* set sip\.port"):
            await asterisk.start()


def test_a_free_port_has_no_problem_and_looking_at_it_does_not_take_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert ports.problem("127.0.0.1", port, ports.UDP) is None
    assert ports.problem("127.0.0.1", port, ports.UDP) is None


def test_an_address_of_another_machine_is_a_problem_with_its_reason() -> None:
    assert ports.problem("192.0.2.1", 5060, ports.UDP) == "Cannot assign requested address"
