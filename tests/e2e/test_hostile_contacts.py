"""A device is reached only where it registered from (docs/security.md): a forged Contact is no way past barring, with
the app and without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.asterisk_conf.render import render_lines
from callcontrol.runtime.files import write_private
from rig import Phone
from tests.e2e.alone import ALICE, BOB, CLARA, LINES, PASSWORDS, alone, outside, phone
from tests.e2e.hostile import STRANGER, Forger
from tests.e2e.office import Office
from tests.stack import Stack

pytestmark = pytest.mark.hostile

__all__ = ["alone"]

PREMIUM = "0899123456"
OWN = "<sip:me@127.0.0.1>"

REFUSED = {
    "maddr": "<sip:0899123456@127.0.0.1;maddr=127.0.0.1>",
    "maddr to the trunk's own port": "<sip:0899123456@127.0.0.1:{trunk};maddr=127.0.0.1>",
    "maddr in capitals": "<sip:0899123456@127.0.0.1;MADDR=127.0.0.1>",
    "maddr escaped": "<sip:0899123456@127.0.0.1;%6d%61ddr=127.0.0.1>",
    "maddr behind other parameters": "<sip:0899123456@127.0.0.1;transport=udp;ob;maddr=127.0.0.1>",
    "embedded headers": "<sip:me@127.0.0.1?Replaces=1>",
    "a second contact with maddr": OWN + ", <sip:0899123456@127.0.0.1;maddr=127.0.0.1>",
    "a long name before it": '"' + "x" * 500 + '" <sip:0899123456@127.0.0.1;maddr=127.0.0.1>',
    "a bracket in the name": '"<>" <sip:0899123456@127.0.0.1;maddr=127.0.0.1>',
}
"""What a REGISTER may not say: the answer is 403, whoever says it."""

NEVER_DIALLED = {
    "the trunk": OWN + ", <sip:0899123456@127.0.0.1:{trunk}>",
    "the trunk, without a user": OWN + ", <sip:127.0.0.1:{trunk}>",
    "the trunk, with parameters": OWN + ", <sip:0899123456@127.0.0.1:{trunk};ob>",
    "the trunk by its name in our configuration": OWN + ", <sip:0899123456@demo-trunk>",
    "the trunk by a name of its address": OWN + ", <sip:0899123456@localhost:{trunk}>",
    "the trunk by another writing of its address": OWN + ", <sip:0899123456@127.1:{trunk}>",
    "the trunk in IPv6": OWN + ", <sip:0899123456@[::ffff:127.0.0.1]:{trunk}>",
    "a second thing to dial": OWN + ", <sip:x&PJSIP/0899123456@demo-trunk>",
    "options of Dial": OWN + ", <sip:x,60,M(0899123456)@demo-trunk>",
}
"""What Asterisk lets a REGISTER say where phones share the trunk's address, as here: it is not called."""

AT_A_TRUNK = (
    "<sip:0899123456@203.0.113.7>",
    "<sip:0899123456@203.0.113.7:5080;transport=tcp>",
    "<sip:203.0.113.7;ob>",
    "<sip:0899123456@198.51.100.200>",
)
"""What it may not say where they do not."""


def forger(stack: Stack, contacts: str) -> Forger:
    return Forger(BOB, PASSWORDS[BOB], stack.sip_server, contacts=contacts.format(trunk=stack.trunk_port))


@pytest.mark.parametrize("what", REFUSED)
async def test_a_registration_to_elsewhere_is_refused(alone: Stack, what: str) -> None:
    async with forger(alone, REFUSED[what]) as bob:
        assert (await bob.try_register()).status == 403
        bob.contacts = None
        assert (await bob.try_register()).status == 200, "an honest phone of the line"


@pytest.mark.parametrize("who", ["a line", "nobody", "nobody with a password"])
async def test_the_refusal_tells_nobody_which_lines_exist(alone: Stack, who: str) -> None:
    user, password = {"a line": (BOB, None), "nobody": ("0222960000", None)}.get(who, ("0222960000", "x"))
    async with Forger(user, password, alone.sip_server, contacts=REFUSED["maddr"]) as thief:
        assert (await thief.try_register()).status == 403


