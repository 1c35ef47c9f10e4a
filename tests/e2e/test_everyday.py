"""What an operator does every day, on a real system: look, explain, reload, back up, and bring a backup home."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from demo.portal import Portal
from rig import Phone, Trunk
from tests.e2e.supervised import System, eventually, system
from tests.stack import CLONE

CAMILLE, DOMINIQUE = ("0222969569", "demo-sip-Kestrel-57"), ("0222969570", "demo-sip-Plover-57")
PORTAL = ("0222969570", "Plover-vole-86!b")


async def typed(it: System, folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """``callcontrol …`` typed in ``folder``, without a word about which system is meant unless ``more`` says it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLCONTROL_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcontrol", *arguments),
        env={**clean, "PYTHONPATH": str(CLONE), **more}, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def configured(it: System, changes: Mapping[str, Any]) -> None:
    it.file.write_text(yaml.safe_dump(yaml.safe_load(it.file.read_text()) | changes))


async def registered(phone: Phone) -> None:
    for _ in range(200):
        if (await phone.try_register()).status == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{phone.user} cannot register")


@pytest.mark.timeout(240)
async def test_a_system_is_looked_at_changed_saved_and_brought_back(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    async with system(tmp_path) as it:
        trunk = {"name": "demo-trunk", "host": "127.0.0.1", "port": it.ports.trunk}
        configured(it, {"trunks": [trunk]})
        await it.start("--demo")
        named = {"CALLCONTROL_CONFIG": str(it.file)}
        await _looked_at(it, elsewhere, named)
        await _reloaded(it, elsewhere, named, trunk)
        voice = await _a_message_and_a_setting(it)
        await _a_backup_given_up(it, tmp_path / "given-up")
        backup = tmp_path / "all.backup"
        code, said = await typed(it, elsewhere, "backup", str(backup), **named)
        assert (code, backup.stat().st_mode & 0o777) == (0, 0o600), said
        code, said = await typed(it, elsewhere, "backup", str(backup), **named)
        assert (code, "never overwritten" in said) == (1, True)
        code, said = await typed(it, elsewhere, "restore", str(backup), **named)
        assert (code, "already running" in said, said.count("\n")) == (1, True, 1)
        await _emptied(it)
        assert await it.ends_with(signal.SIGTERM) == 0

        broken = tmp_path / "broken.backup"
        broken.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
        assert (await typed(it, elsewhere, "restore", str(broken), **named))[0] == 1
        assert (await typed(it, elsewhere, "restore", str(it.file), **named))[0] == 1
        code, said = await typed(it, elsewhere, "restore", str(backup), **named)
        assert code == 0, said
        assert "4 lines, 1 messages" in said
        assert "What was there before is in" in said
        assert not list(it.layout.root.glob(".restoring*"))
        await it.start("--demo")
        assert await _kept(it) == (voice, 27)
        assert await it.ends_with(signal.SIGTERM) == 0


async def _a_backup_given_up(it: System, folder: Path) -> None:
    """SIGTERM while it is made: it is whole or not there, and nothing is left of it."""
    folder.mkdir()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcontrol", "--config", str(it.file), "backup", str(folder / "all")),
        stdout=asyncio.subprocess.DEVNULL,
    )
    media = it.layout.root / "media"
    over = asyncio.ensure_future(process.wait())
    await eventually(lambda: over.done() or list(media.glob(".backup-*")), "a backup that is made", 20)
    if not over.done():
        process.terminate()
    code = await over
    assert code in (0, 128 + signal.SIGTERM)
    assert [path.name for path in folder.iterdir()] == ["all"] * (code == 0)
    assert list(media.glob(".backup-*")) == []


async def _looked_at(it: System, folder: Path, named: Mapping[str, str]) -> None:
    """Tables and stories, from any folder, and nothing is written there."""
    server = ("127.0.0.1", it.ports.sip)
    async with Phone(*CAMILLE, server) as camille, Trunk(server, port=it.ports.trunk) as outside:
        await registered(camille)
        call = await camille.invite("0612345678")
        there = await outside.incoming()
        await there.answer()
        await call.answered()
        code, said = await typed(it, folder, "status", **named)
        assert code == 0, said
        assert "health   ok" in said
        assert "calls    1 under way" in said
        assert "phones   1 of 4 lines have one registered" in said
        _, said = await typed(it, folder, "lines", "--json", **named)
        lines = {line["number"]: line for line in json.loads(said)}
        assert [(lines[n]["phone"], lines[n]["calls"]) for n in (CAMILLE[0], DOMINIQUE[0])] == [
            (True, 1),
            (False, 0),
        ]
        _, said = await typed(it, folder, "calls", "--json", **named)
        (seen,) = json.loads(said)
        assert (seen["caller"], seen["called"], seen["doing"]) == (CAMILLE[0], "+3361234••••", "talking")
        _, said = await typed(it, folder, "calls", **named)
        assert "talks" in said
        _, said = await typed(it, folder, "trunks", **named)
        assert f"demo-trunk  127.0.0.1:{it.ports.trunk}  alive" in said
        _, said = await typed(it, folder, "explain", "0612345678", "--from", "4002", **named)
        assert "[outgoing.outside]" in said
        _, said = await typed(it, folder, "explain", "0899123456", "--from", "4002", **named)
        assert "[barred.premium]" in said
        await call.hang_up()
    assert list(folder.iterdir()) == []


