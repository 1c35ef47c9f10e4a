"""A mail server that is away, hangs, lies, refuses or speaks nonsense: no mail is lost, none goes out twice, no
original is removed too early, and no mail holds up the others (spec §5)."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from callcontrol.mailer.smtp import Conversation, PutOff
from callcontrol.mailer.smtp import MailServer as Address
from callcontrol.mails.mail import PinChanged
from callcontrol.message import MailState
from callcontrol.store.mails import queue
from callcontrol.store.pool import transaction
from tests.fakes.mail_server import DEAF, DROP, HANG, MailServer
from tests.mails.post import LINE, NOW, Post, until

RUDE_SECONDS = 2.0
"""What is waited for an answer of a server that gives none."""


async def settled(post: Post, attempts: int) -> None:
    """Until the only mail has failed so often."""

    async def failed() -> bool:
        return bool(await post.fetch("SELECT attempts = $1 AND claimed_by IS NULL FROM mails", attempts))

    await until(failed, f"{attempts} failures")


async def test_while_the_server_is_away_everything_waits_and_then_goes_out_once(
    post: Post, mail_server: MailServer
) -> None:
    await mail_server.stop()
    await post.settings("a@example.net", "b@example.net")
    messages = [await post.message() for _ in range(5)]
    post.mailer()
    await until(lambda: _failing(post), "every mail is known to fail")
    assert [await post.state(message) for message in messages] == [(MailState.WAITING, True)] * 5
    assert await post.fetch("SELECT sum(attempts) FROM mails") == 0  # none of them is to blame
    await mail_server.start()
    await post.empty()
    assert Counter(taken.address for taken in mail_server.taken) == {"a@example.net": 5, "b@example.net": 5}
    assert len({taken.mail["Message-ID"] for taken in mail_server.taken}) == 10
    assert [await post.state(message) for message in messages] == [(MailState.SENT, False)] * 5


async def _failing(post: Post) -> bool:
    return bool(await post.fetch("SELECT count(failing_since) = 10 FROM mails"))


async def test_a_server_that_stays_away_for_a_day_is_told_in_the_box(
    post: Post, mail_server: MailServer
) -> None:
    await mail_server.stop()
    await post.settings("a@example.net")
    message = await post.message()
    mailer = post.mailer()
    await until(lambda: post.fetch("SELECT failing_since IS NOT NULL FROM mails"), "it fails")
    post.later(hours=24)
    mailer.look()
    await post.empty()
    assert await post.state(message) == (MailState.FAILED, True)


async def test_a_thousand_mails_go_out_within_a_minute_of_the_servers_return_none_twice(
    post: Post, mail_server: MailServer
) -> None:
    await mail_server.stop()
    mail = PinChanged(account=LINE)
    async with transaction(post.pool) as connection:
        await queue(connection, mail, [f"{n}@example.net" for n in range(1000)], NOW, line=LINE)
    for _ in range(2):  # two processes
        post.mailer()
    await until(lambda: post.fetch("SELECT bool_and(failing_since IS NOT NULL) FROM mails"), "all fail")
    await mail_server.start()
    await post.empty(within=60)
    assert Counter(taken.address for taken in mail_server.taken) == {
        f"{n}@example.net": 1 for n in range(1000)
    }


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("MAIL", "421 4.3.2 closing"),
        ("RCPT", "421 4.7.0 too many of you"),
        ("RCPT", "450 4.7.1 greylisted, come back later"),
        ("RCPT", "452 4.2.2 mailbox full"),
        ("RCPT", HANG),
        ("RCPT", DROP),
        ("RCPT", "lorem ipsum \udcff\udc00"),
        ("RCPT", "2"),
        ("MAIL", "530 5.7.0 authenticate first"),
        ("DATA", HANG),
        ("DATA", "250 not what is said to DATA"),
        ("DATA", "x" * 100_000),
        ("BODY", HANG),
        ("BODY", "451 4.3.0 try later"),
        ("BODY", "421 4.3.2 shutting down"),
        ("BODY", "999 what"),
        ("BODY", "250-and\r\n250-never\r\n250-an end"),
    ],
)
async def test_a_mail_that_fails_for_now_waits_a_minute_and_goes_out_then(
    post: Post, mail_server: MailServer, step: str, answer: str
) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    mail_server.on[step] = answer
    mailer = post.mailer(wait=RUDE_SECONDS)
    await settled(post, 1)
    assert await post.state(message) == (MailState.WAITING, True)
    assert await post.fetch("SELECT due_at FROM mails") == NOW + timedelta(minutes=1)
    mail_server.on.clear()
    before = len(mail_server.taken)
    post.later(minutes=1)
    mailer.look()
    await post.empty()
    assert len(mail_server.taken) == before + 1
    assert await post.state(message) == (MailState.SENT, False)


@pytest.mark.parametrize(
    "greeting", [HANG, DROP, "554 go away", "SSH-2.0-OpenSSH_9.2", "421 busy", "220-no\r\n220-end"]
)
async def test_a_server_that_does_not_come_to_talk_is_away_and_blames_no_mail(
    post: Post, mail_server: MailServer, greeting: str
) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    mail_server.on["GREETING"] = greeting
    post.mailer(wait=RUDE_SECONDS)
    await until(lambda: post.fetch("SELECT failing_since IS NOT NULL FROM mails"), "it fails")
    assert await post.fetch("SELECT attempts FROM mails") == 0
    assert await post.state(message) == (MailState.WAITING, True)
    mail_server.on.clear()
    await post.empty()
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("RCPT", "550 5.1.1 no such user"),
        ("RCPT", "553 5.1.3 what an address"),
        ("MAIL", "552 5.3.4 too large"),
        ("BODY", "554 5.6.0 we do not like it"),
        ("BODY", "552 5.2.2 too large"),
    ],
)
async def test_a_mail_that_is_refused_for_good_is_given_up_at_once(
    post: Post, mail_server: MailServer, step: str, answer: str
) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    mail_server.on[step] = answer
    post.mailer()
    await post.empty()
    assert await post.state(message) == (MailState.FAILED, True)
    assert mail_server.taken == []


async def test_a_host_name_that_nobody_knows_is_a_server_that_is_away(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    await post.settings("a@example.net")
    message = await post.message()
    post.mailer(url="smtp://mail.invalid:2525")
    await until(lambda: post.fetch("SELECT last_error LIKE '%Name or service%' FROM mails"), "it fails")
    assert await post.state(message) == (MailState.WAITING, True)


async def test_a_process_that_dies_after_the_server_took_a_mail_sends_it_again_under_the_same_id(
    post: Post, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No protocol can tell the two apart: the id lets the reader's mail program do it."""
    await post.settings("a@example.net")
    message = await post.message()

    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(post.queue, "accepted", dies)
        dying.setattr(post.queue, "release_all", dies)
        post.mailer()
        await until(lambda: mail_server.taken, "the server took it")
        await post.dies()
    assert await post.state(message) == (MailState.WAITING, True)
    mailer = post.mailer()
    mailer.look()
    await asyncio.sleep(0)
    assert (await post.queue.backlog()).waiting == 1  # it is still the dead one's, for half a minute
    await post.fetch("UPDATE mails SET claimed_until = claimed_until - interval '31 seconds' RETURNING 1")
    mailer.look()
    await post.empty()
    first, second = (taken.mail["Message-ID"] for taken in mail_server.taken)
    assert first == second
    assert await post.state(message) == (MailState.SENT, False)


