"""Asterisk alone, without the app: what operators and phones write, read as the app reads it (docs/interop.md)."""

from __future__ import annotations

import pytest

from rig import Phone
from rig.message import Header
from tests.e2e.alone import ALICE, BOB, DESK, FAX, PASSWORDS, SITE, alone, calls, eventually, outside, phone
from tests.stack import Stack

__all__ = ["alone"]

SIGNIFICANT = BOB[1:]


@pytest.mark.parametrize(
    "target",
    [
        "sip:112;phone-context=+33@{}",
        "sip:%20112@{}",
        "sip:%c2%a0112@{}",
        "sip:(112)@{}",
        "sip:1-1.2%23@{}",
        "tel:112",
        "tel:112;phone-context=+33",
    ],
)
async def test_112_goes_out_however_a_phone_writes_it(alone: Stack, target: str) -> None:
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite(target.format(alone.sip_server))
        ring = await trunk.incoming()
        assert (ring.dialled, ring.caller.uri.user) == ("112", SITE)
        await call.cancel()


@pytest.mark.parametrize(
    "target",
    [
        f"sip:+33{SIGNIFICANT};npdi@{{}};user=phone",
        f"sip:0{SIGNIFICANT};rn=+33999999999@{{}}",
        f"sip:33{SIGNIFICANT}@{{}}",
        f"sip:{SIGNIFICANT}@{{}}",
        f"sip:(0){SIGNIFICANT}%20@{{}}",
        f"tel:+33{SIGNIFICANT}",
        f"tel:{SIGNIFICANT};phone-context=+33",
    ],
)
async def test_a_trunk_reaches_a_line_however_it_names_it(alone: Stack, target: str) -> None:
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        call = await trunk.invite(target.format(alone.sip_server), from_uri="sip:0612345678@x")
        await bob.incoming()
        await call.cancel()


@pytest.mark.parametrize(
    "target", ["sip:4-1.02@{}", "sip:(02)%2022.96-95(02)@{}", f"sip:{SIGNIFICANT};phone-context=+33@{{}}"]
)
async def test_a_dialled_string_is_cleaned(alone: Stack, target: str) -> None:
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as bob:
        await alice.register()
        await bob.register()
        call = await alice.invite(target.format(alone.sip_server))
        await bob.incoming()
        await call.cancel()


NO_NUMBERS = ["alice", "112a", "h", "%ff", "4102x", "0201234567;phone-context=+44", "06+12"]


@pytest.mark.parametrize("user", NO_NUMBERS)
async def test_what_is_no_number_has_words_and_a_record_and_goes_nowhere(alone: Stack, user: str) -> None:
    known = len(calls(alone))
    async with outside(alone) as trunk, phone(alone, ALICE) as alice, phone(alone, BOB) as bob:
        await alice.register()
        await bob.register()
        call = await alice.invite(f"sip:{user}@{alone.sip_server}")
        await call.early_media()
        await call.hears_speech()
        await call.cancel()
        await trunk.no_incoming(0.05)
        await bob.no_incoming(0.05)
    await eventually(lambda: len(calls(alone)) > known, "a record")
    assert calls(alone)[known]["line"] == ALICE


@pytest.mark.parametrize(
    ("from_uri", "headers", "caller"),
    [
        ("sip:33612345678@x", [], "+33612345678"),
        ("sip:612345678@x", [], "+33612345678"),
        ("sip:+33612345678;cpc=ordinary;npdi@x", [], "+33612345678"),
        ("sip:4711000@x", [], "4711000"),
        ("sip:acct4711@x", [], "unavailable"),
        ("sip:06+12@x", [], "unavailable"),
        ("sip:0612345678@x", [("Privacy", "none"), ("Privacy", "id")], "anonymous"),
        ("sip:0612345678@x", [("Privacy", f"{'n' * 90};id")], "anonymous"),
        ("sip:0612345678@x", [("Remote-Party-ID", "<sip:0612345678@x>;privacy=full")], "anonymous"),
        (f"sip:{'9' * 300}@anonymous.invalid", [], "anonymous"),
    ],
)
async def test_a_caller_is_read_whole_and_by_the_format_of_the_trunk(
    alone: Stack, from_uri: str, headers: list[Header], caller: str
) -> None:
    known = len(calls(alone))
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        call = await trunk.invite(BOB, from_uri=from_uri, headers=headers)
        ring = await bob.incoming()
        if caller[-1].isdigit():
            assert (ring.caller.uri.user or "").partition(";")[0] == caller
        await call.cancel()
    await eventually(lambda: len(calls(alone)) > known, "a record")
    assert {row["caller"] for row in calls(alone)[known:]} == {caller}


async def test_a_name_too_long_to_be_read_is_refused_whole(alone: Stack) -> None:
    hidden = "sip:0698765432@anonymous.invalid"
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        for length in (1400, 5000):
            call = await trunk.invite(BOB, from_uri=hidden, from_display="n" * length)
            await call.refused()
            assert call.final_status == 403
        await bob.no_incoming(0.05)


CONTACTS = ["a&b", f"x&PJSIP/{BOB}/sip:y", "x&PJSIP/0899123456", "a,60,G(fallback-emergency)", "a;b=$/c"]
"""Nothing of them may be read by the dialplan: neither as the next contact nor as an option of Dial."""


@pytest.mark.parametrize("user", CONTACTS)
async def test_a_contact_rings_whatever_is_in_it_and_commands_nothing(alone: Stack, user: str) -> None:
    odd = Phone(BOB, PASSWORDS[BOB], alone.sip_server, contact_user=user)
    async with outside(alone) as trunk, phone(alone, ALICE) as alice, phone(alone, BOB) as desk, odd:
        for one in (alice, desk, odd):
            await one.register()
        call = await alice.invite(BOB)
        ring, other = await odd.incoming(), await desk.incoming()
        leg = await ring.answer()
        await other.cancelled()
        await call.answered()
        await call.hang_up()
        await leg.ended()
        await trunk.no_incoming(0.05)


@pytest.mark.parametrize("dialled", ["4900", DESK, f"+33{DESK[1:]}", FAX])
async def test_a_number_of_ours_without_a_phone_never_leaves_through_a_trunk(
    alone: Stack, dialled: str
) -> None:
    """A group takes a message, as with the app when no phone of it rings; a fax number says that nobody answers."""
    known = len(calls(alone))
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite(dialled)
        if dialled == FAX:
            await call.refused(within=15)
            assert call.final_status == 480
        else:
            await call.answered()
            await call.hears_speech()
            await call.hang_up()
        await trunk.no_incoming(0.1)
    await eventually(lambda: len(calls(alone)) > known, "a record")
    row = calls(alone)[known]
    assert (row["called"], row["outside"]) == (FAX if dialled == FAX else DESK, "")


async def test_an_outside_caller_leaves_a_group_a_message(alone: Stack) -> None:
    async with outside(alone) as trunk:
        call = await trunk.invite(DESK, from_uri="sip:0612345678@x")
        await call.answered()
        await call.hears_speech()
        await call.hang_up()
