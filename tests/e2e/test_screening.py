"""Who is let through: anonymous callers, the reject list, do not disturb, priority callers (spec §3)."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Direction
from rig import Trunk
from rig.message import Header
from tests.e2e.office import Desk, Office
from tests.e2e.people import (
    announced,
    announced_to_the_end,
    greeted,
    leave_message,
    outside_call,
    register,
    silent,
    take,
)

CALLER = "0145670001"
"""Who calls in most of these tests."""
SECRET = "0145674321"
"""The number that is withheld; nobody calls from it openly."""
_ASSERTED: Header = ("P-Asserted-Identity", f"<sip:+33{SECRET[1:]}@outside.example>")
_ID: Header = ("Privacy", "id")
ANONYMOUS: dict[str, tuple[str, list[Header]]] = {
    "asserted, with Privacy": ("sip:anonymous@anonymous.invalid", [_ASSERTED, _ID]),
    "asserted, From as well, with Privacy": (f"sip:{SECRET}@outside.example", [_ASSERTED, _ID]),
    "From anonymous.invalid alone": ("sip:anonymous@anonymous.invalid", []),
    "From with Privacy, nothing asserted": (f"sip:{SECRET}@outside.example", [_ID]),
    "From with Privacy: user": (f"sip:{SECRET}@outside.example", [("Privacy", "user;critical")]),
}
UNAVAILABLE = ["sip:outside.example", "sip:unavailable@unknown.invalid"]


async def _refused(office: Office, bob: Desk, world: Trunk, from_uri: str, headers: list[Header]) -> None:
    async with office.phone(bob) as b:
        await b.register()
        await announced(await world.invite(bob.number, from_uri=from_uri, headers=headers))
        await silent(b)
    (record,) = await office.records(bob)
    assert (record.direction, record.rule.rule) == (Direction.REJECTED, "refuse.anonymous")
    assert (record.peer.presentation, record.peer.number) == (Presentation.ANONYMOUS, None)
    await office.messages(bob, 0)


@pytest.mark.parametrize("form", ANONYMOUS)
async def test_an_anonymous_caller_is_refused_with_words_and_never_reaches_voicemail(
    office: Office, form: str
) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"reject_anonymous": True})
    async with office.trunk() as world:
        await _refused(office, bob, world, *ANONYMOUS[form])


async def test_a_refused_caller_hears_the_announcement_to_its_end_and_gets_603(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"reject_anonymous": True, "incoming": "voicemail"})
    async with office.trunk() as world:
        call = await world.invite(bob.number, from_uri="sip:anonymous@anonymous.invalid")
        assert await announced_to_the_end(call) == 603
    await office.nothing_left()


@pytest.mark.parametrize("from_uri", UNAVAILABLE)
async def test_a_caller_without_a_number_is_not_anonymous_and_rings(office: Office, from_uri: str) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"reject_anonymous": True})
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(bob.number, from_uri=from_uri)
        ring = await take(b)
        await call.ringing()
        assert ring.caller.uri.host != "anonymous.invalid"
        await call.cancel()
    (record,) = await office.records(bob)
    assert (record.peer.presentation, record.peer.number) == (Presentation.UNAVAILABLE, None)


async def test_a_caller_whose_network_says_that_nothing_is_to_be_hidden_rings(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"reject_anonymous": True})
    headers = [("P-Asserted-Identity", "<tel:+33145670009>"), ("Privacy", "none")]
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, bob.number, CALLER, headers=headers)
        assert (await take(b)).caller.uri.user == "0145670009"  # what a trusted network asserts is believed
        await call.cancel()
    (record,) = await office.records(bob)
    assert record.peer.number == "+33145670009"


async def test_a_colleague_who_hides_is_refused_as_anonymous(office: Office) -> None:
    alice, bob = office.desks(2)
    await office.set_all(
        {alice: {"call-settings": {"hide_number": True}}, bob: {"call-manager": {"reject_anonymous": True}}}
    )
    async with office.phone(alice) as a, office.phone(bob) as b:
        await register(a, b)
        await announced(await a.invite(bob.extension))
        await silent(b)
    (record,) = await office.records(bob)
    assert (record.direction, record.rule.rule) == (Direction.REJECTED, "refuse.anonymous")
    assert (record.peer.presentation, record.peer.number) == (Presentation.ANONYMOUS, None)


@pytest.mark.parametrize("form", ANONYMOUS)
async def test_the_number_of_a_withheld_caller_is_kept_nowhere(office: Office, form: str) -> None:
    from_uri, headers = ANONYMOUS[form]
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(bob.number, from_uri=from_uri, headers=headers)
        ring = await take(b)
        await call.ringing()
        assert SECRET[1:] not in str(ring.request)
        assert _files_with(office.stack.runtime_dir, SECRET[1:]) == []
        await call.cancel()
    await office.records(bob)
    assert _files_with(office.stack.runtime_dir, SECRET[1:]) == []
    assert await _rows_with(office, SECRET[1:]) == []


async def test_of_a_colleague_who_hides_neither_number_nor_name_is_kept_with_the_message(
    office: Office,
) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        await leave_message(await a.invite(f"*67{bob.extension}"))
    (message,) = await office.messages(bob)
    (record,) = await office.records(bob)
    for kept in (message.sender, record.peer):
        assert (kept.presentation, kept.number, kept.name) == (Presentation.ANONYMOUS, None, None)


async def test_the_reject_list_wins_over_an_unconditional_forward(office: Office) -> None:
    bob, zoe = office.desks(2)
    reject = {"enabled": True, "callers": {"numbers": [CALLER]}}
    forward = {"incoming": "forward", "unconditional": {"number": zoe.extension}}
    await office.set(bob, "call-manager", {**forward, "selective_reject": reject})
    async with office.trunk() as world, office.phone(zoe) as z:
        await z.register()
        await announced(await outside_call(world, bob.number, CALLER))
        await silent(z)
        call = await outside_call(world, bob.number, "0145670002")  # not on the list: forwarded
        await take(z)
        await call.cancel()
    other, refused = await office.records(bob, 2)
    assert (refused.direction, refused.rule.rule) == (Direction.REJECTED, "refuse.selective")
    assert other.rule.rule == "forward.unconditional"
    await office.messages(bob, 0)


async def test_a_list_may_hold_wildcards_contacts_nested_groups_and_extensions(office: Office) -> None:
    alice, bob, carol = office.desks(3)
    friend = await office.contact(bob, "Ami", "01 45 67 10 01")
    cousin = await office.contact(bob, "Cousine", "+33 1 45 67 10 02")
    inner = await office.contact_group(bob, "Dedans", contacts=[cousin])
    outer = await office.contact_group(bob, "Dehors", groups=[inner])
    callers = {
        "numbers": ["03 88*", "00441632960001"],
        "contacts": [friend],
        "contact_groups": [outer],
        "extensions": [alice.extension],
    }
    await office.set(bob, "call-manager", {"selective_reject": {"enabled": True, "callers": callers}})
    on_the_list = ["0388123456", "0033388999999", "+441632960001", "0145671001", "+33145671002"]
    not_on_it = ["0387123456", "+441632960002", "0145671003"]
    async with (
        office.trunk() as world,
        office.phone(alice) as a,
        office.phone(carol) as c,
        office.phone(bob) as b,
    ):
        await register(a, b, c)
        calls = [await outside_call(world, bob.number, caller) for caller in on_the_list[:4]]
        await asyncio.gather(*(announced(call) for call in calls))
        calls = [await outside_call(world, bob.number, on_the_list[4]), await a.invite(bob.extension)]
        await asyncio.gather(*(announced(call) for call in calls))
        await silent(b)
        calls = [await outside_call(world, bob.number, caller) for caller in not_on_it]
        calls.append(await c.invite(bob.number))
        for _ in calls:
            await take(b)
        await asyncio.gather(*(call.cancel() for call in calls))
    records = await office.records(bob, 10)
    assert [record.direction for record in records[4:]] == [Direction.REJECTED] * 6
    assert [record.direction for record in records[:4]] == [Direction.MISSED] * 4


async def test_do_not_disturb_sends_to_voicemail_without_any_ring(office: Office) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", {"dnd": {"enabled": True}})
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        await greeted(await outside_call(world, bob.number, CALLER))
        await silent(b)
    (record,) = await office.records(bob)
    assert (record.direction, record.rule.rule) == (Direction.MISSED, "voicemail.dnd")


async def test_do_not_disturb_with_a_busy_forward_sends_there(office: Office) -> None:
    bob, zoe = office.desks(2)
    busy = {"forward_enabled": True, "number": zoe.extension}
    await office.set(bob, "call-manager", {"dnd": {"enabled": True}, "busy": busy})
    async with office.trunk() as world, office.phone(bob) as b, office.phone(zoe) as z:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(z)
        assert "reason=do-not-disturb" in (ring.header("Diversion") or "")
        await call.cancel()
        await silent(b)
    (record,) = await office.records(bob)
    assert record.rule.rule == "forward.dnd"


@pytest.mark.parametrize("switch", [True, False], ids=["on", "off"])
async def test_a_priority_caller_rings_through_do_not_disturb_when_that_is_on(
    office: Office, switch: bool
) -> None:
    (bob,) = office.desks(1)
    dnd: dict[str, Any] = {"enabled": True, "priority_enabled": switch, "priority": {"numbers": ["014567*"]}}
    await office.set(bob, "call-manager", {"dnd": dnd})
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, bob.number, CALLER)
        if switch:
            await take(b)
            await call.ringing()
            await call.cancel()
        else:
            await greeted(call)
            await silent(b)
        await greeted(await outside_call(world, bob.number, "0240000000"))  # anybody else
    first = (await office.records(bob, 2))[1]
    assert first.rule.rule == ("ring.priority" if switch else "voicemail.dnd")


async def test_a_distinctive_ring_is_asked_of_the_phone_for_callers_on_its_list_only(office: Office) -> None:
    alice, bob, carol = office.desks(3)
    ring = {"enabled": True, "callers": {"extensions": [alice.extension]}}
    await office.set(bob, "call-manager", {"distinctive_ring": ring})
    async with office.phone(alice) as a, office.phone(carol) as c, office.phone(bob) as b:
        await register(a, b, c)
        for caller, info in ((a, "<http://127.0.0.1>;info=Bellcore-dr2"), (c, None)):
            call = await caller.invite(bob.extension)
            assert (await take(b)).header("Alert-Info") == info
            await call.cancel()
    default, distinctive = await office.records(bob, 2)
    assert (distinctive.rule.rule, default.rule.rule) == ("ring.distinctive", "ring.default")


def _files_with(folder: Path, digits: str) -> list[str]:
    """Files of the app and of Asterisk in which ``digits`` stand; the database is asked by itself."""
    wanted = re.compile(rb"\D*".join(digit.encode() for digit in digits))
    files = [path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts]
    return [str(path) for path in files if digits in path.name or wanted.search(_content(path))]


def _content(path: Path) -> bytes:
    """Nothing of a file that went meanwhile, such as the journal of Asterisk's own database."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


async def _rows_with(office: Office, digits: str) -> list[str]:
    """Tables of the database with ``digits`` in any row."""
    tables = await office.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [
        name
        for (name,) in tables
        if await office.pool.fetchval(f'SELECT count(*) FROM "{name}" t WHERE t::text LIKE $1', f"%{digits}%")
    ]
