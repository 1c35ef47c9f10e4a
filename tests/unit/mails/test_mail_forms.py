"""A mail's form: whatever stands in a name stays text, and the same mail is the same message each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.facts import Licence, Presentation
from callcontrol.history import Peer
from callcontrol.mailer.retries import next_try
from callcontrol.mailer.smtp import MailServer
from callcontrol.mails import form
from callcontrol.mails.for_message import Account, forwarded
from callcontrol.mails.links import ActionLink, LinkAction, LinkRefusal, LinkSigner
from callcontrol.mails.mail import from_json, to_json
from callcontrol.mails.text import Text, one_line
from callcontrol.mails.words import text_of
from callcontrol.message import Message, MessageKind
from callcontrol.settings.mailbox_documents import MailTarget, MessageSettings
from tests.unit.mails.test_mails_page import AT, Addresses

ENVELOPE = form.Envelope("notifications@example.net", "a@example.net", AT, "id@example.net")
ACCOUNT = Account("0222969569", "fr", "Europe/Paris", "FR", Licence.FULL)
BOTH = MessageSettings(
    mail_enabled=True,
    addresses=(
        MailTarget(address="voice@example.net", fax=False),
        MailTarget(address="fax@example.net", voice=False),
        MailTarget(address="both@example.net"),
    ),
    action_links=True,
)


def message(name: str | None = None, kind: MessageKind = MessageKind.VOICE) -> Message:
    sender = Peer(Presentation.SHOWN, "+33612345678", name)
    return Message("m1", ACCOUNT.number, kind, sender, AT, "p.wav", 12.0)


def parsed(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


def written(name: str, **more: object) -> EmailMessage:
    _, mail = forwarded(message(name), BOTH.model_copy(update=more), ACCOUNT)
    return parsed(form.message(text_of(mail, Addresses(), AT), ENVELOPE))


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: everybody@example.net",
        "Eve\nSubject: free money\n\n<script>alert(1)</script>",
        "\u2028Bcc: x@example.net\u2029\x85\x00\x1b[31m",
        "=?utf-8?q?Bcc=3A?= x@example.net\udcff",
        "n" * 560,
        "\u202e" + "Ω" * 560,
        '"><img src=x onerror=alert(1)>',
        "{account}%s%(x)s",
    ],
)
def test_a_callers_name_never_becomes_a_header_or_a_tag(name: str) -> None:
    mail = written(name)
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert str(mail["Subject"]).startswith("Message vocal de ")
    assert str(mail["Subject"]).endswith("(0612345678)")
    assert len(str(mail["Subject"])) <= form.LONGEST_SUBJECT
    body = mail.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert "<script" not in html
    assert "<img" not in html


@given(st.text(max_size=600))
def test_any_name_makes_a_mail_whose_lines_every_server_takes(name: str) -> None:
    _, mail = forwarded(message(name), BOTH, ACCOUNT)
    raw = form.message(text_of(mail, Addresses(), AT), ENVELOPE)
    assert raw.isascii()
    assert b"\r\n" in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))  # RFC 5322 §2.1.1
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert parsed(raw)["Message-ID"] == "<id@example.net>"


@given(st.text(max_size=300))
def test_one_line_is_one_line(text: str) -> None:
    found = one_line(text, 100)
    assert len(found.splitlines()) <= 1
    assert len(found) <= 100


def test_an_address_of_other_letters_is_written_as_it_is() -> None:
    text = Text("fr", "Objet", ("Texte",))
    envelope = form.Envelope("notifications@example.net", "hélène@example.net", AT, "id@example.net")
    assert "hélène@example.net".encode() in form.message(text, envelope)


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        (MessageKind.VOICE, ["voice@example.net", "both@example.net"]),
        (MessageKind.FAX, ["fax@example.net", "both@example.net"]),
    ],
)
def test_ticks_are_per_address_and_kind(kind: MessageKind, addresses: list[str]) -> None:
    assert forwarded(message(kind=kind), BOTH, ACCOUNT)[0] == addresses
    off = BOTH.model_copy(update={"mail_enabled": False})
    assert forwarded(message(kind=kind), off, ACCOUNT)[0] == []


@pytest.mark.parametrize(
    ("licence", "kept", "links"),
    [(Licence.FULL, True, 4), (Licence.FULL, False, 1), (Licence.SIMPLE, True, 0), (None, True, 4)],
)
def test_which_links_a_mail_has(licence: Licence | None, kept: bool, links: int) -> None:
    account = Account("0222969569", "fr", "Europe/Paris", "FR", licence)
    _, mail = forwarded(message(), BOTH.model_copy(update={"keep_original": kept}), account)
    assert len(text_of(mail, Addresses(), AT).links) == links


def test_a_mail_survives_the_database() -> None:
    _, mail = forwarded(message("Zoé"), BOTH, ACCOUNT)
    assert from_json(to_json(mail)) == mail
    assert from_json({**to_json(mail), "of_a_newer_release": 1}) == mail
    with pytest.raises(ValueError, match="union_tag"):
        from_json({"kind": "of_a_newer_release"})


def test_a_withheld_number_is_nowhere() -> None:
    anonymous = Message(
        "m1", ACCOUNT.number, MessageKind.VOICE, Peer(Presentation.ANONYMOUS, None, "Eve"), AT, "p.wav", 12.0
    )
    _, mail = forwarded(anonymous, BOTH, ACCOUNT)
    text = text_of(mail, Addresses(), AT)
    assert "Eve" not in form.plain(text) + text.subject
    assert text.subject == "Message vocal d'un appelant anonyme"


def test_a_link_is_read_only_by_who_signed_it_and_until_it_ends() -> None:
    link = ActionLink(LinkAction.READ, "a message with spaces", AT.replace(microsecond=0))
    signer = LinkSigner("a secret of the tests")
    token = signer.token(link)
    assert signer.read(token, AT - timedelta(seconds=1)) == link
    assert signer.read(token, AT) is LinkRefusal.EXPIRED
    assert LinkSigner("another secret of the tests").read(token, AT) is LinkRefusal.NOT_OURS
    with pytest.raises(ValueError, match="secret"):
        LinkSigner("")


@given(st.text(max_size=500))
def test_any_text_is_no_link(token: str) -> None:
    found = LinkSigner("a secret of the tests").read(token, datetime(2026, 1, 1, tzinfo=UTC))
    assert found is LinkRefusal.NOT_OURS


def test_a_mail_is_tried_for_a_day_and_not_longer() -> None:
    now = since = AT
    tries = 0
    while (due := next_try(tries, since if tries else None, now)) is not None:
        now, tries = due, tries + 1
    assert (now - since, tries) == (timedelta(minutes=81 + 23 * 60), 27)


@pytest.mark.parametrize(
    ("url", "port", "user", "starttls", "checked"),
    [
        ("smtp://127.0.0.1:1025", 1025, None, None, False),
        ("smtp://mail.example.net", 25, None, None, False),
        ("smtp://us:p%40ss@mail.example.net", 587, "us", True, True),
        ("smtp://us:p%40ss@localhost", 587, "us", None, False),
        ("smtps://mail.example.net", 465, None, False, True),
        ("smtps://us:p%40ss@mail.example.net:1465", 1465, "us", False, True),
    ],
)
def test_a_password_goes_over_a_certified_way_alone(
    url: str, port: int, user: str | None, starttls: bool | None, checked: bool
) -> None:
    server = MailServer.of(url, "us@example.net")
    assert (server.port, server.user, server.helo) == (port, user, "example.net")
    assert server.password == ("p@ss" if user else None)
    client = server.client()
    assert (client._start_tls_on_connect, client.validate_certs) == (starttls, checked)
