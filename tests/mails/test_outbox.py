"""The outbox: what an owner has set is mailed, once, and the original goes only when every address has it (spec §5)."""

from __future__ import annotations

import struct
from datetime import timedelta
from functools import partial

from callcontrol.directory.contacts import Contact, ContactBook
from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.message import MailState, MessageKind
from tests.fakes.mail_server import MailServer
from tests.mails.post import LINE, NOW, SENDER, Post, until


async def test_a_message_goes_to_every_ticked_address_each_by_its_own_mail_with_the_sound(
    post: Post, mail_server: MailServer
) -> None:
    await post.settings("a@example.net", "b@example.net", keep_original=True)
    message = await post.message()
    post.mailer()
    await post.empty()
    assert sorted(taken.address for taken in mail_server.taken) == ["a@example.net", "b@example.net"]
    for taken in mail_server.taken:
        mail = taken.mail
        assert mail["To"] == taken.address
        assert mail["From"] == f"Service de Notification <{SENDER}>"
        assert mail["Subject"] == "Message vocal de Nathalie (0612345678)"
        assert mail["Auto-Submitted"] == "auto-generated"
        (sound,) = mail.iter_attachments()
        assert sound.get_filename() == "message-2026-11-27-103000.wav"
        assert sound.get_content_type() == "audio/wav"
        content = sound.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert struct.unpack_from("<HHI", content, 20) == (1, 1, 8000)
        assert struct.unpack_from("<H", content, 34) == (16,)
    assert len({taken.mail["Message-ID"] for taken in mail_server.taken}) == 2
    assert await post.state(message) == (MailState.SENT, True)


async def test_nobody_ticked_or_mail_off_is_no_mail_and_the_message_stays(post: Post) -> None:
    await post.settings(addresses=[{"address": "a@example.net", "voice": False, "fax": True}])
    first = await post.message()
    await post.settings("a@example.net", mail_enabled=False)
    second = await post.message()
    assert (await post.queue.backlog()).waiting == 0
    assert await post.state(first) == await post.state(second) == (None, True)


async def test_the_original_leaves_only_when_the_server_has_taken_it_for_every_address(
    post: Post, mail_server: MailServer
) -> None:
    mail_server.on["RCPT"] = lambda line: "451 4.7.1 later" if "slow@" in line else "250 ok"
    await post.settings("fast@example.net", "slow@example.net")
    message = await post.message()
    mailer = post.mailer()
    await until(lambda: len(mail_server.tried) == 2, "both were tried")
    await until(lambda: mail_server.to("fast@example.net"), "the fast one has it")
    assert await post.state(message) == (MailState.WAITING, True)
    del mail_server.on["RCPT"]
    post.later(minutes=1)
    mailer.look()
    await post.empty()
    assert await post.state(message) == (MailState.SENT, False)
    assert len(mail_server.taken) == 2


async def test_one_address_that_refuses_holds_no_other_and_the_message_stays_and_says_so(
    post: Post, mail_server: MailServer
) -> None:
    mail_server.on["RCPT"] = lambda line: "550 5.1.1 nobody here" if "gone@" in line else "250 ok"
    await post.settings("gone@example.net", "b@example.net")
    message = await post.message()
    post.mailer()
    await post.empty()
    assert [taken.address for taken in mail_server.taken] == ["b@example.net"]
    assert await post.state(message) == (MailState.FAILED, True)
    assert (await post.queue.backlog()).given_up == 1
    assert await post.fetch("SELECT lamp_after FROM messages") is None  # the lamp is lit at once


async def test_the_lamp_waits_a_quarter_of_an_hour_for_a_mail_in_place_of_the_original(post: Post) -> None:
    await post.settings("a@example.net")
    await post.message()
    assert await post.fetch("SELECT lamp_after FROM messages") == NOW + timedelta(minutes=15)


async def test_a_delivery_that_is_repeated_mails_nothing_again(post: Post) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    await post.boxes.deliver(message)
    assert (await post.queue.backlog()).waiting == 1


async def test_a_message_that_is_erased_takes_its_mails_with_it(post: Post) -> None:
    await post.settings("a@example.net")
    message = await post.message()
    await post.boxes.delete(LINE, message.id, NOW)
    await post.boxes.purge(LINE, message.id)
    assert (await post.queue.backlog()).waiting == 0


