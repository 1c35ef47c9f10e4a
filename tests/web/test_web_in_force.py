"""Every writing route of the API: what it changed is in force when it has answered, for calls and for the next request.

The directory of these tests hears no notification and never looks by itself: what calls would go by is there at the
answer or never. A route that is not in the table below fails the first test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes.owners_word import OWNERS
from callcontrol.config import load as configuration
from callcontrol.directory.directory import Directory
from callcontrol.message import Message, MessageKind
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.api.route import Mounted
from callcontrol.portal_bridge.api.settings_examples import EXAMPLES, PATCHES
from callcontrol.portal_bridge.api.table import table
from callcontrol.portal_bridge.services import WebServices
from callcontrol.reminders.reminder import Reminder
from callcontrol.settings.model import DOCUMENTS
from callcontrol.settings.parse import to_raw
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener
from callcontrol.store.pool import Pool
from tests.wav_files import speech, wav
from tests.web.world import (
    ADMINISTRATOR,
    CAMILLE,
    NOW,
    PASSWORD,
    PAUL,
    Answer,
    FakeCalls,
    FakeCallSide,
    World,
    bell,
    clock,
    directory,
    fill,
    leave,
    start,
)

CONTACT = {"last_name": "Le Goff", "numbers": [{"number": "06 12 34 56 78"}]}
NUMBER = "+33612345678"


@dataclass
class Live:
    """The web with a directory that knows only what it is asked to read. ``administrator``: another line than
    Camille's changes what is Camille's."""

    world: World
    cache: DirectoryCache
    administrator: bool = False

    @property
    def directory(self) -> Directory:
        return self.cache.directory

    async def ask(self, method: str, path: str, json: object = None, *, status: int = 200) -> Answer:
        if self.administrator:
            answer = await self.world.ask(method, f"/api/v1/lines/{CAMILLE}/{path}", json, line=ADMINISTRATOR)
        else:
            answer = await self.world.ask(method, path, json)
        assert answer.status == status, answer.json
        return answer

    async def messages(self, *, deleted: bool = False) -> dict[str, Message]:
        page = await self.world.repositories.messages.page(CAMILLE, None, deleted=deleted)
        return {message.id: message for message in page.items}

    async def reminders(self) -> list[Reminder]:
        return await self.world.repositories.reminders.all(CAMILLE)

    async def saved(self) -> dict[str, str]:
        return {one.id: one.number for one in await self.world.repositories.forward_numbers.all(CAMILLE)}


@pytest.fixture
async def live(pool: Pool, web_database: str, tmp_path: Path) -> AsyncIterator[Live]:
    await fill(pool, directory())
    cache = DirectoryCache(web_database, DatabaseListener(web_database), check_seconds=3600)
    await cache.start()
    file = tmp_path / "callcontrol.yaml"
    file.write_text("{}", encoding="utf-8")
    config = replace(
        configuration.load(file, {}, make_secrets=False),
        media_dir=tmp_path / "media",
        clock=NOW,
        link_key="a secret of the tests",
    )
    config.media_dir.mkdir()
    call_side = FakeCallSide()
    services = WebServices(
        pool, lambda: cache.directory, call_side, cache, clock(), config, bell(cache.directory)
    )
    world = await start(pool, services, cache.directory, call_side)
    yield Live(world, cache)
    await world.client.close()
    await cache.stop()


def _document(method: str, document: str, sent: Mapping[str, object]) -> Callable[[Live], Awaitable[None]]:
    async def check(live: Live) -> None:
        owners = OWNERS.get(document, ()) if live.administrator else ()
        answer = await live.ask(method, document, {name: sent[name] for name in sent if name not in owners})
        obeyed = getattr(live.directory.settings(CAMILLE), document.replace("-", "_"))
        assert to_raw(obeyed) == answer.json
        assert live.directory.version(CAMILLE, document) == 1

    return check


async def _create_contact(live: Live) -> None:
    await live.ask("POST", "contacts", CONTACT, status=201)
    assert live.directory.contacts(CAMILLE).name_of(NUMBER) == "Le Goff"


async def _replace_contact(live: Live) -> None:
    made = (await live.ask("POST", "contacts", CONTACT, status=201)).json["id"]
    await live.ask("PUT", f"contacts/{made}", {**CONTACT, "last_name": "Autre"})
    assert live.directory.contacts(CAMILLE).name_of(NUMBER) == "Autre"


async def _delete_contact(live: Live) -> None:
    made = (await live.ask("POST", "contacts", CONTACT, status=201)).json["id"]
    await live.ask("DELETE", f"contacts/{made}", status=204)
    assert live.directory.contacts(CAMILLE).name_of(NUMBER) is None


async def _create_contact_group(live: Live) -> None:
    contact = (await live.ask("POST", "contacts", CONTACT, status=201)).json["id"]
    body = {"name": "Famille", "contacts": [contact]}
    group = (await live.ask("POST", "contact-groups", body, status=201)).json["id"]
    assert live.directory.contacts(CAMILLE).group_numbers(group) == {NUMBER}
    listed = {"selective_reject": {"enabled": True, "callers": {"contact_groups": [group]}}}
    await live.ask("PATCH", "call-manager", listed)


async def _replace_contact_group(live: Live) -> None:
    contact = (await live.ask("POST", "contacts", CONTACT, status=201)).json["id"]
    group = (await live.ask("POST", "contact-groups", {"name": "Famille"}, status=201)).json["id"]
    await live.ask("PUT", f"contact-groups/{group}", {"name": "Famille", "contacts": [contact]})
    assert live.directory.contacts(CAMILLE).group_numbers(group) == {NUMBER}


async def _delete_contact_group(live: Live) -> None:
    group = (await live.ask("POST", "contact-groups", {"name": "Famille"}, status=201)).json["id"]
    await live.ask("DELETE", f"contact-groups/{group}", status=204)
    assert group not in live.directory.contacts(CAMILLE).groups


async def _save_number(live: Live) -> str:
    body = {"number": "0612345678", "name": "Mobile"}
    made: str = (await live.ask("POST", "forward-numbers", body, status=201)).json["id"]
    return made


async def _create_forward_number(live: Live) -> None:
    made = await _save_number(live)
    assert await live.saved() == {made: "0612345678"}


async def _replace_forward_number(live: Live) -> None:
    made = await _save_number(live)
    await live.ask("PUT", f"forward-numbers/{made}", {"number": "0698765432", "name": "Mobile"})
    assert await live.saved() == {made: "0698765432"}


async def _delete_forward_number(live: Live) -> None:
    made = await _save_number(live)
    await live.ask("DELETE", f"forward-numbers/{made}", status=204)
    assert await live.saved() == {}


async def _change_message(live: Live) -> None:
    await leave(live.world, "m1")
    await live.ask("PATCH", "messages/m1", {"new": False, "urgent": True})
    message = (await live.messages())["m1"]
    assert (message.new, message.urgent) == (False, True)


async def _delete_message(live: Live) -> None:
    await leave(live.world, "m1")
    await live.ask("DELETE", "messages/m1", status=204)
    assert (list(await live.messages()), list(await live.messages(deleted=True))) == ([], ["m1"])


async def _restore_message(live: Live) -> None:
    await _delete_message(live)
    await live.ask("POST", "deleted/m1/restore")
    assert list(await live.messages()) == ["m1"]


async def _purge_message(live: Live) -> None:
    await _delete_message(live)
    await live.ask("DELETE", "deleted/m1", status=204)
    assert await live.messages(deleted=True) == {}
    assert not (live.world.media / "voice/m1.wav").exists()


async def _purge_messages(live: Live) -> None:
    await _delete_message(live)
    await live.ask("DELETE", "deleted", status=204)
    assert await live.messages(deleted=True) == {}


async def _delete_messages(live: Live) -> None:
    await leave(live.world, "m1")
    assert (await live.ask("POST", "messages/delete-all")).json == {"count": 1}
    assert await live.messages() == {}


async def _change_fax(live: Live) -> None:
    await leave(live.world, "f1", MessageKind.FAX)
    await live.ask("PATCH", "faxes/f1", {"new": False})
    assert (await live.messages())["f1"].new is False


async def _delete_fax(live: Live) -> None:
    await leave(live.world, "f1", MessageKind.FAX)
    await live.ask("DELETE", "faxes/f1", status=204)
    assert await live.messages() == {}


async def _delete_faxes(live: Live) -> None:
    await leave(live.world, "f1", MessageKind.FAX)
    assert (await live.ask("POST", "faxes/delete-all")).json == {"count": 1}
    assert await live.messages() == {}


async def _send_message(live: Live) -> None:
    body = {"recipients": ["4002", "4003"], "recording": await _upload(live, "message")}
    await live.ask("POST", "messages", body, status=201)
    assert len(await live.messages()) == 1


async def _reply_to_message(live: Live) -> None:
    await leave(live.world, "m1")
    await live.ask("POST", "messages/m1/reply", {"recording": await _upload(live, "message")}, status=201)
    assert await live.world.repositories.messages.held(PAUL) == 1


async def _forward_message(live: Live) -> None:
    await leave(live.world, "m1")
    await live.ask("POST", "messages/m1/forward", {"recipients": ["4003"]}, status=201)
    assert await live.world.repositories.messages.held(PAUL) == 1


async def _forward_fax(live: Live) -> None:
    await leave(live.world, "f1", MessageKind.FAX)
    await live.ask("POST", "faxes/f1/forward", {"recipients": ["4003"]}, status=201)
    assert await live.world.repositories.messages.held(PAUL) == 1


def _emailed(name: str, kind: MessageKind) -> Callable[[Live], Awaitable[None]]:
    async def check(live: Live) -> None:
        await leave(live.world, "m1", kind)
        await live.ask("POST", f"{name}/m1/email", {"address": "a@example.net"}, status=202)
        assert (await live.ask("GET", "messages/m1")).json["mail"] == "waiting"

    return check


async def _upload(live: Live, kind: str = "greeting") -> str:
    headers = {"Content-Type": "audio/wav"}
    answer = await live.world.ask("POST", f"recordings?kind={kind}", data=wav(speech(2)), headers=headers)
    assert answer.status == 201, answer.json
    made: str = answer.json["id"]
    return made


async def _create_recording(live: Live) -> None:
    made = await _upload(live)
    assert (live.world.media / f"voice/{CAMILLE}/{made}.wav16").exists()
    await live.ask("PATCH", "greetings", {"kinds": {"personal": {"recording": made}}})
    assert live.directory.settings(CAMILLE).greetings.kinds.personal.recording == made


async def _delete_recording(live: Live) -> None:
    made = await _upload(live)
    await live.ask("DELETE", f"recordings/{made}", status=204)
    await live.ask("PATCH", "greetings", {"kinds": {"personal": {"recording": made}}}, status=422)


REMINDER = {"description": "Pain", "recurrence": "once", "date": "2026-11-22", "time": "11:00"}


async def _create_reminder(live: Live) -> None:
    """What is due is asked of the database at that moment."""
    await _set_reminder(live)
    assert [each.description for each in await live.reminders()] == ["Pain"]


async def _replace_reminder(live: Live) -> None:
    made = await _set_reminder(live)
    await live.ask("PUT", f"reminders/{made}", {**REMINDER, "description": "Lait"})
    assert [each.description for each in await live.reminders()] == ["Lait"]


async def _patch_reminder(live: Live) -> None:
    made = await _set_reminder(live)
    await live.ask("PATCH", f"reminders/{made}", {"time": "12:00"})
    assert [each.rule.time.hour for each in await live.reminders()] == [12]


async def _delete_reminder(live: Live) -> None:
    made = await _set_reminder(live)
    await live.ask("DELETE", f"reminders/{made}", status=204)
    assert await live.reminders() == []


async def _delete_all_reminders(live: Live) -> None:
    await _set_reminder(live)
    await live.ask("DELETE", "reminders", status=204)
    assert await live.reminders() == []


async def _set_reminder(live: Live) -> str:
    made: str = (await live.ask("POST", "reminders", REMINDER, status=201)).json["id"]
    return made


async def _create_session(live: Live) -> None:
    bearer = {"Authorization": f"Bearer {await _password_set(live)}"}
    assert (await live.world.ask("GET", "call-settings", headers=bearer)).status == 200


async def _make_call(live: Live) -> None:
    """No setting: it is under way when the route has answered."""
    made = (await live.ask("POST", "calls", {"to": "4003"}, status=201)).json["id"]
    assert (await live.ask("GET", f"calls/{made}")).json["state"] == "ringing_from"


async def _end_call(live: Live) -> None:
    made = (await live.ask("POST", "calls", {"to": "4003"}, status=201)).json["id"]
    await live.ask("DELETE", f"calls/{made}", status=204)
    await live.ask("GET", f"calls/{made}", status=404)


async def _block_caller(live: Live) -> None:
    await live.ask("POST", "blocked-callers", {"number": "06 12 34 56 78"}, status=201)
    rejected = live.directory.settings(CAMILLE).call_manager.selective_reject
    assert (rejected.enabled, rejected.callers.numbers) == (True, ("06 12 34 56 78",))


async def _unblock_caller(live: Live) -> None:
    await _block_caller(live)
    await live.ask("DELETE", f"blocked-callers?number={NUMBER.replace('+', '%2B')}", status=204)
    assert live.directory.settings(CAMILLE).call_manager.selective_reject.callers.numbers == ()


async def _end_session(live: Live) -> None:
    bearer = {"Authorization": f"Bearer {await _password_set(live)}"}
    assert (await live.world.ask("DELETE", "/api/v1/sessions/current", headers=bearer)).status == 204
    assert (await live.world.ask("GET", "call-settings", headers=bearer)).status == 401


async def _password_set(live: Live) -> str:
    """A token of Camille's, got by her password."""
    by = ChangedBy(CAMILLE, Where.PROVISION, NOW)
    await live.world.repositories.lines.set_portal_password(CAMILLE, await hashed(PASSWORD), by)
    login = {"number": CAMILLE, "password": PASSWORD}
    answer = await live.world.ask("POST", "/api/v1/sessions", login, line=None)
    assert answer.status == 201
    token: str = answer.json["token"]
    return token


