"""Hostile hands at the SIP door (docs/security.md), with Asterisk alone: redirects, trunks by name, lamps, guessing
which lines exist, a flood of emergency calls, sound that nobody asked for."""

from __future__ import annotations

import asyncio
import functools
import re
import statistics
import time

import pytest

from callcontrol.asterisk_conf.accounts import lamp_aor
from rig import Phone, Trunk, sdp
from rig.call import Call
from rig.dialog import new_tag
from rig.message import Header, Request, encode
from tests.e2e.alone import ALICE, BOB, CLARA, DAVID, SITE, alone, outside, phone
from tests.e2e.hostile import Stranger, stranger_sends_to
from tests.stack import Stack

pytestmark = pytest.mark.hostile

__all__ = ["alone"]


# -- a phone that redirects its callers, without the app ----------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "sip:PJSIP%2F0899123456%40demo-trunk@127.0.0.1",
        "sip:0899123456@127.0.0.1",
        "sip:0899123456@127.0.0.1:{trunk}",
        "sip:112@127.0.0.1",
        "sip:Local%2F0899123456%40fallback-barring@127.0.0.1",
        "tel:0899123456",
    ],
)
async def test_without_the_app_no_redirect_is_followed(alone: Stack, target: str) -> None:
    async with outside(alone) as trunk, phone(alone, CLARA) as clara, phone(alone, BOB) as bob:
        await clara.register()
        await bob.register()
        call = await clara.invite(BOB)
        await (await bob.incoming()).redirect(target.format(trunk=alone.trunk_port))
        await trunk.no_incoming(0.6)
        await call.answered()  # by the mailbox
        await call.hang_up()