async def test_a_mail_on_its_way_is_brought_to_its_end_when_the_process_stops(
    post: Post, mail_server: MailServer
) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    held = asyncio.Event()
    post.mailer(wait=5)

    def taken(_: str) -> str:
        held.set()
        return "250 taken"

    mail_server.on["BODY"] = taken
    async with asyncio.timeout(5):
        await held.wait()
    await post.dies()
    assert await post.state(message) == (MailState.SENT, False)
    assert await post.fetch("SELECT count(*) FROM mails") == 0


async def test_a_message_whose_sound_is_gone_is_told_and_kept(post: Post, mail_server: MailServer) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    (post.media / message.path).unlink()
    post.mailer()
    await post.empty()
    assert await post.state(message) == (MailState.FAILED, True)


async def test_a_mail_of_a_release_that_is_not_known_is_given_up_and_holds_nobody(
    post: Post, mail_server: MailServer
) -> None:
    async with transaction(post.pool) as connection:
        await queue(connection, PinChanged(account=LINE), ["a@example.net", "b@example.net"], NOW, line=LINE)
        await connection.execute(
            """UPDATE mails SET body = '{"kind": "from_the_future"}' WHERE address LIKE 'a%'"""
        )
    post.mailer()
    await post.empty()
    assert [taken.address for taken in mail_server.taken] == ["b@example.net"]
    assert (await post.queue.backlog()).given_up == 1


async def test_two_mailers_never_claim_the_same(post: Post) -> None:
    async with transaction(post.pool) as connection:
        await queue(
            connection, PinChanged(account=LINE), [f"{n}@example.net" for n in range(40)], NOW, line=LINE
        )
    until_then = NOW + timedelta(seconds=30)
    claimed = await asyncio.gather(*(post.queue.claim(f"p{n}", 5, NOW, NOW, until_then) for n in range(12)))
    ids = [mail.id for mails in claimed for mail in mails]
    assert len(ids) == len(set(ids)) == 40


async def test_a_server_that_stops_reading_in_the_middle_of_a_mail_keeps_no_connection_of_ours(
    mail_server: MailServer,
) -> None:
    mail_server.on["DATA"] = DEAF
    address = Address.of(f"smtp://127.0.0.1:{mail_server.port}", "us@example.net")
    outcome = await Conversation(address, 0.5).send("us@example.net", "a@example.net", b"x\r\n" * 5_000_000)
    assert isinstance(outcome, PutOff)
    await until(lambda: sockets_to(mail_server.port) == 0, "our end of the connection is gone")


def sockets_to(port: int) -> int:
    """Sockets of this machine that are connected to ``port`` (proc(5), net/tcp: hexadecimal)."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)
