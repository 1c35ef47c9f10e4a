"""Who the far end sees: caller id and name on a phone, hidden numbers on the wire (spec §2.4, §3)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rig import Phone, Trunk
from rig.incoming import IncomingCall
from rig.message import encode
from tests.e2e.office import Desk, Office
from tests.e2e.people import outside_call, register, take, talk
from tests.stack import Stack

CALLER = "0145710001"
MOBILE = "0660609001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def distrusted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system whose trunk is given no hidden number and takes no number that is not ours."""
    trunk = {"trusted": False, "foreign_caller_id": False}
    async with Stack.start(tmp_path_factory.mktemp("distrusted"), company=None, trunk=trunk) as stack:
        office = await Office.open(stack, 16, company="Méfiante", prefix="02227")
        yield office
        await office.close()


# --- on the phone ------------------------------------------------------------------------------------------


async def _shown(
    world: Trunk, b: Phone, bob: Desk, *, display: str | None = "Société Dupont"
) -> IncomingCall:
    """What Bob's phone is told of a call from outside."""
    call = await outside_call(world, bob.number, CALLER, display=display)
    ring = await take(b)
    await call.cancel()
    return ring


@pytest.mark.parametrize(
    ("switches", "contact", "number", "name"),
    [
        ({}, False, CALLER, "Société Dupont"),
        ({}, True, CALLER, "Jeanne"),
        ({"show_caller_name": False}, False, CALLER, None),
        ({"show_caller_name": False}, True, CALLER, "Jeanne"),
        ({"show_caller_number": False}, False, None, None),
        ({"show_caller_number": False}, True, None, "Jeanne"),
        ({"show_caller_number": False, "show_caller_name": False}, False, None, None),
    ],
    ids=[
        "both are shown",
        "a contact's name replaces the network's",
        "no name",
        "no name but a contact's",
        "no number",
        "no number but a contact's name",
        "neither",
    ],
)
async def test_the_phone_shows_what_the_switches_let_through(
    office: Office, switches: dict[str, bool], contact: bool, number: str | None, name: str | None
) -> None:
    (bob,) = office.desks(1)
    if contact:
        await office.contact(bob, "Jeanne", "+33 1 45 71 00 01")
    await office.set(bob, "call-settings", switches)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        ring = await _shown(world, b, bob)
    if number is None:
        assert ring.caller.uri.user == "anonymous"
        assert CALLER[1:].encode() not in encode(ring.request)
    else:
        assert ring.caller.uri.user == number
    assert ring.caller.display in ((name,) if name else (None, "Anonymous"))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("+33145710002", "0145710002"), ("0033145710002", "0145710002"), ("+441632960001", "+441632960001")],
)
async def test_a_number_is_shown_as_it_can_be_dialled_back(office: Office, sent: str, shown: str) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, bob.number, sent)
        assert (await take(b)).caller.uri.user == shown
        await call.cancel()