async def _change_password(live: Live) -> None:
    await _password_set(live)
    await live.ask("PUT", "account/password", {"current": PASSWORD, "new": "Heron&moulin-58"}, status=204)
    login = {"number": CAMILLE, "password": "Heron&moulin-58"}
    assert (await live.world.ask("POST", "/api/v1/sessions", login, line=None)).status == 201


async def _change_pin(live: Live) -> None:
    await _password_set(live)
    await live.ask("PUT", "account/pin", {"password": PASSWORD, "new": "846173"}, status=204)
    await live.ask("PUT", "account/pin", {"current": "846173", "new": "731946"}, status=204)


async def _change_email(live: Live) -> None:
    await live.ask("PUT", "account/security-email", {"address": "a@example.net"}, status=204)
    assert (await live.world.repositories.lines.secrets(CAMILLE)).email == "a@example.net"


async def _send_feedback(live: Live) -> None:
    """No setting: the mail waits to be sent when the route has answered."""
    company = live.directory.company("c")
    live.directory.put_company(replace(company, support_email="support@example.net"))
    await live.ask("POST", "feedback", {"text": "Bonjour"}, status=204)
    assert (await live.world.repositories.mails.backlog()).waiting == 1


async def _end_one_session(live: Live) -> None:
    bearer = {"Authorization": f"Bearer {await _password_set(live)}"}
    listed = (await live.world.ask("GET", "account/sessions", headers=bearer)).json["items"]
    (one,) = [each["id"] for each in listed if each["current"]]
    await live.ask("DELETE", f"account/sessions/{one}", status=204)
    assert (await live.world.ask("GET", "call-settings", headers=bearer)).status == 401


