"""A message left in a real call arrives by mail with its sound, and its original goes when the mail has arrived (spec
§5): real calls, database, mail server and web."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import numpy as np
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from callcontrol.message import MailState
from tests.e2e.inbox import mails_to, text_of
from tests.e2e.office import PORTAL_PASSWORD, Desk, Office, eventually
from tests.e2e.people import outside_call
from tests.e2e.test_mailbox_sound import beep_heard, compared
from tests.e2e.web import logged_in
from tests.wav_files import speech, wav
from tests.web.portal.portal import FLAGS, log_in

CALLER = "0145720{:03d}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mailed(office: Office) -> AsyncIterator[Office]:
    """A company whose lines may log in and say where their messages go."""
    opened = await Office.open(office.stack, 5, company="Courrier", prefix="02247", portals=5)
    yield opened
    await opened.close()


async def speak(office: Office, desk: Desk, caller: str, file: Path, seconds: float) -> None:
    """Somebody calls and leaves what is in ``file``."""
    async with office.trunk(beside=True) as world:
        call = await outside_call(world, desk.number, caller)
        await beep_heard(call)
        call.play_file(file)
        await asyncio.sleep(seconds)
        await call.hang_up()


async def test_what_a_caller_says_is_what_the_mail_plays_and_a_link_in_it_marks_it_read(
    mailed: Office, tmp_path: Path
) -> None:
    (bob,) = mailed.desks(1)
    target = {"address": "bob@example.net", "voice": True, "fax": False}
    wanted = {"mail_enabled": True, "addresses": [target], "keep_original": True, "action_links": True}
    async with logged_in(mailed, bob) as web:
        await web.patch("me/message-settings", wanted)
    narrow = speech(5, 0.25, seed=7).reshape(-1, 2).mean(axis=1)  # what a telephone carries: 8 kHz
    (tmp_path / "spoken.wav").write_bytes(wav(narrow, rate=8000))
    await speak(mailed, bob, CALLER.format(1), tmp_path / "spoken.wav", 5.3)

    (mail,) = await mails_to(mailed, "bob@example.net")
    assert mail["Subject"] == f"Message vocal de {CALLER.format(1)}"
    (attached,) = mail.iter_attachments()
    raw = attached.get_payload(decode=True)
    assert isinstance(raw, bytes)
    heard = np.frombuffer(raw[44:], dtype="<i2").astype(float) / 32768
    correlation, level, missing = compared(narrow, heard)
    print(f"correlation {correlation:.4f}, level {level:+.2f} dB, missing {missing * 1000:.0f} ms")
    assert correlation >= 0.95
    assert abs(level) <= 1
    assert missing <= 0.02

    links = re.findall(r"http://\S+/m/\S+", text_of(mail))
    assert len(links) == 3
    async with aiohttp.ClientSession() as browser:
        for link in links:  # a scanner looks at all of them
            async with browser.get(link) as answer:
                assert answer.status == 200
        (message,) = await mailed.messages(bob)
        assert message.new
        assert message.mail is MailState.SENT
        async with browser.post(links[1]) as answer:
            assert "Le message est marqué comme lu." in await answer.text()
    (message,) = await mailed.messages(bob)
    assert not message.new
    await mailed.nothing_left()


async def test_while_the_mail_server_is_away_the_original_stays_and_then_it_goes_with_the_mail(
    mailed: Office, tmp_path: Path
) -> None:
    (bob,) = mailed.desks(1)
    target = {"address": "away@example.net", "voice": True, "fax": True}
    async with logged_in(mailed, bob) as web:
        await web.patch("me/message-settings", {"mail_enabled": True, "addresses": [target]})
    (tmp_path / "spoken.wav").write_bytes(wav(speech(3, 0.25).reshape(-1, 2).mean(axis=1), rate=8000))
    await mailed.stack.mail.stop()
    try:
        await speak(mailed, bob, CALLER.format(2), tmp_path / "spoken.wav", 3.2)
        (message,) = await mailed.messages(bob)
        assert message.mail is MailState.WAITING
        await eventually(lambda: waiting(mailed), "the outbox tells that it waits")
    finally:
        await mailed.stack.mail.start()
    (_,) = await mails_to(mailed, "away@example.net")

    async def gone() -> bool | None:
        return (await mailed.mailboxes.count(bob.number)).voice_new == 0 or None

    await eventually(gone, "the original has left the box")
    kept = await mailed.mailboxes.get(bob.number, message.id)
    assert kept.deleted_at is not None  # it can still be restored
    await mailed.nothing_left()


async def test_what_the_page_says_of_mail_is_obeyed_by_the_next_message(
    mailed: Office, tmp_path: Path
) -> None:
    (bob,) = mailed.desks(1)
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is missing: make test-packages"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(base_url=mailed.stack.web_url, locale="fr-FR")
        await page.goto("/message-settings")
        await log_in(page, bob.number, PORTAL_PASSWORD)
        await page.get_by_label("Renvoyer les messages vocaux et fax par e-mail").check()
        await page.get_by_role("button", name="Ajouter une adresse e-mail").click()
        await page.get_by_role("dialog").get_by_label("Adresse e-mail").fill("page@example.net")
        await page.get_by_role("dialog").get_by_role("button", name="Ajouter").click()
        await page.get_by_role("dialog").wait_for(state="detached")
        await page.get_by_role("button", name="Appliquer").click()
        await expect(page.locator("#told")).to_contain_text("Enregistré", timeout=5000)
        await browser.close()
    (tmp_path / "spoken.wav").write_bytes(wav(speech(3, 0.25).reshape(-1, 2).mean(axis=1), rate=8000))
    await speak(mailed, bob, CALLER.format(3), tmp_path / "spoken.wav", 2.6)
    (mail,) = await mails_to(mailed, "page@example.net")
    assert mail["Subject"] == f"Message vocal de {CALLER.format(3)}"
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["audio/wav"]
    await mailed.nothing_left()


async def waiting(office: Office) -> bool | None:
    return (await office.metric("callcontrol_mails_waiting")) == 1 or None