@pytest.mark.parametrize("what", NEVER_DIALLED)
async def test_without_the_app_what_was_registered_elsewhere_is_not_called(alone: Stack, what: str) -> None:
    async with (
        outside(alone) as trunk,
        phone(alone, CLARA) as clara,
        forger(alone, NEVER_DIALLED[what]) as bob,
    ):
        await clara.register()
        await bob.try_register()
        call = await clara.invite(BOB)
        ring = await bob.incoming()
        await trunk.no_incoming(0.5)
        leg = await ring.answer()
        await call.answered()
        await call.hang_up()
        await leg.ended()
        await bob.takes_all_back()


@pytest.mark.parametrize("what", NEVER_DIALLED)
async def test_with_the_app_what_was_registered_elsewhere_is_not_called(office: Office, what: str) -> None:
    alice, bob = office.desks(2)
    contacts = NEVER_DIALLED[what].format(trunk=office.stack.trunk_port)
    forged = Forger(bob.number, bob.sip_password, office.stack.sip_server, contacts=contacts)
    async with office.trunk() as trunk, office.phone(alice) as a, forged as b:
        await a.register()
        await b.try_register()
        call = await a.invite(bob.number)
        ring = await b.incoming()
        await trunk.no_incoming(0.5)
        leg = await ring.answer()
        await call.answered()
        await call.hang_up()
        await leg.ended()
        await b.takes_all_back()


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:me@192.168.7.7:5062;ob>",
        "<sip:me@phone.invalid;transport=udp>",
        "<sip:a&b,c/d=e$f'g@192.168.7.7:5062;pn-prid=x/y&z>",
        "<sip:x&PJSIP/0899123456@192.168.7.7>",
    ],
)
async def test_a_phone_behind_a_router_is_reached_where_it_registered_from(
    alone: Stack, contact: str
) -> None:
    """Its Contact has an address of its own network, and perhaps strange signs: rewritten, it is called, and alone."""
    async with outside(alone) as trunk, phone(alone, ALICE) as alice, forger(alone, contact) as bob:
        await alice.register()
        assert (await bob.try_register()).status == 200
        call = await alice.invite(BOB)
        leg = await (await bob.incoming()).answer()
        await call.answered()
        await trunk.no_incoming(0.2)
        await call.hang_up()
        await leg.ended()
        await bob.takes_all_back()


async def test_where_the_phones_networks_are_known_nobody_registers_from_or_to_elsewhere(
    tmp_path: Path,
) -> None:
    known = {"sip": {"phone_networks": ["127.0.0.1/32"]}}
    async with Stack.start(tmp_path, app=False, company=None, settings=known) as stack:
        write_private(stack.layout.asterisk_etc / "lines.conf", render_lines(LINES))
        await stack.asterisk_cli("module reload res_pjsip.so")
        for contacts in ("<sip:me@192.168.7.7>", "<sip:me@phone.invalid>", None):
            async with Forger(BOB, PASSWORDS[BOB], stack.sip_server, contacts=contacts) as bob:
                assert (await bob.try_register()).status == 200, contacts
        for contacts in (OWN + f", <sip:me@{STRANGER}:5060>", OWN + ";expires=0, <sip:me@203.0.113.9>"):
            async with Forger(BOB, PASSWORDS[BOB], stack.sip_server, contacts=contacts) as bob:
                assert (await bob.try_register()).status in (401, 403), contacts
        async with Phone(BOB, PASSWORDS[BOB], stack.sip_server, host=STRANGER) as thief:
            assert (await thief.try_register()).status in (401, 403)


@pytest.mark.parametrize("first", [OWN, OWN + ";expires=0"], ids=["beside its own", "its own taken back"])
async def test_a_second_contact_at_a_trunk_is_refused(tmp_path: Path, first: str) -> None:
    """Nothing is sent to that trunk: its OPTIONS are off, and the contact is refused."""
    trunk = {"host": "203.0.113.7", "match": ["203.0.113.7", "198.51.100.0/24"], "qualify": 0}
    async with Stack.start(tmp_path, app=False, company=None, trunk=trunk) as stack:
        write_private(stack.layout.asterisk_etc / "lines.conf", render_lines(LINES))
        await stack.asterisk_cli("module reload res_pjsip.so")
        for contact in AT_A_TRUNK:
            async with Forger(BOB, PASSWORDS[BOB], stack.sip_server, contacts=f"{first}, {contact}") as bob:
                assert (await bob.try_register()).status in (401, 403), contact
        async with Forger(BOB, PASSWORDS[BOB], stack.sip_server) as bob:
            assert (await bob.try_register()).status == 200
        async with Phone("demo-trunk", None, stack.sip_server) as thief:  # the other order of identifiers
            call = await thief.invite(BOB)
            assert (await call.refused()).status == 401