async def _set_clock(live: Live) -> None:
    answer = await live.world.ask("PUT", "/api/v1/dev/clock", {"now": "2030-01-01T00:00:00Z"}, line=None)
    assert answer.status == 200
    assert live.world.services.clock.now().year == 2030


CHECKS: dict[str, Callable[[Live], Awaitable[None]]] = {
    **{f"replace_{name.replace('-', '_')}": _document("PUT", name, EXAMPLES[name]) for name in DOCUMENTS},
    **{f"patch_{name.replace('-', '_')}": _document("PATCH", name, PATCHES[name]) for name in DOCUMENTS},
    "create_contact": _create_contact,
    "replace_contact": _replace_contact,
    "delete_contact": _delete_contact,
    "create_contact_group": _create_contact_group,
    "replace_contact_group": _replace_contact_group,
    "delete_contact_group": _delete_contact_group,
    "create_forward_number": _create_forward_number,
    "replace_forward_number": _replace_forward_number,
    "delete_forward_number": _delete_forward_number,
    "send_feedback": _send_feedback,
    "change_message": _change_message,
    "delete_message": _delete_message,
    "restore_message": _restore_message,
    "purge_message": _purge_message,
    "purge_all_messages": _purge_messages,
    "delete_all_messages": _delete_messages,
    "change_fax": _change_fax,
    "delete_fax": _delete_fax,
    "delete_all_faxes": _delete_faxes,
    "send_message": _send_message,
    "reply_to_message": _reply_to_message,
    "forward_message": _forward_message,
    "forward_fax": _forward_fax,
    "email_message": _emailed("messages", MessageKind.VOICE),
    "email_fax": _emailed("faxes", MessageKind.FAX),
    "create_recording": _create_recording,
    "delete_recording": _delete_recording,
    "create_reminder": _create_reminder,
    "replace_reminder": _replace_reminder,
    "patch_reminder": _patch_reminder,
    "delete_reminder": _delete_reminder,
    "delete_all_reminders": _delete_all_reminders,
    "create_session": _create_session,
    "end_session": _end_session,
    "change_password": _change_password,
    "change_pin": _change_pin,
    "change_security_email": _change_email,
    "end_one_session": _end_one_session,
    "make_call": _make_call,
    "end_call": _end_call,
    "block_caller": _block_caller,
    "unblock_caller": _unblock_caller,
    "set_clock": _set_clock,
}
"""For each operation that is no GET: do it, and look at once at what decides calls, or is read there."""

WRITING = [row for row in table(dev_clock=True) if row.route.method not in ("GET", "HEAD") and not row.hidden]


def test_every_writing_route_says_how_it_is_in_force() -> None:
    assert {row.route.operation for row in WRITING} == set(CHECKS)


@pytest.mark.parametrize("row", WRITING, ids=lambda row: row.operation)
async def test_what_a_route_changed_is_in_force_when_it_has_answered(live: Live, row: Mounted) -> None:
    live.administrator = row.as_administrator
    await CHECKS[row.route.operation](live)


async def test_what_is_kept_but_not_obeyed_yet_is_told_as_that(world: World) -> None:
    calls = world.services.in_force
    assert isinstance(calls, FakeCalls)
    calls.away = True
    for method, path, body in (
        ("PATCH", "call-settings", {"hide_number": True}),
        ("POST", "contacts", CONTACT),
        ("POST", "contact-groups", {"name": "Famille"}),
    ):
        answer = await world.ask(method, path, body)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json["type"].endswith("#problem-not-in-force")
        assert answer.json["title"].startswith("C’est enregistré")
    assert (await world.ask("GET", "call-settings")).json["hide_number"] is True
    assert len((await world.ask("GET", "contacts")).json["items"]) == 1
