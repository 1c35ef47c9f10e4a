"""What operators and phones write into calls, on the wire (docs/interop.md): numbers in every format, identities, long
headers, dialled strings, contacts."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcontrol.facts import Presentation
from rig import Trunk
from rig.dialog import new_tag
from rig.message import Header, Request
from tests.e2e.office import Desk, Office
from tests.e2e.people import OUTSIDE, announced, announced_to_the_end, outside_call, register, take, talk
from tests.e2e.web import logged_in
from tests.stack import Stack

CALLER = "0145710001"
MOBILE = "0660609001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def without_plus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system whose operator writes E.164 without its plus."""
    trunk = {"number_format": "e164_no_plus"}
    async with Stack.start(tmp_path_factory.mktemp("no-plus"), company=None, trunk=trunk) as stack:
        office = await Office.open(stack, 16, company="Sans plus", prefix="02228")
        yield office
        await office.close()


def significant(desk: Desk) -> str:
    return desk.number[1:]


@pytest.mark.parametrize(
    "target",
    [
        "sip:+33{};npdi@{};user=phone",
        "sip:0{};npdi;rn=+33999999999;cic=+33123@{}",
        "sip:33{}@{}",
        "sip:{}@{}",
        "sip:{};phone-context=+33@{}",
        "sip:%20(0){}%20@{}",
        "tel:+33{}",
        "tel:{};phone-context=+33",
    ],
)
async def test_a_trunk_reaches_a_line_however_it_names_it(office: Office, target: str) -> None:
    (bob,) = office.desks(1)
    server = office.stack.sip_server
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, target.format(significant(bob), server), CALLER)
        ring = await take(b)
        assert ring.caller.uri.user == CALLER
        await talk(call, ring)
        await call.hang_up()
        await ring.ended()
    (record,) = await office.records(bob)
    assert record.peer.number == "+33145710001"


SENT: list[tuple[str, str, list[Header], str, str | None]] = [
    ("E.164 without its plus", f"sip:33145710001@{OUTSIDE}", [], CALLER, None),
    ("without its zero", f"sip:145710001@{OUTSIDE}", [], CALLER, None),
    ("with parameters", f"sip:+33145710001;cpc=ordinary;npdi@{OUTSIDE};user=phone", [], CALLER, None),
    ("a PAI that is an account", f"sip:{CALLER}@{OUTSIDE}",
     [("P-Asserted-Identity", f"<sip:acct-4711@{OUTSIDE}>")], CALLER, None),
    ("an account and a tel value", f"sip:0170000000@{OUTSIDE}",
     [("P-Asserted-Identity", f"<sip:acct-4711@{OUTSIDE}>, <tel:+33145710001>")], CALLER, None),
    ("two headers", f"sip:0170000000@{OUTSIDE}",
     [("P-Asserted-Identity", f"<sip:acct@{OUTSIDE}>"), ("P-Asserted-Identity", "<tel:+33-1-45-71-00-01>")],
     CALLER, None),
    ("a Remote-Party-ID", f"sip:0170000000@{OUTSIDE}",
     [("Remote-Party-ID", f"\"Anna (Mobile)\" <sip:33145710001@{OUTSIDE}>;party=calling")], CALLER, "Anna (Mobile)"),
    ("not understood", f"sip:4711000@{OUTSIDE}", [], "4711000", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("from_uri", "headers", "shown", "name"), [pytest.param(*s[1:], id=s[0]) for s in SENT]
)
async def test_the_caller_is_the_first_usable_identity_and_never_lost(
    office: Office, from_uri: str, headers: list[Header], shown: str, name: str | None
) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(bob.number, from_uri=from_uri, headers=headers)
        ring = await take(b)
        assert (ring.caller.uri.user, ring.caller.display) == (shown, name)
        await call.cancel()
    (record,) = await office.records(bob)
    assert record.peer.presentation is Presentation.SHOWN


async def test_a_name_keeps_its_brackets(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, bob.number, CALLER, display="Anna (Mobile) :)")
        assert (await take(b)).caller.display == "Anna (Mobile) :)"
        await call.cancel()


REJECTING = {
    "selective_reject": {"enabled": True, "callers": {"numbers": [CALLER]}},
    "reject_anonymous": True,
}


@pytest.mark.parametrize(
    "uri", [f"sip:{CALLER}@{OUTSIDE}", f"sip:33145710001@{OUTSIDE}", f"sip:{MOBILE}@anonymous.invalid"]
)
@pytest.mark.parametrize("length", [3, 560])
async def test_no_spelling_and_no_long_name_evades_a_list_or_the_refusal_of_anonymous_callers(
    office: Office, uri: str, length: int
) -> None:
    (bob,) = office.desks(1)
    await office.set(bob, "call-manager", REJECTING)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(bob.number, from_uri=uri, from_display="n" * length)
        await announced(call)
        await b.no_incoming(0.05)


TOO_LONG = [
    (name, length)
    for name in ("From", "P-Asserted-Identity", "Remote-Party-ID", "Privacy")
    for length in (1400, 5000)
]


@pytest.mark.parametrize(("header", "length"), [*TOO_LONG, ("Subject", 5000)])
async def test_a_call_whose_identity_cannot_be_read_whole_is_refused_whole(
    office: Office, header: str, length: int
) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        long = f'"{"n" * length}" <sip:{CALLER}@{OUTSIDE}>'
        headers = (
            [] if header == "From" else [(header, "n" * length + ";id" if header == "Privacy" else long)]
        )
        display = "n" * length if header == "From" else None
        call = await outside_call(world, bob.number, CALLER, display=display, headers=headers)
        await call.refused()
        assert call.final_status == 403
        await b.no_incoming(0.05)


async def test_what_goes_out_is_written_in_the_format_of_the_trunk(without_plus: Office) -> None:
    alice, bob = without_plus.desks(2)
    forward = {"incoming": "forward", "unconditional": {"number": MOBILE}}
    await without_plus.set(bob, "call-manager", forward)
    async with without_plus.phone(alice) as a, without_plus.trunk() as world:
        await a.register()
        for dialled, sent in ((MOBILE, "33660609001"), ("00441632960001", "441632960001"), ("112", "112")):
            call = await a.invite(dialled)
            out = await take(world, to=sent)
            site = "33222899999"
            assert out.caller.uri.user == (site if sent == "112" else f"33{significant(alice)}")
            assert out.request.address("P-Asserted-Identity").user == out.caller.uri.user
            await call.cancel()
            await out.cancelled()
        call = await outside_call(world, f"33{significant(bob)}", "33145710001")
        out = await take(world, to="33660609001")
        assert out.caller.uri.user == "33145710001"
        assert f"sip:33{significant(bob)}@" in (out.header("Diversion") or "")
        history = out.header("History-Info") or ""
        assert f"sip:33{significant(bob)}@" in history
        assert "sip:33660609001@" in history
        await call.cancel()


@pytest.mark.parametrize("user", ["ping", "h", "0222969569", "s"])
async def test_an_operators_options_are_answered_200(office: Office, user: str) -> None:
    async with office.trunk() as world:
        assert (await world.ask(functools.partial(options, world, user), 5, "OPTIONS")).status == 200


def options(world: Trunk, user: str, extra: list[Header]) -> Request:
    """RFC 3261 §11: is anybody there?"""
    target = world.target(user)
    headers = (
        ("Via", world.via()),
        ("Max-Forwards", "70"),
        ("From", str(world.identity().with_tag(new_tag()))),
        ("To", f"<{target}>"),
        ("Call-ID", new_tag()),
        ("CSeq", "1 OPTIONS"),
        *extra,
    )
    return Request(headers, b"", "OPTIONS", target)


# --- what phones dial ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "sip:112;phone-context=+33@{}",
        "sip:%20112@{}",
        "sip:112%20;user=phone@{}",
        "sip:(112)@{}",
        "sip:1-1.2%23@{}",
        "sip:%c2%a0112@{}",
        "tel:112",
        "tel:112;phone-context=+33",
    ],
)
async def test_112_goes_out_however_a_phone_writes_it(office: Office, target: str) -> None:
    (alice,) = office.desks(1)
    async with office.phone(alice) as a, office.trunk() as world:
        await a.register()
        call = await a.invite(target.format(office.stack.sip_server))
        out = await take(world, to="112")
        await talk(call, out)
        await call.hang_up()
    (record,) = await office.records(alice)
    assert record.rule.rule == "outgoing.emergency"


