"""The links in mails: scanners change nothing, a button does one thing once, each refusal is one clear sentence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.mails.links import VALID_FOR, ActionLink, LinkAction, LinkSigner
from callcontrol.mails.mail import PinChanged
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.health import REASONS
from callcontrol.store.mails import MailQueue
from tests.web.world import CAMILLE, NOW, World, leave

ACTIONS = list(LinkAction)


def path(
    message: str, action: LinkAction = LinkAction.DELETE, *, age: timedelta = timedelta(), key: str = ""
) -> str:
    signer = LinkSigner(key or "a secret of the tests")
    return f"/m/{signer.token(ActionLink(action, message, NOW + VALID_FOR - age))}"


async def state(world: World) -> list[tuple[str, bool, bool]]:
    found = [
        *await world.repositories.messages.all(CAMILLE, None),
        *await world.repositories.messages.all(CAMILLE, None, deleted=True),
    ]
    return [(message.id, message.new, message.deleted_at is not None) for message in found]


async def left(world: World) -> tuple[str, str]:
    """Two new messages."""
    await leave(world, "m1")
    await leave(world, "m2")
    return "m1", "m2"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_whoever_only_looks_changes_nothing(world: World, action: LinkAction, method: str) -> None:
    first, _ = await left(world)
    before = await state(world)
    answer = await world.client.request(method, path(first, action))
    assert answer.status == 200
    assert await state(world) == before
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script" not in answer.headers["Content-Security-Policy"]
    if method == "GET":
        text = await answer.text()
        assert text.count("<button") == text.count('<form method="post"') == 1
        assert "<script" not in text


async def test_the_button_deletes_and_a_second_press_changes_nothing(world: World) -> None:
    first, second = await left(world)
    for _ in range(2):
        answer = await world.client.post(path(first))
        assert (answer.status, "Le message est supprimé." in await answer.text()) == (200, True)
        assert await state(world) == [(second, True, False), (first, True, True)]


async def test_the_button_marks_one_message_read_or_all_of_them(world: World) -> None:
    first, second = await left(world)
    await world.client.post(path(first, LinkAction.READ))
    assert await state(world) == [(first, False, False), (second, True, False)]
    await world.client.post(path(first, LinkAction.READ_ALL))
    assert await state(world) == [(first, False, False), (second, False, False)]


async def test_a_link_ends_after_thirty_days_and_says_so_in_the_readers_language(world: World) -> None:
    first, _ = await left(world)
    before = await state(world)
    for language, sentence in (("fr", "Ce lien a expiré"), ("en", "This link has expired")):
        for method in ("GET", "POST"):
            answer = await world.client.request(
                method, path(first, age=VALID_FOR), headers={"Accept-Language": language}
            )
            assert answer.status == 410
            assert sentence in await answer.text()
    assert await state(world) == before


async def test_what_we_did_not_sign_does_nothing(world: World) -> None:
    first, _ = await left(world)
    before, good = await state(world), path(first, LinkAction.READ)
    content, signature = good.removeprefix("/m/").split(".")
    other = path(first, LinkAction.DELETE).removeprefix("/m/").split(".")[0]
    forged = [
        path(first, key="another system's secret"),
        f"/m/{content}.", f"/m/{content}", f"/m/.{signature}", f"/m/{other}.{signature}",
        f"/m/{content[:-1]}.{signature}", f"/m/{content}.{signature[:-1]}", f"/m/{content}.{signature}A",
        "/m/x", "/m/%00", "/m/%C3%A9.%C3%A9", f"/m/{'a' * 5000}.b", "/m/..%2F..%2Fetc",
    ]  # fmt: skip
    for link in forged:
        answer = await world.client.post(link)
        assert answer.status == 404, link
        assert "Ce lien n’est pas valable" in await answer.text() or "/m/.." in link
    assert await state(world) == before


async def test_a_message_that_is_gone_for_good_says_so(world: World) -> None:
    first, second = await left(world)
    await world.client.post(path(first))
    await world.repositories.messages.purge(CAMILLE)
    answer = await world.client.post(path(first))
    assert (answer.status, "Ce message n’existe plus." in await answer.text()) == (410, True)
    assert await state(world) == [(second, True, False)]


async def test_a_token_is_in_no_log_and_tells_no_number() -> None:
    token = path("019ab5c4-0000-7000-8000-000000000003")
    assert not re.search(r"0222969569", token)


async def test_a_callers_name_is_text_on_the_page(world: World) -> None:
    sender = Peer(Presentation.SHOWN, "+33612345678", '<img src=x onerror="alert(1)">')
    nasty = Message("m1", CAMILLE, MessageKind.VOICE, sender, NOW, "voice/m1.wav", 2.5)
    await world.repositories.messages.deliver(nasty)
    text = await (await world.client.get(path("m1"))).text()
    assert "<img" not in text
    assert "&lt;img" in text


async def test_a_stuck_outbox_is_told_and_takes_nothing_else_down(world: World) -> None:
    queue = MailQueue(world.pool)
    for minutes in (5, 16):
        await queue.queue(
            PinChanged(account=CAMILLE), ["a@example.net"], NOW - timedelta(minutes=minutes), line=CAMILLE
        )
        answer = await world.ask("GET", "/healthz", line=None)
        assert answer.status == 200
        assert answer.json["mail"] == {"status": "ok" if minutes == 5 else "down"}
    assert answer.json["status"] == "degraded"
    assert answer.json["reasons"] == [REASONS["mail"]]
    shown = (await world.ask("GET", "/metrics", line=None)).raw.decode()
    assert "callcontrol_mails_waiting 2.0" in shown
    assert "callcontrol_mails_oldest_seconds 960.0" in shown
    assert "callcontrol_mails_given_up 0.0" in shown