async def test_by_hand_a_message_goes_to_any_address_and_stays(post: Post, mail_server: MailServer) -> None:
    message = await post.message()
    await post.boxes.send(LINE, message.id, "friend@example.org")
    post.mailer()
    await post.empty()
    (mail,) = mail_server.to("friend@example.org")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "/m/" not in body.get_content()
    assert await post.state(message) == (MailState.SENT, True)


async def test_retries_come_after_1_5_15_and_60_minutes_then_hourly_and_end_after_a_day(
    post: Post, mail_server: MailServer
) -> None:
    mail_server.on["RCPT"] = "452 4.2.2 mailbox full"
    await post.settings("full@example.net")
    message = await post.message()
    mailer = post.mailer()
    pauses = [1, 5, 15, 60] + [60] * 30
    for tries, pause in enumerate(pauses, 1):
        await until(partial(_tried, post, tries), f"tried {tries} times")
        if (await post.queue.backlog()).waiting == 0:
            break
        due = await post.fetch("SELECT due_at FROM mails")
        assert due - post.clock.now() == timedelta(minutes=pause)
        post.later(minutes=pause)
        mailer.look()
    assert post.clock.now() - NOW >= timedelta(hours=24)
    assert post.clock.now() - NOW <= timedelta(hours=25)
    assert await post.state(message) == (MailState.FAILED, True)
    assert len(mail_server.tried) == tries


async def _tried(post: Post, tries: int) -> bool:
    return bool(await post.fetch("SELECT attempts = $1 AND claimed_by IS NULL FROM mails", tries))


async def test_a_caller_has_the_name_that_the_owner_gave_it(post: Post, mail_server: MailServer) -> None:
    aunt = Contact("c1", first_name="Tante", last_name="Odile", numbers=("+33612345678",))
    post.directory.put_contacts(LINE, ContactBook([aunt]))
    await post.settings("a@example.net")
    await post.message()
    await post.message(sender=Peer(Presentation.ANONYMOUS))
    post.mailer()
    await post.empty()
    subjects = {taken.mail["Subject"] for taken in mail_server.taken}
    assert subjects == {"Message vocal de Tante Odile (0612345678)", "Message vocal d'un appelant anonyme"}


async def test_a_fax_goes_as_a_pdf_to_whom_faxes_are_ticked(post: Post, mail_server: MailServer) -> None:
    await post.settings(
        addresses=[
            {"address": "voice@example.net", "voice": True, "fax": False},
            {"address": "fax@example.net", "voice": False, "fax": True},
        ]
    )
    (post.media / "fax.pdf").write_bytes(b"%PDF-1.7 a page")
    fax = await post.message(kind=MessageKind.FAX, path="fax.pdf", duration=None, pages=2)
    post.mailer()
    await post.empty()
    (mail,) = mail_server.to("fax@example.net")
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (
        "fax-2026-11-27-103000.pdf",
        "application/pdf",
    )
    assert attached.get_payload(decode=True) == b"%PDF-1.7 a page"
    assert [taken.address for taken in mail_server.taken] == ["fax@example.net"]
    assert await post.state(fax) == (MailState.SENT, False)


async def test_a_name_that_no_database_keeps_is_mailed_without_what_is_wrong_in_it(
    post: Post, mail_server: MailServer
) -> None:
    await post.settings("a@example.net")
    await post.message(sender=Peer(Presentation.SHOWN, "+33612345678", "E\0ve \udcff"))
    post.mailer()
    await post.empty()
    assert [taken.mail["Subject"] for taken in mail_server.taken] == ["Message vocal de E ve (0612345678)"]


async def test_trouble_with_its_mails_keeps_no_message_out_of_the_box(post: Post) -> None:
    await post.settings("a@example.net")
    await post.fetch("ALTER TABLE mails RENAME COLUMN body TO another")
    message = await post.message()
    assert await post.state(message) == (MailState.FAILED, True)


async def test_what_was_given_up_is_forgotten_after_a_while_and_the_message_still_says_so(
    post: Post, mail_server: MailServer
) -> None:
    mail_server.on["RCPT"] = "550 5.1.1 nobody here"
    await post.settings("gone@example.net")
    message = await post.message()
    post.mailer()
    await post.empty()
    assert await post.queue.purge(NOW) == 0
    assert await post.queue.purge(NOW + timedelta(seconds=1)) == 1
    assert (await post.queue.backlog()).given_up == 0
    assert await post.state(message) == (MailState.FAILED, True)