async def test_a_name_that_is_no_plain_text_arrives_as_one(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        ring = await _shown(world, b, bob, display='Zoé "d\'Août" ${SHELL(id)}, <sip:x@y>;\\')
    assert ring.caller.uri.user == CALLER
    assert (ring.caller.display or "").startswith("Zoé")
    assert "$" not in (ring.caller.display or "")


# --- hidden numbers ----------------------------------------------------------------------------------------


def _spellings(desk: Desk) -> tuple[bytes, ...]:
    """Parts of a number that no message may hold."""
    return desk.number[1:].encode(), desk.name.encode(), f"{desk.number[1:3]} {desk.number[3:5]}".encode()


def _all_in(phone: Phone | Trunk) -> bytes:
    """Everything that came to a phone."""
    return b"".join(encode(message) for message in phone.trace.messages("in"))


HIDING = {"by the setting": ({"hide_number": True}, ""), "by *67": ({}, "*67")}


@pytest.mark.parametrize("way", HIDING)
async def test_a_hidden_number_is_in_no_message_to_an_untrusted_trunk(distrusted: Office, way: str) -> None:
    settings, code = HIDING[way]
    (alice,) = distrusted.desks(1)
    await distrusted.set(alice, "call-settings", settings)
    async with distrusted.phone(alice) as a, distrusted.trunk() as world:
        await a.register()
        call = await a.invite(f"{code}{MOBILE}")
        out = await take(world, to=MOBILE)
        assert out.caller.uri.host == "anonymous.invalid"
        assert out.header("P-Asserted-Identity") is None
        await talk(call, out)
        await call.hold()
        await call.resume()
        await call.hang_up()
        await out.ended()
        heard = _all_in(world)
    for spelling in _spellings(alice):
        assert spelling not in heard
    (record,) = await distrusted.records(alice)
    assert record.rule.rule == "outgoing.outside_hidden"


@pytest.mark.parametrize("way", HIDING)
async def test_a_trusted_trunk_is_asserted_the_number_and_asked_to_hide_it(office: Office, way: str) -> None:
    settings, code = HIDING[way]
    (alice,) = office.desks(1)
    await office.set(alice, "call-settings", settings)
    async with office.phone(alice) as a, office.trunk() as world:
        await a.register()
        call = await a.invite(f"{code}{MOBILE}")
        out = await take(world, to=MOBILE)
        assert out.caller.uri.host == "anonymous.invalid"
        assert out.request.address("P-Asserted-Identity").user == alice.number
        assert out.headers("Privacy") == ["id"]
        others = [v for n, v in out.request.head if n.lower() not in ("p-asserted-identity",)]
        assert not [value for value in others if alice.number[1:] in value]
        await call.cancel()


@pytest.mark.parametrize("trunk", ["trusted", "untrusted"])
async def test_82_shows_the_number_for_one_call(office: Office, distrusted: Office, trunk: str) -> None:
    here = office if trunk == "trusted" else distrusted
    alice, bob = here.desks(2)
    await here.set(alice, "call-settings", {"hide_number": True})
    async with here.phone(alice) as a, here.phone(bob) as b, here.trunk() as world:
        await register(a, b)
        for target, phone in ((MOBILE, world), (bob.extension, b)):
            call = await a.invite(f"*82{target}")
            ring = await take(phone)
            assert ring.caller.uri.user == alice.number
            assert ring.header("Privacy") is None
            await call.cancel()
            call = await a.invite(target)  # the next one is hidden again
            ring = await take(phone)
            assert ring.caller.uri.host == "anonymous.invalid"
            await call.cancel()


@pytest.mark.parametrize("way", [*HIDING, "by the phone"])
async def test_to_a_colleague_a_hidden_number_is_anonymous_in_every_message(office: Office, way: str) -> None:
    settings, code = HIDING.get(way, ({}, ""))
    alice, bob = office.desks(2)
    await office.set(alice, "call-settings", settings)
    async with office.phone(alice) as a, office.phone(bob) as b:
        await register(a, b)
        headers = [("Privacy", "id")] if way == "by the phone" else []
        call = await a.invite(f"{code}{bob.extension}", headers=headers)
        ring = await take(b)
        assert ring.caller.uri.host == "anonymous.invalid"
        await talk(call, ring)
        await call.hold()
        await call.resume()
        await call.hang_up()
        await ring.ended()
        heard = _all_in(b)
    for spelling in _spellings(alice):
        assert spelling not in heard


async def test_an_anonymous_caller_stays_anonymous_when_forwarded_outside(
    office: Office, distrusted: Office
) -> None:
    for here in (office, distrusted):
        alice, bob = here.desks(2)
        forward = {"incoming": "forward", "unconditional": {"number": MOBILE}}
        await here.set_all({bob: {"call-manager": forward}, alice: {"call-settings": {"hide_number": True}}})
        async with here.phone(alice) as a, here.trunk() as world:
            await a.register()
            call = await a.invite(bob.extension)
            out = await take(world, to=MOBILE)
            assert out.caller.uri.host == "anonymous.invalid"
            for spelling in _spellings(alice):
                assert spelling not in encode(out.request)
            await call.cancel()


async def test_a_trunk_that_refuses_foreign_numbers_is_shown_the_first_lines_number(
    distrusted: Office,
) -> None:
    alice, bob = distrusted.desks(2)
    forward = {"incoming": "forward", "unconditional": {"number": MOBILE}}
    await distrusted.set(bob, "call-manager", forward)
    async with distrusted.phone(alice) as a, distrusted.trunk() as world:
        await a.register()
        call = await outside_call(world, bob.number, CALLER)
        out = await take(world, to=MOBILE)
        assert out.caller.uri.user == bob.number
        await call.cancel()
        await out.cancelled()
        call = await a.invite(bob.extension)  # a number of ours may be shown
        assert (await take(world, to=MOBILE)).caller.uri.user == alice.number
        await call.cancel()
