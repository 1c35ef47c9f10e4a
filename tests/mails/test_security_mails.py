"""What an account is told about its own security, in the guide's words, to the address that must know (spec §10.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.store.box_access import AuditedNotices, StoredBoxAccess
from callcontrol.store.lines import Lines
from tests.fakes.mail_server import MailServer
from tests.mails.post import LINE, NOW, Post

BY = ChangedBy(LINE, Where.PHONE, NOW)
UNEXPECTED = "Si cela n'est pas attendu veuillez contacter votre prestataire de service."


@pytest.fixture
async def lines(post: Post, mail_server: MailServer) -> Lines:
    """With a security e-mail, whose own mail was read."""
    lines = Lines(post.pool)
    await lines.set_email(LINE, "old@example.net", BY)
    post.mailer()
    await post.empty()
    mail_server.taken.clear()
    return lines


async def text(post: Post, mail_server: MailServer, address: str) -> tuple[str, list[str]]:
    await post.empty()
    (mail,) = mail_server.to(address)
    body: Any = mail.get_body(("plain",))
    return mail["Subject"], body.get_content().strip().split("\r\n\r\n")


async def test_a_new_pin_is_mailed(post: Post, mail_server: MailServer, lines: Lines) -> None:
    await StoredBoxAccess(post.pool).set_pin(LINE, "731946", BY)
    assert await text(post, mail_server, "old@example.net") == (
        "Notification de changement de code PIN.",
        [f"Le code PIN de messagerie vocale, pour le compte: {LINE}, a été changé.", UNEXPECTED],
    )


async def test_a_new_password_is_mailed(post: Post, mail_server: MailServer, lines: Lines) -> None:
    await lines.set_portal_password(LINE, "a hash", BY)
    assert await text(post, mail_server, "old@example.net") == (
        "Notification de changement de mot de passe.",
        [f"Le mot de passe, pour le compte: {LINE}, a été changé.", UNEXPECTED],
    )


async def test_a_new_security_email_is_told_to_the_old_and_the_new_address(
    post: Post, mail_server: MailServer, lines: Lines
) -> None:
    await lines.set_email(LINE, "new@example.net", BY)
    for address in ("old@example.net", "new@example.net"):
        assert await text(post, mail_server, address) == (
            "Notification de changement d'email de sécurité",
            [f"L'Adresse Email de Sécurité, pour le compte: {LINE} a été changée.", UNEXPECTED],
        )
    assert len(mail_server.taken) == 2


async def test_a_locked_box_is_mailed_with_the_end_of_the_lock(
    post: Post, mail_server: MailServer, lines: Lines
) -> None:
    await AuditedNotices(post.pool).locked_out(LINE, NOW + timedelta(hours=1), BY)
    subject, paragraphs = await text(post, mail_server, "old@example.net")
    assert subject == "Notification de blocage de la messagerie vocale."
    assert "bloqué jusqu'au 27/11/2026 à 11:30" in paragraphs[0]


async def test_without_a_security_email_nothing_is_queued(post: Post) -> None:
    await Lines(post.pool).set_pin(LINE, "a hash", BY)
    assert (await post.queue.backlog()).waiting == 0
