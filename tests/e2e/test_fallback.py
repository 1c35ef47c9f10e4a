"""Asterisk alone, without the app (spec §13): phones ring, messages are taken, calls go out as far as barring
allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from callcontrol.asterisk_conf.accounts import (
    LineAccount,
    ShortCode,
    decode_stasis_args,
    fallback_recording,
    read_fallback_calls,
)
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.facts import Barring, Presentation
from callcontrol.runtime.files import write_private
from tests.rig import Phone, Trunk, both_hear
from tests.stack import Stack

ALICE, BOB, CLARA, DAVID = "0222969501", "0222969502", "0222969503", "0222969504"
SITE = "0222969500"
LINES = [
    LineAccount(ALICE, "c1", 'Alice "A" ; Martin', "pw-alice", "4101", site_number=SITE),
    LineAccount(BOB, "c1", "Bob", "pw-bob", "4102", site_number=SITE),
    LineAccount(
        CLARA,
        "c1",
        "Clara",
        "pw-clara",
        "4103",
        site_number=SITE,
        barring=frozenset(Barring),
        hide_number=True,
    ),
    LineAccount(DAVID, "c2", "David", "pw-david", "4102"),
]
PASSWORDS = {line.number: line.sip_password for line in LINES}
CODES = [ShortCode("c1", "550", "0970711058"), ShortCode("c1", "551", "0899123456")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Asterisk with four lines, and no app."""
    async with Stack.start(tmp_path_factory.mktemp("alone"), app=False, company=None) as running:
        write_private(running.layout.asterisk_etc / "lines.conf", render_lines(LINES))
        write_private(running.layout.asterisk_etc / "fallback.conf", render_fallback(LINES, CODES))
        await running.asterisk_cli("module reload res_pjsip.so")
        await running.asterisk_cli("module reload pbx_config.so")
        yield running


def phone(stack: Stack, number: str) -> Phone:
    return Phone(number, PASSWORDS[number], stack.sip_server)


@asynccontextmanager
async def outside(stack: Stack) -> AsyncIterator[Trunk]:
    async with Trunk(stack.sip_server, port=stack.trunk_port) as trunk:
        yield trunk


async def eventually(condition: Callable[[], object], what: str, within: float = 5.0) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what}: not within {within} s"
        await asyncio.sleep(0.02)


def calls(stack: Stack) -> list[dict[str, str]]:
    path = stack.layout.fallback_calls
    return read_fallback_calls(path.read_text("utf-8")) if path.exists() else []


@pytest.mark.parametrize("dialled", ["4102", BOB, "+33222969502", "0033222969502", "+330222969502"])
async def test_a_colleague_rings_by_every_spelling_and_both_hear_each_other(
    alone: Stack, dialled: str
) -> None:
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as bob:
        await alice.register()
        await bob.register()
        call = await alice.invite(dialled)
        ring = await bob.incoming()
        assert (ring.caller.uri.user, ring.caller.display) == (ALICE, "Alice A Martin")
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
        await leg.ended()


async def test_an_extension_belongs_to_its_company(alone: Stack) -> None:
    async with phone(alone, DAVID) as david, phone(alone, ALICE) as alice, outside(alone) as trunk:
        await david.register()
        await alice.register()
        call = await david.invite("4101")
        ring = await trunk.incoming()  # a short number of the outside world, for David's company
        await alice.no_incoming(0.1)
        await ring.reject(404)
        await call.refused()
        assert call.final_status == 404


async def test_all_contacts_ring_and_the_loser_is_told(alone: Stack) -> None:
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as desk, phone(alone, BOB) as soft:
        for one in (alice, desk, soft):
            await one.register()
        call = await alice.invite(BOB)
        first, second = await desk.incoming(), await soft.incoming()
        known = len(calls(alone))
        leg = await first.answer()
        await second.cancelled()
        await call.hang_up()
        await leg.ended()
    await eventually(lambda: len(calls(alone)) > known, "a record")
    (row,) = calls(alone)[known:]
    assert (row["line"], row["called"], row["disposition"]) == (ALICE, BOB, "ANSWERED")


