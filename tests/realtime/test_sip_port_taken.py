"""Asterisk does not start where somebody has its SIP port, and says so once the port had time to become free."""

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
