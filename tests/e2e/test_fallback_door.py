"""What comes in at Asterisk's door: what a call tells the app, and what is no call and has no business there."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from callcontrol.asterisk_conf.accounts import UNREADABLE, decode_stasis_args
from rig import Phone, Trunk
from rig.dialog import new_tag
from rig.message import Header, Request
from tests.e2e.alone import ALICE, BOB, alone, calls, outside, phone
from tests.stack import Stack

__all__ = ["alone"]


async def test_what_a_call_tells_the_app_survives_hostile_headers(alone: Stack) -> None:
    hostile = 'x, "y" ) ${SHELL(id)} | & ; \\ :1:2'
    async with listening(alone) as starts, outside(alone) as trunk:
        headers = [
            ("Diversion", "<sip:0222969502@a>;reason=no-answer"),
            ("Diversion", f'"{"b" * 560}" <sip:0222969503@b>'),
            ("Diversion", "<sip:0222969504@c,d>;reason=unconditional"),
            ("History-Info", "<sip:0222969502@a>;index=1"),
            ("History-Info", f'"{"b" * 900}" <sip:0222969502@a>;index=1.1'),
            ("P-Asserted-Identity", '"Été, l\'" <sip:0612345678@127.0.0.1>'),
            ("P-Asserted-Identity", "<tel:+33612345678>"),
            ("Remote-Party-ID", "<sip:0612345678@x>;party=calling"),
            ("Privacy", "id;critical"),
            ("privacy", "user"),
        ]
        call = await trunk.invite(
            "+33222969501", from_uri="sip:0699999999@127.0.0.1", from_display=hostile, headers=headers
        )
        await call.refused()
        async with asyncio.timeout(5):
            args = decode_stasis_args(await starts.get())
    assert args["kind"] == "trunk"
    assert args["dialled"].startswith("sip:+33222969501@127.0.0.1:")
    assert args["endpoint"] == "demo-trunk"
    assert args["remote_addr"].startswith("127.0.0.1:")
    assert "<sip:0699999999@127.0.0.1>" in args["from"]
    assert ") ${SHELL(id)} |" in args["from"]
    assert args["pai"] == '"Été, l\'" <sip:0612345678@127.0.0.1>\n<tel:+33612345678>'
    assert args["remote_party"] == "<sip:0612345678@x>;party=calling"
    assert args["privacy"] == "id;critical\nuser"
    first, second, third = args["diversion"].split("\n")
    assert first == "<sip:0222969502@a>;reason=no-answer"
    assert second == f'"{"b" * 560}" <sip:0222969503@b>'
    assert third == "<sip:0222969504@c,d>;reason=unconditional"
    assert args["history_info"] == UNREADABLE
    assert args["call_id"]
    assert args["presentation"].startswith("prohib")


async def test_a_line_is_who_its_password_says_whatever_its_from_claims(alone: Stack) -> None:
    async with listening(alone) as starts, phone(alone, ALICE) as alice:
        await alice.register()
        call = await alice.invite("*318", headers=[("P-Asserted-Identity", "<sip:0600000000@x>")])
        await call.refused()
        async with asyncio.timeout(5):
            args = decode_stasis_args(await starts.get())
    assert (args["kind"], args["endpoint"]) == ("line", ALICE)
    assert args["dialled"].startswith("sip:*318@")
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


def message(sender: Phone | Trunk, number: str, extra: list[Header]) -> Request:
    """A SIP MESSAGE to ``number``, outside any call (RFC 3428)."""
    headers = (
        ("Via", sender.via()),
        ("Max-Forwards", "70"),
        ("From", str(sender.identity().with_tag(new_tag()))),
        ("To", f"<{sender.target(number)}>"),
        ("Call-ID", new_tag()),
        ("CSeq", "1 MESSAGE"),
        ("Content-Type", "text/plain"),
    )
    return Request((*headers, *extra), b"hello", "MESSAGE", sender.target(number))


async def test_a_message_is_refused_and_runs_no_dialplan(alone: Stack) -> None:
    known = len(calls(alone))
    async with outside(alone) as trunk, phone(alone, ALICE) as alice, phone(alone, BOB) as bob:
        await alice.register()
        await bob.register()
        for sender in (alice, trunk):
            for number in ("112", BOB, "0612345678"):
                make = functools.partial(message, sender, number)
                assert (await sender.ask(make, 5, "MESSAGE")).status >= 400
        await trunk.no_incoming(0.3)
        await bob.no_incoming(0.1)
    assert "0 active channels" in await alone.asterisk_cli("core show channels count")
    assert len(calls(alone)) == known


async def test_a_transfer_from_outside_is_refused(alone: Stack) -> None:
    """It would be carried out by Asterisk, past barring and history: toll fraud by whoever is called."""
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        call = await trunk.invite(BOB)
        leg = await (await bob.incoming()).answer()
        await call.answered()
        with pytest.raises(AssertionError, match=r"REFER answered with [456]"):
            await call.refer("0899123456")
        await trunk.no_incoming(0.3)
        await call.hang_up()
        await leg.ended()


async def test_a_refused_device_leaves_no_number_in_a_log(alone: Stack) -> None:
    stranger, dialled = "0699887766", "0033699887755"
    async with Phone(stranger, "wrong", alone.sip_server) as thief, phone(alone, ALICE) as alice:
        assert (await thief.try_register()).status in (401, 403, 404)
        call = await thief.invite(dialled)
        await call.refused(within=20)  # from the trunk's address, so with words
        alice.password = "wrong"
        assert (await alice.try_register()).status in (401, 403)
    await alone.asterisk_cli("logger rotate")  # the log's queue is written before the file is changed
    for path in alone.layout.logs.iterdir():
        text = path.read_bytes().decode(errors="replace") if path.is_file() else ""
        for number in (stranger, dialled, dialled.removeprefix("0033")):
            assert number not in text, path.name