async def test_an_outside_caller_reaches_a_line_and_a_withheld_number_stays_withheld(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        call = await trunk.invite(BOB, from_uri="sip:0612345678@127.0.0.1", headers=[("Privacy", "id")])
        ring = await bob.incoming()
        assert "0612345678" not in str(ring.request)
        leg = await ring.answer()
        await call.hang_up()
        await leg.ended()


@pytest.mark.parametrize(
    ("from_uri", "headers", "caller", "presentation"),
    [
        ("sip:0612345678@127.0.0.1", [], "0612345678", Presentation.SHOWN),
        ("sip:+33612345678@127.0.0.1", [], "+33612345678", Presentation.SHOWN),
        ("sip:anonymous@anonymous.invalid", [], None, Presentation.ANONYMOUS),
        ("sip:0612345678@127.0.0.1", [("Privacy", "id")], None, Presentation.ANONYMOUS),
        ("sip:unavailable@unknown.invalid", [], None, Presentation.UNAVAILABLE),
    ],
)
async def test_an_unregistered_line_takes_a_message(
    alone: Stack,
    from_uri: str,
    headers: list[tuple[str, str]],
    caller: str | None,
    presentation: Presentation,
) -> None:
    folder = alone.config.fallback_dir
    before = set(folder.glob("*.wav16"))
    known = len(calls(alone))
    async with outside(alone) as trunk:
        call = await trunk.invite("+33222969502", from_uri=from_uri, headers=headers)
        await call.answered()
        await eventually(lambda: set(folder.glob("*.wav16")) - before, "a recording", within=15)
        path = next(iter(set(folder.glob("*.wav16")) - before))
        await eventually(lambda: path.stat().st_size > 32_000, "sound in it")
        await call.hang_up()
    found = fallback_recording(path.name)
    assert found is not None
    assert (found.called, found.presentation, found.number) == (BOB, presentation, caller)
    assert path.read_bytes()[:4] == b"RIFF"
    await eventually(lambda: len(calls(alone)) > known, "a record")
    rows = calls(alone)[known:]
    assert [row["recording"] for row in rows] == [path.name]
    assert rows[0]["unique_id"] == found.unique_id
    assert (rows[0]["kind"], rows[0]["called"], rows[0]["caller"]) == (
        "trunk",
        BOB,
        caller or presentation.value,
    )
    assert float(rows[0]["end"]) > float(rows[0]["answer"]) >= float(rows[0]["start"]) > 0


@pytest.mark.parametrize(
    ("dialled", "sent"), [("0612345678", "0612345678"), ("+33612345678", "0612345678"), ("550", "0970711058")]
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
    "dialled", ["0612345678", "0899123456", "3631", "0044123456789", "+44123456789", "551", "*72", "550"]
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


@pytest.mark.parametrize("dialled", ["15", "112", "116117"])
async def test_emergency_calls_go_out_whatever_is_barred_with_the_sites_number(
    alone: Stack, dialled: str
) -> None:
    async with outside(alone) as trunk, phone(alone, CLARA) as clara:
        await clara.register()
        call = await clara.invite(dialled)
        ring = await trunk.incoming()
        assert (ring.dialled, ring.caller.uri.user) == (dialled, SITE)
        assert ring.header("Privacy") is None
        leg = await ring.answer()
        await call.hang_up()
        await leg.ended()


async def test_an_unknown_number_of_ours_is_refused_with_404_after_an_announcement(alone: Stack) -> None:
    async with outside(alone) as trunk:
        call = await trunk.invite("0222969599")
        await call.early_media()
        await call.hears_speech()
        await call.refused(within=15)
        assert call.final_status == 404


async def test_what_a_call_tells_the_app_survives_hostile_headers(alone: Stack) -> None:
    hostile = 'x, "y" ) ${SHELL(id)} | & ; \\ :1:2'
    async with listening(alone) as starts, outside(alone) as trunk:
        headers = [
            ("Diversion", "<sip:0222969502@a>;reason=no-answer"),
            ("Diversion", f'"{"b" * 900}" <sip:0222969503@b>'),
            ("Diversion", "<sip:0222969504@c,d>;reason=unconditional"),
            ("History-Info", "<sip:0222969502@a>;index=1"),
            ("P-Asserted-Identity", '"Été, l\'" <sip:0612345678@127.0.0.1>'),
            ("Privacy", "id;critical"),
        ]
        call = await trunk.invite(
            "+33222969501", from_uri="sip:0699999999@127.0.0.1", from_display=hostile, headers=headers
        )
        await call.refused()
        args = decode_stasis_args(await asyncio.wait_for(starts.get(), 5))
    assert args["kind"] == "trunk"
    assert (args["dialled"], args["endpoint"]) == ("+33222969501", "demo-trunk")
    assert args["remote_addr"].startswith("127.0.0.1:")
    assert "<sip:0699999999@127.0.0.1>" in args["from"]
    assert "${SHELL-id-}" in args["from"]
    assert args["pai"] == '"Été, l\'" <sip:0612345678@127.0.0.1>'
    assert args["privacy"] == "id;critical"
    first, second, third = args["diversion"].split("\n")
    assert first == "<sip:0222969502@a>;reason=no-answer"
    assert second.startswith('"bbb')
    assert len(second) == 300
    assert third == "<sip:0222969504@c,d>;reason=unconditional"
    assert args["history_info"] == "<sip:0222969502@a>;index=1"
    assert args["call_id"]
    assert args["presentation"].startswith("prohib")


async def test_a_line_is_who_its_password_says_whatever_its_from_claims(alone: Stack) -> None:
    async with listening(alone) as starts, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("*318", headers=[("P-Asserted-Identity", "<sip:0600000000@x>")])
        await call.refused()
        args = decode_stasis_args(await asyncio.wait_for(starts.get(), 5))
    assert (args["kind"], args["dialled"], args["endpoint"]) == ("line", "*318", ALICE)
    assert (args["diversion"], args["history_info"]) == ("", "")


@asynccontextmanager
async def listening(stack: Stack) -> AsyncIterator[asyncio.Queue[list[str]]]:
    """An app that notes the arguments of each call and refuses it as busy."""
    asterisk = stack.config.asterisk
    headers = {"Authorization": aiohttp.encode_basic_auth(asterisk.ari_user, asterisk.ari_password)}
    starts: asyncio.Queue[list[str]] = asyncio.Queue()

    async def read(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            event = json.loads(message.data)
            if event["type"] == "StasisStart":
                starts.put_nowait(event["args"])
                url = f"{asterisk.ari_url}/channels/{event['channel']['id']}?reason=busy"
                await session.delete(url)

    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.ws_connect(f"{asterisk.ari_url}/events?app={asterisk.app}") as socket:
            reader = asyncio.create_task(read(socket))
            yield starts
        await reader


def test_names_of_other_files_are_no_recordings() -> None:
    assert fallback_recording(Path("x/../evil.wav16").name) is None