@pytest.mark.parametrize(
    ("target", "rings"),
    [("sip:(0{0}@{1}", "line"), ("sip:%28{2}%29@{1}", "line"), ("sip:+33.{0};ext=12@{1}", "line"),
     ("tel:{0};phone-context=+33", "line"), ("sip:06%2060.60-90(01)@{1}", "outside")],
)  # fmt: skip
async def test_a_dialled_string_is_cleaned(office: Office, target: str, rings: str) -> None:
    alice, bob = office.desks(2)
    server = office.stack.sip_server
    async with office.phone(alice) as a, office.phone(bob) as b, office.trunk() as world:
        await register(a, b)
        call = await a.invite(target.format(significant(bob), server, bob.extension))
        await take(b if rings == "line" else world, to=None if rings == "line" else MOBILE)
        await call.cancel()


@pytest.mark.parametrize("user", ["alice", "112a", "h", "%ff", "0222.oo.99"])
async def test_letters_have_words_and_a_record(office: Office, user: str) -> None:
    (alice,) = office.desks(1)
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite(f"sip:{user}@{office.stack.sip_server}")
        assert await announced_to_the_end(call) == 404
    (record,) = await office.records(alice)
    assert record.rule.rule == "outgoing.unknown_number"


@pytest.mark.parametrize("user", ["a&b", "a,b;c=$/d", "x&PJSIP/{}/sip:y"])
async def test_a_contact_with_a_separator_in_it_rings_and_is_one_device(office: Office, user: str) -> None:
    (bob,) = office.desks(1)
    async with (
        office.trunk() as world,
        office.phone(bob) as desk,
        office.phone(bob, contact_user=user.format(bob.number)) as odd,
    ):
        await register(desk, odd)
        call = await outside_call(world, bob.number, CALLER)
        ring, other = await take(odd), await take(desk)
        assert ring.request.uri.startswith(f"sip:{user.format(bob.number)}@")
        await talk(call, ring)
        await other.cancelled()
        await call.hang_up()
        await ring.ended()


async def test_a_contact_with_a_push_token_is_listed_whole_beside_the_others(office: Office) -> None:
    odd = office.phone(office.chief, contact_user="a&b,c;d")
    async with office.phone(office.chief) as desk, odd, logged_in(office) as web:
        await register(desk, odd)
        listed = {device["address"] for device in (await web.get("me/devices"))["items"]}
        assert listed == {f"{host}:{port}" for host, port in (desk.local, odd.local)}
