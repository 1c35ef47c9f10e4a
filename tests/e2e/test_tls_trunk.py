"""A trunk over TLS, to an operator whose certificate is signed by an authority of the operator's own (``tls_ca``).

Another one's, one for another host and one that has expired are refused and told; with the right one calls have
encrypted sound."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from callcontrol.runtime.findings import Finding
from callcontrol.runtime.trunk_findings import trunk_findings
from rig import sdp
from rig.operator import Operator
from rig.transport import TlsServerTransport
from tests.certificates import OVER, Authority
from tests.e2e.account import ACCOUNT, PASSWORD, TRUNK, trunk_shows
from tests.e2e.office import Office, eventually
from tests.e2e.people import take, talk
from tests.stack import Stack, free_ports

CALLER, MOBILE = "0612345678", "0660606015"
MAIN = "0222800002"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("operator") / "ours")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def secure(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> AsyncIterator[Office]:
    """A firm whose only trunk is an account over TLS, which takes nothing but SRTP."""
    ports = free_ports()
    trunk = {
        **TRUNK,
        "transport": "tls",
        "tls_ca": str(authority.file),
        "srtp": "required",
        "number": MAIN,
        "port": ports.smtp,
    }
    ports = replace(ports, smtp=free_ports().smtp, trunk=ports.smtp)  # a TCP port, this time
    async with Stack.start(
        tmp_path_factory.mktemp("secure"), company=None, trunk=trunk, ports=ports
    ) as running:
        opened = await Office.open(running, 5, company="Chiffre", prefix="02228")
        yield opened
        await opened.close()


def operator(office: Office, context: ssl.SSLContext) -> Operator:
    return Operator(
        ACCOUNT,
        PASSWORD,
        server=office.stack.sip_server,
        port=office.stack.trunk_port,
        tls=context,
        encrypts=True,
    )


async def tried_again(wrong: Operator) -> None:
    """We connect there again, by ourselves."""
    wire = wrong._transport
    assert isinstance(wire, TlsServerTransport)
    before = wire.connections

    async def again() -> bool | None:
        return wire.connections > before + 1 or None

    await eventually(again, "it is tried again", 10)


async def encrypted_calls(secure: Office, world: Operator) -> None:
    """One out and one in, over TLS."""
    alice, bob = secure.desks(2)
    async with secure.phone(alice) as a, secure.phone(bob) as b:
        await a.register()
        await b.register()
        call = await a.invite(MOBILE)
        ring = await take(world, to=MOBILE)
        assert sdp.parse(ring.request.body).profile == "RTP/SAVP"
        assert "a=crypto:" in ring.request.body.decode()
        await talk(call, ring)
        assert ring.media.sealed, "the sound is encrypted"
        await call.hang_up()
        await ring.ended()
        call = await world.call_account(CALLER, to=f"+33{bob.number[1:]}")
        ring = await take(b)
        await talk(call, ring)
        assert call.media.sealed
        await call.hang_up()
        await ring.ended()


async def test_a_certificate_that_is_not_right_is_refused_and_told_and_the_right_one_has_encrypted_calls(
    secure: Office, authority: Authority, tmp_path: Path
) -> None:
    for context, why in (
        (Authority(tmp_path / "another").server(), "nobody who is trusted has signed it (tls_ca)"),
        (authority.server("DNS:sip.example.net"), "it is not 127.0.0.1's"),
        (authority.server(time=OVER), "it has expired"),
    ):
        async with operator(secure, context) as wrong:
            shown = await trunk_shows(secure, certificate=why)
            assert shown["registration"] != "registered"
            await tried_again(wrong)
            assert (wrong.registers, wrong.refused, wrong.asked) == ([], [], 0), "not a word was said there"
    warning = f"trunk demo-trunk: its certificate is not accepted: {why}"
    async with aiohttp.ClientSession() as session, session.get(f"{secure.stack.web_url}/healthz") as answer:
        assert warning in (await answer.json())["warnings"]
    assert Finding(False, warning) in await trunk_findings(secure.stack.config, running=True)
    assert "trunk.certificate_refused" in secure.stack.app_log()
    async with operator(secure, authority.server()) as right:
        await right.registered(within=20)
        await trunk_shows(secure, certificate=None, registration="registered", state="alive")
        await encrypted_calls(secure, right)
