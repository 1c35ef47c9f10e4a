"""Asterisk alone, without the app (spec §13): calls go out as far as barring allows, emergency calls always."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.answers import TELLING, End
from callcontrol.asterisk_conf.accounts import LineAccount
from callcontrol.asterisk_conf.render import render_lines
from callcontrol.runtime.files import write_private
from rig import both_hear
from tests.e2e.alone import ALICE, CLARA, DAVID, LINES, MAIN, SITE, alone, outside, phone, spare_outside
from tests.e2e.people import announced_to_the_end
from tests.stack import Stack

__all__ = ["alone"]


@pytest.mark.parametrize(
    ("dialled", "sent"),
    [
        ("0612345678", "0612345678"),
        ("+33612345678", "0612345678"),
        ("550", "0970711058"),
        ("0612345678#", "0612345678"),
    ],
)
async def test_an_outside_call_goes_out_with_the_lines_number(alone: Stack, dialled: str, sent: str) -> None:
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite(dialled)
        ring = await trunk.incoming()
        assert (ring.dialled, ring.caller.uri.user) == (sent, ALICE)
        leg = await ring.answer()
        await both_hear(call, leg)
        await leg.hang_up()
        await call.ended()


@pytest.mark.parametrize(
    "dialled",
    [
        "0612345678",
        "0899123456",
        "3631",
        "0044123456789",
        "+44123456789",
        "551",
        "*72",
        "*72#0612345678",
        "#",
        "0612345678#",
        "550",
    ],
)
async def test_a_barred_call_hears_why_and_does_not_go_out(alone: Stack, dialled: str) -> None:
    async with outside(alone) as trunk, phone(alone, CLARA) as clara:
        await clara.register()
        call = await clara.invite(dialled)
        await call.early_media()
        await call.hears_speech()
        await call.cancel()
        await trunk.no_incoming(0.1)


async def test_a_hidden_number_stays_hidden_outside_but_the_trusted_trunk_knows_it(alone: Stack) -> None:
    hidden = LineAccount(CLARA, "c1", "Clara", "pw-clara", "4103", site_number=SITE, hide_number=True)
    write_private(alone.layout.asterisk_etc / "lines.conf", render_lines([*LINES[:2], hidden, LINES[3]]))
    await alone.asterisk_cli("module reload res_pjsip.so")
    try:
        async with outside(alone) as trunk, phone(alone, CLARA) as clara:
            await clara.register()
            call = await clara.invite("0612345678")
            ring = await trunk.incoming()
            assert ring.caller.uri.user == "anonymous"
            assert ring.header("Privacy") == "id"
            assert CLARA in (ring.header("P-Asserted-Identity") or "")
            await ring.reject(486)
            await call.refused()
    finally:
        write_private(alone.layout.asterisk_etc / "lines.conf", render_lines(LINES))
        await alone.asterisk_cli("module reload res_pjsip.so")


@pytest.mark.parametrize("dialled", ["15", "112", "112#", "116117"])
async def test_emergency_calls_go_out_whatever_is_barred_with_the_sites_number(
    alone: Stack, dialled: str
) -> None:
    async with outside(alone) as trunk, phone(alone, CLARA) as clara:
        await clara.register()
        call = await clara.invite(dialled)
        ring = await trunk.incoming()
        assert (ring.dialled, ring.caller.uri.user) == (dialled.rstrip("#"), SITE)
        assert ring.header("Privacy") is None
        leg = await ring.answer()
        await call.hang_up()
        await leg.ended()


async def test_an_emergency_call_of_a_line_without_a_site_presents_the_companys_number(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, DAVID) as david:
        await david.register()
        call = await david.invite("112", headers=[("Privacy", "id")])
        ring = await trunk.incoming()
        assert (ring.dialled, ring.caller.uri.user) == ("112", MAIN)
        assert ring.header("Privacy") is None
        await call.cancel()
        await ring.cancelled()


@pytest.mark.parametrize("status", [404, 486, 503])
async def test_an_emergency_call_takes_the_next_trunk_when_the_first_fails(alone: Stack, status: int) -> None:
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, CLARA) as clara:
        await clara.register()
        call = await clara.invite("112")
        first = await trunk.incoming()
        await spare.no_incoming(0.1)  # one after the other, not both at once
        await first.reject(status)
        second = await spare.incoming()
        assert (second.dialled, second.caller.uri.user) == ("112", f"+33{SITE[1:]}")
        leg = await second.answer()
        await both_hear(call, leg)
        await leg.hang_up()
        await call.ended()
        await trunk.no_incoming(0.1)


async def test_an_emergency_call_that_the_first_trunk_took_stays_there(alone: Stack) -> None:
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, CLARA) as clara:
        await clara.register()
        call = await clara.invite("15")
        leg = await (await trunk.incoming()).answer()
        await call.answered()
        await leg.hang_up()
        await call.ended()
        await spare.no_incoming(0.3)


@pytest.mark.parametrize(("dialled", "seconds"), [("0612345678", 2), ("15", 1)])
async def test_a_trunk_without_a_word_is_given_up_for_the_next(
    alone: Stack, dialled: str, seconds: int
) -> None:
    loop = asyncio.get_running_loop()
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, ALICE) as alice:
        trunk.ignore()
        await alice.register()
        began = loop.time()
        call = await alice.invite(dialled)
        leg = await (await spare.incoming(6)).answer()
        assert seconds - 0.3 < loop.time() - began < seconds + 2
        await both_hear(call, leg)
        await leg.hang_up()
        await call.ended()


async def test_a_trunk_that_says_trying_is_waited_for(alone: Stack) -> None:
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0698765432")
        ring = await trunk.incoming(to="0698765432")  # what was ignored before is sent again, and cancelled
        await spare.no_incoming(3)
        await both_hear(call, await ring.answer())
        await call.hang_up()


@pytest.mark.parametrize(
    ("status", "before", "end"),
    [
        (404, 0, End.UNKNOWN_NUMBER),
        (484, 0, End.UNKNOWN_NUMBER),
        (486, 180, End.BUSY),
        (603, 0, End.REFUSED),
        (480, 0, End.UNREACHABLE),
        (480, 183, End.NO_ANSWER),
        (503, 180, End.NETWORK),
        (699, 0, End.BUSY),
    ],
)
async def test_a_final_answer_is_told_in_words_and_tried_nowhere_else(
    alone: Stack, status: int, before: int, end: End
) -> None:
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0612345678")
        ring = await trunk.incoming()
        if before == 183:
            await ring.progress()
        elif before:
            await ring.ring()
        if before:
            await call.agent.until(lambda: len(call.provisionals) > 1 or None, 4, "hears nothing of it")
        await ring.reject(status)
        assert await announced_to_the_end(call) == TELLING[end].status
        await spare.no_incoming(0.1)


@pytest.mark.parametrize("status", [503, 500, 402])
async def test_what_another_trunk_can_mend_goes_through_it(alone: Stack, status: int) -> None:
    async with outside(alone) as trunk, spare_outside(alone) as spare, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0612345678")
        first = await trunk.incoming()
        assert (first.dialled, first.caller.uri.user) == ("0612345678", ALICE)
        await first.reject(status)
        second = await spare.incoming()  # another operator, another way to write numbers
        assert (second.dialled, second.caller.uri.user) == ("+33612345678", f"+33{ALICE[1:]}")
        await both_hear(call, await second.answer())
        await call.hang_up()


async def test_max_forwards_is_counted_down_and_none_left_is_refused(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("0612345678", headers=[("Max-Forwards", "5")])
        ring = await trunk.incoming()
        assert ring.headers("Max-Forwards") == ["4"]
        await call.cancel()
        call = await alice.invite("0612345678", headers=[("Max-Forwards", "0")])
        await call.refused()
        assert call.final_status == 483