async def _reloaded(it: System, folder: Path, named: Mapping[str, str], trunk: Mapping[str, Any]) -> None:
    """What Asterisk and our processes can take is taken while a call goes on; the rest is said to wait."""
    assert await typed(it, folder, "reload", **named) == (0, "Nothing was changed since the start.\n")
    server = ("127.0.0.1", it.ports.sip)
    sip = yaml.safe_load(it.file.read_text())["sip"]
    async with Phone(*CAMILLE, server) as camille, Trunk(server, port=it.ports.trunk) as outside:
        await registered(camille)
        call = await camille.invite("0612345678")
        there = await outside.incoming()
        await there.answer()
        await call.answered()
        second = {"name": "second", "host": "127.0.0.1", "port": it.ports.rtp + 399}
        configured(
            it, {"log": {"level": "warning"}, "trunks": [trunk, second], "sip": sip | {"tls_port": 5999}}
        )
        code, said = await typed(it, folder, "reload", **named)
        assert code == 0, said
        assert said.splitlines() == [
            "In force: log.level (info → warning), trunks.second (new).",
            f"Waits for the next start: sip.tls_port ({it.ports.sip_tls} → 5999).",
        ]
        await call.hears(there.tone)
        await call.hang_up()
        await there.ended()
    _, said = await typed(it, folder, "trunks", **named)
    assert "second" in said
    it.file.write_text("sip: {port: none}\n" + it.file.read_text())
    code, said = await typed(it, folder, "reload", **named)
    assert (code, "stands there twice" in said) == (1, True), said
    it.file.write_text(it.file.read_text().partition("\n")[2])
    configured(it, {"trunks": [trunk], "sip": sip})
    assert (await typed(it, folder, "reload", **named))[0] == 0


async def _a_message_and_a_setting(it: System) -> bytes:
    """Someone outside leaves a message for Dominique, who changes a delay. The message's sound."""
    async with (
        Trunk(("127.0.0.1", it.ports.sip), port=it.ports.trunk) as outside,
        aiohttp.ClientSession() as http,
    ):
        call = await outside.invite(DOMINIQUE[0], caller="0145678901")
        await call.answered(within=10)
        await call.hears(1000, within=30)  # the beep
        await asyncio.sleep(3)  # what is said
        await call.hang_up()
        portal = await Portal.log_in(http, f"http://127.0.0.1:{it.ports.web}", *PORTAL)
        await portal.put("call-manager", {"no_answer": {"voicemail_after": 27}})

        async def delivered() -> bool:
            return bool((await portal._ask("GET", "me/messages"))["items"])

        for _ in range(200):
            if await delivered():
                break
            await asyncio.sleep(0.05)
    return (await _kept(it))[0]


async def _kept(it: System) -> tuple[bytes, int]:
    """The sound of the only message, and the delay that was set."""
    async with aiohttp.ClientSession() as http:
        base = f"http://127.0.0.1:{it.ports.web}"
        portal = await Portal.log_in(http, base, *PORTAL)
        (message,) = (await portal._ask("GET", "me/messages"))["items"]
        settings = await portal.read("call-manager")
        url = f"{base}/api/v1/me/messages/{message['id']}/audio"
        async with http.get(url, headers=portal._headers) as answer:
            assert answer.status == 200
            return await answer.read(), settings["no_answer"]["voicemail_after"]


async def _emptied(it: System) -> None:
    """Both are lost on the running system."""
    async with aiohttp.ClientSession() as http:
        portal = await Portal.log_in(http, f"http://127.0.0.1:{it.ports.web}", *PORTAL)
        (message,) = (await portal._ask("GET", "me/messages"))["items"]
        await portal._ask("DELETE", f"me/messages/{message['id']}")
        await portal._ask("DELETE", f"me/deleted/{message['id']}")
        await portal.put("call-manager", {})
    await eventually(lambda: not list((it.layout.root / "media" / "messages").rglob("*.wav*")), "erased", 10)


async def test_no_system_is_one_sentence_that_says_where_was_looked(tmp_path: Path) -> None:
    it = System(tmp_path)
    for command in (("status",), ("calls",), ("reload",)):
        code, said = await typed(it, tmp_path, *command)
        assert (code, said.count("\n")) == (1, 1)
        assert f"does not run in {tmp_path}" in said
    code, said = await typed(it, Path("/"), "explain", "4002", "--from", "4003", CALLCONTROL_CONFIG="")
    assert (code, said.count("\n")) in ((1, 1), (0, said.count("\n"))), said  # another system may run here
    assert not (tmp_path / "runtime").exists()
