"""A real mail server with TLS and a log-in, as operators have them: encrypted wherever it is offered, and no mail goes
without the log-in that was configured."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from callcontrol.mailer.smtp import Accepted, Away, Conversation, MailServer, Outcome

CONTENT = b"Subject: hello\r\n\r\nhello\r\n"


class Box:
    """What the server took: whether it came encrypted, and who had logged in."""

    def __init__(self) -> None:
        self.taken: list[tuple[bool, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((session.ssl is not None, bool(session.authenticated)))
        return "250 ok"


def right(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"us", b"p@ss")
    return AuthResult(success=good, handled=False)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Of a certificate that nobody has signed."""
    folder: Path = tmp_path_factory.mktemp("tls")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    request += ["-subj", "/CN=mail.example.net"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run([*request, *files], check=True, capture_output=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "crt", folder / "key")
    return made


@asynccontextmanager
async def listening(make: Callable[[], SMTP], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def sent(url: str) -> Outcome:
    conversation = Conversation(MailServer.of(url, "us@example.net"), 5.0)
    outcome = await conversation.send("us@example.net", "a@example.net", CONTENT)
    await conversation.close()
    return outcome


async def test_starttls_is_used_where_it_is_offered_whoever_signed_it(context: ssl.SSLContext) -> None:
    box = Box()
    async with listening(lambda: SMTP(box, tls_context=context, require_starttls=True)) as port:
        assert await sent(f"smtp://127.0.0.1:{port}") == Accepted()
    assert box.taken == [(True, False)]


async def test_smtps_is_encrypted_from_the_first_byte(context: ssl.SSLContext) -> None:
    box = Box()
    async with listening(lambda: SMTP(box), context) as port:
        assert await sent(f"smtps://127.0.0.1:{port}") == Accepted()
    assert len(box.taken) == 1


async def test_the_log_in_of_the_url_is_used_and_a_wrong_one_blames_no_mail(context: ssl.SSLContext) -> None:
    box = Box()

    def server() -> SMTP:
        return SMTP(box, tls_context=context, auth_required=True, authenticator=right)

    async with listening(server) as port:
        assert await sent(f"smtp://us:p%40ss@127.0.0.1:{port}") == Accepted()
        wrong = await sent(f"smtp://us:wrong@127.0.0.1:{port}")
    assert isinstance(wrong, Away)
    assert wrong.why.startswith("535")
    assert box.taken == [(True, True)]


async def test_a_server_elsewhere_gets_no_password_without_a_certificate_that_holds(
    context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``mail.example.net`` stands for a server elsewhere; only its address is this machine's."""
    box, asked = Box(), []

    def never(*arguments: object) -> AuthResult:
        asked.append(arguments)
        return AuthResult(success=True)

    loop, real = asyncio.get_running_loop(), asyncio.get_running_loop().getaddrinfo

    async def elsewhere(host: str, *more: object, **named: object) -> object:
        return await real("127.0.0.1", *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", elsewhere)
    async with listening(lambda: SMTP(box, tls_context=context, authenticator=never)) as port:
        assert isinstance(await sent(f"smtp://us:p%40ss@mail.example.net:{port}"), Away)
    async with listening(lambda: SMTP(box, auth_require_tls=False, authenticator=never)) as port:
        assert isinstance(await sent(f"smtp://us:p%40ss@mail.example.net:{port}"), Away)
    assert (box.taken, asked) == ([], [])
