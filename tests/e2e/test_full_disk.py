"""A disk that is really full (a small one of our own, mounted as root) under calls, and free again: journals, logs,
messages and the database on it. What is there goes on, the callers are told, health says so, and all comes back by
itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from rig import Phone, both_hear
from tests.e2e.office import eventually, registers
from tests.e2e.supervised import System, system
from tests.hostile_size import is_root, tried
from tests.stack import CLONE

pytestmark = [pytest.mark.hostile, pytest.mark.skipif(not is_root(), reason="only root may mount a disk")]

DISK = "400m"
KEEP_FREE_MB = 40
BACK = 10.0
"""Seconds in which everything is as before, once there is room."""


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is free while the block runs."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * piece)
            except OSError:
                continue
    disk = os.statvfs(folder)
    assert disk.f_bavail * disk.f_frsize < 100_000, "others may have deleted a little meanwhile"
    try:
        yield
    finally:
        path.unlink()


async def health(it: System) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as web, web.get(f"http://127.0.0.1:{it.ports.web}/healthz") as answer:
        return answer.status, await answer.json()


async def becomes(it: System, status: int, within: float) -> dict[str, Any]:
    async def looked() -> dict[str, Any] | None:
        try:
            found, body = await health(it)
        except aiohttp.ClientError:
            return None
        return body if found == status else None

    return await eventually(looked, f"health {status}", within)


async def messages(it: System, person: dict[str, Any]) -> list[dict[str, Any]]:
    """What is in somebody's box, by the API."""
    url = f"http://127.0.0.1:{it.ports.web}/api/v1"
    async with aiohttp.ClientSession() as web:
        login = {"number": person["number"], "password": person["portal_password"]}
        async with web.post(f"{url}/sessions", json=login) as answer:
            token = (await answer.json())["token"]
        async with web.get(f"{url}/me/messages", headers={"Authorization": f"Bearer {token}"}) as answer:
            return list((await answer.json())["items"])


async def talks(a: Phone, b: Phone, extension: str) -> None:
    call = await a.invite(extension)
    leg = await (await b.incoming()).answer()
    await call.answered()
    await both_hear(call, leg)
    await call.hang_up()
    await leg.ended()


async def begins_a_message(a: Phone, extension: str) -> Any:
    call = await a.invite(extension)
    await call.answered(within=15)
    await call.hears_speech()
    await call.send_dtmf("#")
    await call.hears(1000)
    return call


async def test_a_disk_full_under_calls_is_told_and_all_is_back_within_ten_seconds(tmp_path: Path) -> None:
    people = yaml.safe_load((CLONE / "demo" / "company.yaml").read_text("utf-8"))["lines"]
    camille, dominique, third = people[:3]
    async with system(tmp_path) as it:
        with small_disk(it.layout.root):
            settings = yaml.safe_load(it.file.read_text())
            settings["media"] = {"keep_free_mb": KEEP_FREE_MB}
            it.file.write_text(yaml.safe_dump(settings))
            await it.start("--demo")
            server = f"127.0.0.1:{it.ports.sip}"
            phones = [Phone(each["number"], each["sip_password"], server) for each in (camille, dominique)]
            async with phones[0] as a, phones[1] as b:
                for each in (a, b):
                    await eventually(lambda each=each: registers(each), "the demo's phones can register")  # type: ignore[misc]
                await becomes(it, 200, BACK)
                call = await a.invite(dominique["extension"])
                leg = await (await b.incoming()).answer()
                await call.answered()
                recording = await begins_a_message(b, third["extension"])
                await asyncio.sleep(2.5)  # a part of the message
                pids = {part: it.pid(part) for part in ("calls", "web", "asterisk")}
                with full(it.layout.root):
                    body = await becomes(it, 503, 8)
                    assert body["storage"] == {"status": "down"}
                    assert any("disk" in reason for reason in body["reasons"])
                    await both_hear(call, leg)
                    await recording.hang_up()  # in the middle of it
                    refused = await a.invite(third["extension"])
                    await refused.early_media(within=10)
                    await refused.hears_speech()
                    await refused.refused(within=20)
                    assert refused.final_status == 503
                    await call.hang_up()
                    await leg.ended(within=4)
                    await talks(a, b, dominique["extension"])
                    assert "degraded: " in it.said()
                free = time.monotonic()
                await becomes(it, 200, BACK)
                assert time.monotonic() - free < BACK
                await talks(a, b, dominique["extension"])

                async def left() -> list[dict[str, Any]] | None:
                    return await messages(it, third) or None

                (kept,) = await eventually(left, "the message that the full disk cut off", BACK)
                assert kept["duration"] >= 2
                again = await begins_a_message(a, third["extension"])
                await asyncio.sleep(2.5)
                await again.hang_up()

                async def both() -> bool | None:
                    return len(await messages(it, third)) == 2 or None

                await eventually(both, "a message taken as before", BACK)
                assert {part: it.pid(part) for part in pids} == pids, "nothing had to be started again"
                tried("disks full under calls, and free again")
            assert await it.ends_with(15) == 0  # type: ignore[arg-type]
