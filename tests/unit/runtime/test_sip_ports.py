"""Whether ports can be had, and who has those that cannot. That nothing starts without its own: tests/realtime."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.runtime import port_owner, ports
from callcontrol.runtime.ports import TCP, UDP, PortsTaken, Wanted
from tests.stack import free_ports

ALL = {"asterisk", "web", "mail"}


def a_port(host: str, number: int, kind: socket.SocketKind) -> Wanted:
    return Wanted("asterisk", "SIP", "sip.port", host, number, kind)


def configured(folder: Path, **more: str) -> Config:
    free = free_ports()
    variables = {
        "RUNTIME_DIR": str(folder / "runtime"),
        "SIP_PORT": str(free.sip),
        "SIP_TLS_PORT": str(free.sip_tls),
        "ASTERISK_ARI_URL": f"http://127.0.0.1:{free.ari}/ari",
        "WEB_PORT": str(free.web),
        "SMTP_URL": f"smtp://127.0.0.1:{free.smtp}",
        "SMTP_CATCH_ALL": "true",
        "RTP_START": str(free.rtp),
        "RTP_END": str(free.rtp + 9),
        **more,
    }
    environ = {f"CALLCONTROL_{name}": value for name, value in variables.items()}
    return configuration.load(None, environ, make_secrets=False)


def test_a_free_port_has_no_problem_and_looking_at_it_does_not_take_it() -> None:
    with socket.socket(socket.AF_INET, UDP) as probe:
        probe.bind(("127.0.0.1", 0))
        port = a_port("127.0.0.1", probe.getsockname()[1], UDP)
    assert ports.look(port) is None
    assert ports.look(port) is None


def test_an_address_of_another_machine_is_a_problem_with_its_reason() -> None:
    taken = ports.look(a_port("192.0.2.1", 5060, UDP))
    assert taken is not None
    assert taken.sentence.startswith("SIP port 192.0.2.1:5060/udp: Cannot assign requested address.")


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize("kind", [UDP, TCP])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "::1"])
def test_who_has_a_port_is_named_whatever_family_it_took_it_in(
    family: socket.AddressFamily, kind: socket.SocketKind, host: str
) -> None:
    with socket.socket(family, kind) as holder:
        holder.bind(("::" if family == socket.AF_INET6 else "127.0.0.1", 0))
        if kind == TCP:
            holder.listen()
        taken = ports.look(a_port(host, holder.getsockname()[1], kind))
        if taken is None:  # ::1 beside 127.0.0.1
            assert (family, host) == (socket.AF_INET, "::1")
            return
        program = Path("/proc/self/comm").read_text().strip()
        assert f"in use by {program} (process {os.getpid()}). Free it, or set sip.port" in taken.sentence


def test_of_a_process_that_may_not_be_looked_at_the_user_is_named() -> None:
    nobody = port_owner.Socket("127.0.0.1", 5060, True, 0, 4_000_000_000)  # an inode that no process has
    assert str(port_owner.owner(nobody)) == "a process of root (only that user and root see which)"


def test_the_kernels_table_is_read() -> None:
    assert sys.byteorder == "little"
    table = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100\n"
        "   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 12 2\n"
    )
    assert list(port_owner.rows(table)) == [
        port_owner.Socket("127.0.0.1", 5060, True, 1000, 4711),
        port_owner.Socket("::1", 8080, False, 0, 12),
    ]


async def test_all_that_are_taken_are_told_at_once_each_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "GRACE_SECONDS", 0.1)
    config = configured(tmp_path)
    sip, ari = config.sip.port, int(config.asterisk.ari_url.rpartition(":")[2].split("/")[0])
    with socket.socket(socket.AF_INET, UDP) as one, socket.create_server(("127.0.0.1", ari)):
        one.bind(("127.0.0.1", sip))
        with socket.create_server(("127.0.0.1", config.web.port)):
            with pytest.raises(PortsTaken) as refused:
                await ports.until_free(config, ALL)
            only_web = ports.taken(config, {"web"})
    first, *rest = str(refused.value).splitlines()
    assert first == "3 ports cannot be had:"
    for line, shown, key in zip(
        rest,
        (f"SIP port 0.0.0.0:{sip}/udp", f"ARI port 127.0.0.1:{ari}/tcp", f"web port 127.0.0.1:{config.web.port}/tcp"),
        ("sip.port", "asterisk.ari_url", "web.port"),
        strict=True,
    ):  # fmt: skip
        assert line.startswith(f"  {shown}: in use by ")
        assert line.endswith(f"set {key} to another one.")
    assert [one.wanted.key for one in only_web] == ["web.port"]
    await ports.until_free(config, ALL)


async def test_single_ports_for_sound_are_a_remark_and_half_of_them_are_too_many(tmp_path: Path) -> None:
    config = configured(tmp_path)
    sockets = []
    try:
        for number in range(config.rtp.start, config.rtp.start + 5):
            sockets.append(socket.socket(socket.AF_INET, UDP))
            sockets[-1].bind(("127.0.0.1", number))
            if len(sockets) == 1:
                remark = ports.sound_remark(config)
                assert remark is not None
                assert f"the first is {number} by " in remark
                await ports.until_free(config, ALL)
        (taken,) = ports.taken(config, {"asterisk"})
        assert "set rtp.start and rtp.end to another one" in taken.sentence
    finally:
        for one in sockets:
            one.close()