async def test_without_the_app_a_trunks_redirect_is_not_followed(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0612345678")
        await (await trunk.incoming()).redirect("sip:PJSIP%2F0899123456%40demo-trunk@127.0.0.1")
        await call.refused(15)  # after the words
        await trunk.no_incoming(0.5)


# -- who is the trunk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["spare-trunk", "refused"])
async def test_a_trunks_name_in_a_from_is_not_the_trunk(alone: Stack, name: str) -> None:
    """(The other order of identifiers, where phones do not share a trunk's address: tests/unit/runtime.)"""
    known = await alone.asterisk_cli("core show channels count")
    async with Phone(name, None, alone.sip_server, host="127.0.0.77") as thief, phone(alone, BOB) as bob:
        await bob.register()
        call = await thief.invite(BOB)
        assert (await call.refused()).status == 401
        assert (await thief.try_register()).status == 401
        with pytest.raises(AssertionError, match="answered with 401"):
            await thief.subscribe("message-summary", BOB)
        await bob.no_incoming(0.2)
    assert known == await alone.asterisk_cli("core show channels count")


# -- lamps ---------------------------------------------------------------------------------------------------------

LAMPS = {
    "a colleague's": ALICE,
    "another company's": DAVID,
    "a trunk's": "demo-trunk",
    "nobody's": "0222960000",
    "its own by the name of its registrations": f"{BOB}%40callcontrol",
    "a colleague's by the name of its registrations": f"{ALICE}%40callcontrol",
    "a colleague's with parameters": f"{ALICE};x=y",
    "a colleague's escaped": ALICE.replace("2", "%32"),
    "a mailbox by its own name": f"{ALICE}%40asked",
    "the sender of lamps": "lamps",
    "a guess": lamp_aor(ALICE, "guessed"),
}
"""All that does not exist, or is not the subscriber's: one answer."""


async def test_a_line_subscribes_to_its_own_lamp_and_is_sent_it_anyway(alone: Stack) -> None:
    async with phone(alone, BOB) as bob, phone(alone, BOB) as softphone:
        await bob.register()
        await bob.lamp_shows(new=0)
        for device in (bob, softphone):
            lamps = await device.subscribe("message-summary")
            await lamps.notified(lambda notify: b"Messages-Waiting: no" in notify.body)
            await lamps.unsubscribe()


@pytest.mark.parametrize("whose", LAMPS)
async def test_nobody_subscribes_to_anothers_lamp(alone: Stack, whose: str) -> None:
    async with phone(alone, BOB) as bob:
        await bob.register()
        with pytest.raises(AssertionError, match="SUBSCRIBE message-summary answered with 404"):
            await bob.subscribe("message-summary", LAMPS[whose])


async def test_nobody_is_the_sender_of_lamps(alone: Stack) -> None:
    async with Phone("lamps", None, alone.sip_server, host="127.0.0.77") as thief, phone(alone, BOB) as bob:
        await bob.register()
        assert (await (await thief.invite(BOB)).refused()).status == 401
        assert (await thief.try_register()).status == 401
        await bob.no_incoming(0.2)


async def test_a_trunk_subscribes_to_nothing(alone: Stack) -> None:
    async with outside(alone) as trunk:
        make = functools.partial(
            request, trunk, "SUBSCRIBE", BOB, BOB, more=[("Event", "message-summary"), ("Expires", "60")]
        )
        assert (await trunk.ask(make, 5, "SUBSCRIBE")).status >= 400


# -- which lines exist ---------------------------------------------------------------------------------------------


def request(
    sender: Phone | Trunk,
    method: str,
    user: str,
    to: str,
    extra: list[Header],
    more: list[Header] | None = None,
) -> Request:
    """A request outside a dialog, as ``user``."""
    headers = (
        ("Via", sender.via()),
        ("Max-Forwards", "70"),
        ("From", f"<sip:{user}@127.0.0.1>;tag={new_tag()}"),
        ("To", f"sip:{to}@127.0.0.1"),
        ("Call-ID", new_tag()),
        ("CSeq", f"1 {method}"),
        ("Contact", sender.contact),
        *(more or []),
    )
    return Request((*headers, *extra), b"", method, sender.target(to))


def plain(text: str) -> str:
    """A response without what is different each time."""
    text = re.sub(r"(nonce|opaque|tag|branch|Call-ID|rport|received)([=:] ?)[^;,\r\n]*", r"\1\2", text)
    return re.sub(r"022296\d{4}|127\.0\.0\.\d+(:\d+)?", "N", text)


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "SUBSCRIBE", "OPTIONS", "MESSAGE"])
@pytest.mark.parametrize("password", [None, "wrong"])
async def test_no_answer_tells_which_lines_exist(alone: Stack, method: str, password: str | None) -> None:
    seen: dict[str, set[str]] = {}
    took: dict[str, list[float]] = {}
    more = [("Event", "dialog"), ("Expires", "60")]
    async with Phone("x", password, alone.sip_server, host="127.0.0.77") as thief:
        for _ in range(20):
            for user in (BOB, "0222960000"):
                thief.auth_user = user
                make = functools.partial(request, thief, method, user, user, more=more)
                begun = time.perf_counter()
                answer = await thief.ask(make, 5, method)
                took.setdefault(user, []).append(time.perf_counter() - begun)
                seen.setdefault(user, set()).add(plain(encode(answer).decode()))
    assert seen[BOB] == seen["0222960000"]
    medians = sorted(statistics.median(times) for times in took.values())
    assert medians[1] < medians[0] * 1.5 + 0.003, took


# -- emergency calls ----------------------------------------------------------------------------------------------


async def test_without_the_app_a_flood_of_emergency_calls_goes_out_five_at_once(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, CLARA) as clara, phone(alone, DAVID) as david:
        await clara.register()
        await david.register()
        calls = [await clara.invite("112") for _ in range(5)]
        legs = [await (await trunk.incoming()).answer() for _ in calls]
        flood = [await clara.invite("112") for _ in range(3)]
        await trunk.no_incoming(1.0)
        await flood[0].early_media()
        await flood[0].hears_speech()
        other = await david.invite("112")
        another = await (await trunk.incoming()).answer()  # another line's call goes out at once
        await legs[0].hang_up()
        ring = await trunk.incoming(within=15)
        assert (ring.dialled, ring.caller.uri.user) == ("112", SITE)
        leg = await ring.answer()
        for one in (*legs[1:], leg, another):
            await one.hang_up()
        for call in (*flood, other, *calls):
            if not call.final_status or call.final_status < 300:
                await call.leave()


