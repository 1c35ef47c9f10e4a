"""A trunk over TLS shows a certificate: which is accepted, and what is said of one that is not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcontrol.asterisk.certificates import authorities, trouble
from callcontrol.config.load import Config, ConfigError, TrunkConfig, load
from callcontrol.config.trunks import Transport
from callcontrol.runtime.trunk_findings import trunk_findings
from tests.certificates import GOOD, OVER, Authority


@asynccontextmanager
async def operator(context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """The port of somebody who takes connections; None: without TLS."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if context is None:
            writer.write(b"hello\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def trunk(port: int = 5061, ca: Path | None = None, **more: object) -> TrunkConfig:
    return TrunkConfig("op", "127.0.0.1", port, transport=Transport.TLS, tls_ca=ca, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "time", "known", "why"),
    [
        ("IP:127.0.0.1", GOOD, True, None),
        ("IP:127.0.0.1", OVER, True, "it has expired"),
        ("IP:127.0.0.1", ("20480101000000Z", "20490101000000Z"), True, "it is not valid yet"),
        ("IP:127.0.0.2", GOOD, True, "it is not 127.0.0.1's"),
        ("DNS:sip.example.net", GOOD, True, "it is not 127.0.0.1's"),
        ("IP:127.0.0.1", GOOD, False, "nobody who is trusted has signed it (tls_ca)"),
    ],
)
async def test_a_certificate_is_accepted_or_told_why_not(
    tmp_path: Path, host: str, time: tuple[str, str], known: bool, why: str | None
) -> None:
    ours = Authority(tmp_path / "ours")
    other = ours if known else Authority(tmp_path / "other")
    async with operator(other.server(host, time)) as port:
        asked = trunk(port, ours.file)
        assert await trouble(asked, [asked]) == why
        assert await trouble(trunk(port, tls_verify=False), [asked]) is None
        if not known:
            machine = trunk(port)
            assert await trouble(machine, [machine]) == why


async def test_the_doctor_tells_of_it_by_name(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    configured = (
        f"trunks: [{{name: op, host: 127.0.0.1, port: %d, transport: tls, tls_ca: {ours.file.name}}}]"
    )

    async def said(port: int, ca: bytes = ours.file.read_bytes()) -> tuple[bool | None, str]:
        ours.file.write_bytes(ca)
        config = configuration(ours.file.parent, configured % port)
        (finding,) = await trunk_findings(config, running=False)
        return finding.good, finding.text

    async with operator(ours.server()) as port:
        assert await said(port) == (True, f"trunk op: 127.0.0.1:{port} shows a certificate that is accepted")
    async with operator(ours.server(time=OVER)) as port:
        told = f"trunk op: the certificate of 127.0.0.1:{port} is not accepted: it has expired"
        assert await said(port) == (False, told)
    async with operator(None) as port:
        good, told = await said(port)
        assert (good, f"trunk op: 127.0.0.1:{port} cannot be reached over TLS: no TLS is" in told) == (
            False,
            True,
        )
    good, told = await said(port)
    assert (good, "cannot be reached over TLS: " in told) == (False, True)
    good, told = await said(port, b"nothing of the kind")
    assert (good, told) == (False, f"trunk op: tls_ca {ours.file} has no certificate in PEM.")


def configuration(folder: Path, text: str) -> Config:
    file = folder / "callcontrol.yaml"
    file.write_text(text)
    return load(file, {"CALLCONTROL_RUNTIME_DIR": "/nowhere"}, make_secrets=False)


def test_one_list_has_whoever_may_sign_for_any_trunk(tmp_path: Path) -> None:
    one, two = Authority(tmp_path / "one").file, Authority(tmp_path / "two").file
    both = authorities([trunk(ca=one), trunk(ca=two)])
    assert both is not None
    assert (one.read_text() in both, two.read_text() in both) == (True, True)
    assert authorities([trunk()]) is None, "this machine's own list"
    assert authorities([TrunkConfig("op", "h"), trunk(ca=one, tls_verify=False)]) is None
    mixed = authorities([trunk(), trunk(ca=one)])
    assert mixed is not None
    assert mixed.count("BEGIN CERTIFICATE") > 10


@pytest.mark.parametrize(
    ("text", "why"), [(None, "cannot be read: No such file"), ("-----BEGIN", "has no certificate")]
)
def test_a_file_without_a_certificate_is_refused(tmp_path: Path, text: str | None, why: str) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match=f"trunk op: tls_ca {file} {why}"):
        authorities([trunk(ca=file)])
