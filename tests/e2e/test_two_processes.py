"""Calls and web are two processes: what befalls one of them does not touch the other (ADR 6)."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from rig import Phone, both_hear
from rig.incoming import IncomingCall
from rig.outgoing import OutgoingCall
from tests.e2e.office import eventually as soon
from tests.e2e.office import registers
from tests.e2e.supervised import System, eventually, system
from tests.stack import CLONE

BACK = 6.0
"""Seconds in which what was killed, or is silent, must be there again: 2 of them may be its silence."""


@dataclass
class Demo:
    """The demo company on a supervised system, and a call between two of its people."""

    it: System
    a: Phone
    b: Phone
    extension: str

    async def call(self) -> tuple[OutgoingCall, IncomingCall]:
        call = await self.a.invite(self.extension)
        ring = await self.b.incoming()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        return call, ring

    async def health(self) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self.it.ports.web}/healthz"
        async with aiohttp.ClientSession() as web, web.get(url) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    people = yaml.safe_load((CLONE / "demo" / "company.yaml").read_text("utf-8"))["lines"][:2]
    async with system(folder) as it:
        await it.start("--demo")
        server = f"127.0.0.1:{it.ports.sip}"
        phones = [Phone(each["number"], each["sip_password"], server) for each in people]
        async with phones[0] as a, phones[1] as b:
            for each in (a, b):  # Asterisk reads the accounts a moment after the company was made
                await soon(partial(registers, each), "the demo's phones can register")
            yield Demo(it, a, b, people[1]["extension"])
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["kill", "freeze"])
async def test_the_web_dies_or_hangs_and_no_call_notices(tmp_path: Path, number: signal.Signals) -> None:
    async with demo(tmp_path) as on:
        calls, web = on.it.pid("calls"), on.it.pid("web")
        assert web is not None
        call, ring = await on.call()
        os.kill(web, number)
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
        call, ring = await on.call()  # and another one, made while there is no web
        await on.it.replaced("web", web, within=BACK)
        await on.it.healthy()
        assert (await on.health())[1]["calls"] == 1, "the new web sees the call that began without it"
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended(within=2)
        assert on.it.pid("calls") == calls


async def test_the_calls_process_dies_and_the_web_stays_says_so_and_finds_the_next_one(
    tmp_path: Path,
) -> None:
    async with demo(tmp_path) as on:
        calls, web = on.it.pid("calls"), on.it.pid("web")
        assert calls is not None
        call, ring = await on.call()
        os.kill(calls, signal.SIGKILL)
        status, said = await on.health()
        assert (status, said["status"], said["calls"]) == (503, "degraded", None)
        assert said["reasons"] == ["the process of the calls does not answer"]
        await on.it.replaced("calls", calls, within=BACK)
        await on.it.healthy()
        assert (await on.health())[1]["calls"] == 1, "the new one took the call over"
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
        assert on.it.pid("web") == web


async def test_calls_without_a_web_are_a_system_too(tmp_path: Path) -> None:
    async with system(tmp_path) as it:
        await it.start("--only", "postgres,asterisk,calls")
        assert it.pid("calls") is not None
        assert it.pid("web") is None
        assert it.layout.call_side.is_socket()
        assert await it.ends_with(signal.SIGTERM) == 0
        assert it.left_over() == []


async def test_the_calls_process_listens_to_nobody_on_the_network(tmp_path: Path) -> None:
    async with demo(tmp_path) as on:
        pid = on.it.pid("calls")
        assert pid is not None
        assert _listening_ports(pid) == set()
        socket = on.it.layout.call_side
        assert socket.is_socket()
        assert socket.stat().st_mode & 0o777 == 0o600
        await eventually(lambda: _listening_ports(_web(on)) == {on.it.ports.web}, "the web alone does", 2)


def _web(on: Demo) -> int:
    pid = on.it.pid("web")
    assert pid is not None
    return pid


def _listening_ports(pid: int) -> set[int]:
    """TCP ports at which a process listens."""
    held = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]
    ]
    return {
        int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held
    }