# -- sound ---------------------------------------------------------------------------------------------------------

NOISE = bytes(0xD5 if (i // 10) % 2 else 0x2A for i in range(160))


async def attacked(trunk_or_phone: Phone | Trunk, call: Call, mute: bool) -> tuple[Stranger, Call]:
    """A stranger who knows the port sends before and after the answer; ``mute``: the called side sends nothing."""
    ring = await trunk_or_phone.incoming()
    port = sdp.parse(ring.request.body)
    async with stranger_sends_to(port.host, port.port, NOISE) as stranger:
        await asyncio.sleep(0.3)
        leg = await ring.answer()
        if mute:
            leg.media.mute()
        await asyncio.sleep(3)
    return stranger, leg


@pytest.mark.parametrize("mute", [False, True], ids=["an operator that speaks", "an operator that is silent"])
async def test_a_stranger_who_sends_first_gets_no_sound_of_a_trunks_call(alone: Stack, mute: bool) -> None:
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0612345678")
        stranger, leg = await attacked(trunk, call, mute)
        assert stranger.received == 0
        assert leg.media.ear.packets > 100
        await call.hang_up()
        await leg.ended()


async def test_a_stranger_who_sends_first_gets_no_sound_of_a_phone_that_speaks(alone: Stack) -> None:
    async with phone(alone, BOB) as bob, phone(alone, ALICE) as alice:
        await alice.register()
        await bob.register()
        call = await alice.invite(BOB)
        stranger, leg = await attacked(bob, call, mute=False)
        assert stranger.received == 0
        assert leg.media.ear.packets > 100
        await call.hears(leg.tone)
        await call.hang_up()
        await leg.ended()


async def test_a_stranger_who_comes_later_gets_nothing_even_of_a_phone_that_fell_silent(alone: Stack) -> None:
    """Asterisk learns for five seconds who sends; then nobody else can."""
    async with phone(alone, BOB) as bob, phone(alone, ALICE) as alice:
        await alice.register()
        await bob.register()
        call = await alice.invite(BOB)
        leg = await (await bob.incoming()).answer()
        await call.answered()
        await asyncio.sleep(5.5)
        leg.media.mute()
        known, port = call.media.ear.packets, leg.media.remote
        assert port is not None
        async with stranger_sends_to(port.host, port.port, NOISE) as stranger:
            await asyncio.sleep(2)
        assert stranger.received == 0
        assert call.media.ear.packets - known < 20, "nobody hears the stranger either"
        await call.hang_up()
        await leg.ended()


async def test_the_media_listen_where_sip_does(alone: Stack) -> None:
    async with phone(alone, BOB) as bob, phone(alone, ALICE) as alice:
        await alice.register()
        await bob.register()
        call = await alice.invite(BOB)
        ring = await bob.incoming()
        port = sdp.parse(ring.request.body).port
        listening = await bound(port)
        assert listening == {"127.0.0.1"}, listening
        await call.cancel()


async def bound(port: int) -> set[str]:
    """The addresses at which a UDP port of this machine is bound (/proc/net/udp; IPv6 any as ``::``)."""
    found = set()
    for name in ("udp", "udp6"):
        for row in (await asyncio.to_thread(_read, f"/proc/net/{name}")).splitlines()[1:]:
            address, _, local = row.split()[1].partition(":")
            if int(local, 16) == port:
                found.add(
                    ".".join(str(b) for b in reversed(bytes.fromhex(address))) if name == "udp" else address
                )
    return found


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()
