"""Asterisk without the app, with four lines of two companies and two trunks, for the tests of the native fallback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio

from callcontrol.asterisk_conf.accounts import LineAccount, OwnNumber, ShortCode, read_fallback_calls
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.config.load import TrunkConfig
from callcontrol.facts import Barring
from callcontrol.number_format import NumberFormat
from callcontrol.runtime.asterisk_process import AsteriskProcess
from callcontrol.runtime.files import write_private
from rig import Phone, Trunk
from tests.stack import Stack, free_ports

ALICE, BOB, CLARA, DAVID = "0222969501", "0222969502", "0222969503", "0222969504"
SITE = "0222969500"
MAIN = "0222969555"
SPARE = "spare-trunk"
LINES = [
    LineAccount(ALICE, "c1", 'Alice "A" ; Martin', "pw-alice", "4101", site_number=SITE),
    LineAccount(BOB, "c1", "Bob", "pw-bob", "4102", site_number=SITE, dtls="savpf"),
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
    LineAccount(DAVID, "c2", "David", "pw-david", "4102", main_caller_id=MAIN),
]
PASSWORDS = {line.number: line.sip_password for line in LINES}
CALLED = ("612345678", "899123456", "970711058", "44123456789", "222969599", "222969555")
"""Parts of every outside number in these tests: none is to be in any log (spec §13)."""
DESK, FAX = "0222969510", "0970717811"
OTHERS = [OwnNumber(DESK, messages=True, company="c1", extension="4900"), OwnNumber(FAX)]
"""A group, and a number where nobody answers."""
CODES = [ShortCode("c1", "550", "0970711058"), ShortCode("c1", "551", "0899123456")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Asterisk with the lines and both trunks, and no app."""
    async with Stack.start(tmp_path_factory.mktemp("alone"), app=False, company=None) as running:
        await running.asterisk.stop()
        # Only the first trunk's calls come from this machine's usual address. Each writes numbers in its own way.
        spare = TrunkConfig(
            SPARE, "127.0.0.1", free_ports().trunk, ("127.0.0.9",), number_format=NumberFormat.E164
        )
        running.config = replace(running.config, trunks=(*running.config.trunks, spare))
        running.asterisk = AsteriskProcess(running.config, print)
        write_private(running.layout.asterisk_etc / "lines.conf", render_lines(LINES))
        write_private(running.layout.asterisk_etc / "fallback.conf", render_fallback(LINES, CODES, OTHERS))
        await running.asterisk.start()
        yield running
        logs = {path.name: path.read_bytes() for path in running.layout.logs.iterdir() if path.is_file()}
        assert [name for name, text in logs.items() if any(n.encode() in text for n in CALLED)] == []


def phone(stack: Stack, number: str) -> Phone:
    return Phone(number, PASSWORDS[number], stack.sip_server)


@asynccontextmanager
async def outside(stack: Stack) -> AsyncIterator[Trunk]:
    async with Trunk(stack.sip_server, port=stack.trunk_port) as trunk:
        yield trunk


@asynccontextmanager
async def spare_outside(stack: Stack) -> AsyncIterator[Trunk]:
    """The far end of the second trunk."""
    async with Trunk(stack.sip_server, port=stack.config.trunks[1].port, name="spare") as trunk:
        yield trunk


async def eventually(condition: Callable[[], object], what: str, within: float = 5.0) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what}: not within {within} s"
        await asyncio.sleep(0.02)


def calls(stack: Stack) -> list[dict[str, str]]:
    path = stack.layout.fallback_calls
    return read_fallback_calls(path.read_text("utf-8")) if path.exists() else []
