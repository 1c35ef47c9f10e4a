"""Host names where addresses belong, behind a name server that does not answer: nobody else waits, and a trunk that is
given by its name is called as ever (docs/security.md)."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from callcontrol.asterisk.client import AriClient
from callcontrol.call.trunks import Trunks
from callcontrol.config.load import Config
from callcontrol.lifecycle.trunk_names import TrunkNames
from callcontrol.runtime import rootfs
from callcontrol.runtime.asterisk_process import AsteriskProcess
from rig import Phone, Request, Response, Trunk, both_hear
from rig.transport import Address
from tests.e2e.alone import ALICE, BOB, PASSWORDS, alone, eventually, outside, phone
from tests.e2e.hostile import STRANGER
from tests.e2e.name_server import NameServer, name_server
from tests.e2e.people import register
from tests.hostile_size import is_root, size, tried
from tests.stack import Stack

__all__ = ["alone"]

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(not is_root(), reason="a name server has port 53, which only root may have"),
    pytest.mark.skipif(
        rootfs.native() is not None, reason="Asterisk on PATH sees the machine's own name server"
    ),
]

SLOW = re.compile(r".*[.]slow[.]example")
OPERATOR, SERVER = "sip.operator.example", "127.0.0.153"


class Elsewhere(AsteriskProcess):
    """Asterisk on a machine with another name server."""

    def __init__(self, config: Config, resolv_conf: Path) -> None:
        super().__init__(config, print)
        self._resolv_conf = resolv_conf

    async def _addresses(self) -> Mapping[str, Sequence[str]]:
        return {OPERATOR: ("127.0.0.1",)}

    def _command(self, arguments: list[str]) -> list[str]:
        whole = super()._command(arguments)
        at = whole.index("--chdir")
        return [*whole[:at], "--ro-bind", str(self._resolv_conf), "/etc/resolv.conf", *whole[at:]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def names(alone: Stack) -> AsyncIterator[NameServer]:
    """The name server of ``alone``; its trunk is given by the one name that it knows."""
    await alone.asterisk.stop()
    resolv_conf = alone.runtime_dir / "resolv.conf"
    resolv_conf.write_text(f"nameserver {SERVER}\n", encoding="utf-8")
    trunk = replace(alone.config.trunks[0], host=OPERATOR)
    alone.config = replace(alone.config, trunks=(trunk, *alone.config.trunks[1:]))
    alone.asterisk = Elsewhere(alone.config, resolv_conf)
    async with name_server(OPERATOR, "127.0.0.1", at=SERVER) as server:
        await alone.asterisk.start()
        yield server


class Namer(Phone):
    """A phone that writes names where the addresses of its sound and of itself belong."""

    count = 0

    def transmit(self, message: Request | Response, to: Address) -> None:
        if message.body:
            self.count += 1
            body = message.body.replace(b"IP4 127.0.0.1", b"IP4 n%d.slow.example" % self.count)
            message = replace(message, body=body)
        super().transmit(message, to)


async def test_names_in_descriptions_are_asked_of_nobody(alone: Stack, names: NameServer) -> None:
    """Asterisk would wait for each, in the threads that read all SIP: a REGISTER took 10 s beside 60 of them."""
    count = size(60, 400)
    async with (
        Namer(ALICE, PASSWORDS[ALICE], alone.sip_server) as thief,
        phone(alone, BOB) as honest,
        outside(alone) as operator,
    ):
        await register(thief, honest)
        calls = [await thief.invite("4102") for _ in range(count)]
        await calls_out(honest, operator)
        assert {(await call.refused(within=20)).status for call in calls} == {488}
    assert [name for name in names.asked if SLOW.fullmatch(name)] == []
    tried("names in descriptions of sound", count)


async def test_names_that_nobody_answers_for_hold_no_trunk_up(alone: Stack, names: NameServer) -> None:
    """By anybody, without a password: each was asked for, and until it was given up no other one was."""
    host, _, port = alone.sip_server.partition(":")
    count = size(20, 300)
    async with phone(alone, BOB) as honest, outside(alone) as operator:
        await register(honest)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((STRANGER, 0))
            for number in range(count):
                wire.sendto(nowhere(number), (host, int(port)))
        await eventually(lambda: any(map(SLOW.fullmatch, names.asked)), "a name is asked for")
        await calls_out(honest, operator)
    tried("names where an answer is to go", count)


async def test_a_trunk_whose_name_leads_elsewhere_is_called_there(alone: Stack, names: NameServer) -> None:
    """As the process of the calls tells it, whatever the name server says."""
    asterisk = alone.config.asterisk
    client = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, "names")
    trunks = TrunkNames(
        alone.config, alone.layout.asterisk_etc, client, Trunks(alone.config.trunks), lambda _: None
    )
    moved = Trunk(alone.sip_server, host="127.0.0.91", port=alone.trunk_port, name="moved")
    async with (
        AsyncExitStack() as things,
        phone(alone, BOB) as honest,
        outside(alone) as operator,
        moved,
    ):
        things.push_async_callback(client.close)
        await register(honest)
        for address, there in (("127.0.0.91", moved), ("127.0.0.1", operator)):
            await trunks.learn({OPERATOR: (address,)})
            await calls_out(honest, there)


async def calls_out(caller: Phone, operator: Trunk) -> None:
    """A call to the outside, which is heard there."""
    call = await caller.invite("0612345678")
    leg = await (await operator.incoming()).answer()
    await both_hear(call, leg)
    await leg.hang_up()
    await call.ended()


def nowhere(number: int) -> bytes:
    """A stranger's OPTIONS whose answer is to go to a name (``maddr``, RFC 3261 §18.2.2)."""
    return (
        f"OPTIONS sip:{BOB}@127.0.0.1 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {STRANGER}:5099;branch=z9hG4bKn{number};rport;maddr=v{number}.slow.example\r\n"
        "Max-Forwards: 70\r\n"
        f"From: <sip:x@{STRANGER}>;tag=n{number}\r\nTo: <sip:{BOB}@127.0.0.1>\r\n"
        f"Call-ID: nowhere-{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    ).encode()
