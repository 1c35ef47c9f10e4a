"""The demo without the film: a number outside answers, and a call from outside is made from a terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import yaml

from rig import Phone, Trunk, both_hear
from tests.e2e.supervised import System, eventually, system
from tests.stack import CLONE

CAMILLE, DOMINIQUE = ("0222969569", "demo-sip-Kestrel-57"), ("0222969570", "demo-sip-Plover-57")


async def test_outside_answers_with_an_echo_until_somebody_plays_it_and_calls_from_a_terminal(
    tmp_path: Path,
) -> None:
    async with system(tmp_path) as it:
        demo = yaml.safe_load((CLONE / "demo" / "callcontrol.yaml").read_text())
        demo["trunks"][0]["port"] = it.ports.trunk
        demo["trunks"][1] |= {
            "host": "127.90.90.91",
            "port": it.ports.trunk,
        }  # others may play a demo just now
        it.file.write_text(yaml.safe_dump(yaml.safe_load(it.file.read_text()) | demo))
        await it.start("--demo")
        assert "make call TO=0222969570" in it.said()
        server = ("127.0.0.1", it.ports.sip)
        async with Phone(*CAMILLE, server) as camille, Phone(*DOMINIQUE, server) as dominique:
            await _registered(camille)
            await _registered(dominique)
            call = await camille.invite("0612345678")
            await call.answered(within=8)
            await call.hears(call.tone)
            await call.hang_up()

            async with Trunk(server, port=it.ports.trunk) as outside:
                call = await camille.invite("0612345678")
                there = await outside.incoming(within=2)
                await there.answer()
                await call.answered()
                await both_hear(call, there)
                await call.hang_up()

            by_hand = await _by_hand(it)
            ring = await dominique.incoming()
            assert ring.caller.uri.user == "0145678901"
            await ring.ring()
            leg = await ring.answer()
            await leg.hang_up()
            out, _ = await by_hand.communicate()
            assert by_hand.returncode == 0
            assert [line.strip() for line in out.decode().splitlines()][-3:] == [
                "it rings (180).",
                "answered: a tone is played until one side hangs up.",
                "the other side hung up.",
            ]
            await _ends_with_its_command(it, dominique)
        assert await it.ends_with(signal.SIGTERM) == 0
        await eventually(lambda: not it.left_over(), "nothing left", 5)


async def _by_hand(it: System, out: int = asyncio.subprocess.PIPE) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.call", "0222969570", "--from", "0145678901"),
        env={**os.environ, "CALLCONTROL_CONFIG": str(it.file)}, cwd=CLONE, stdout=out,
    )  # fmt: skip


async def _ends_with_its_command(it: System, called: Phone) -> None:
    """A call by hand is over with its command: ended by a signal, or when nobody reads any more what it says."""
    for answered in (False, True):
        by_hand = await _by_hand(it)
        assert by_hand.stdout is not None
        ring = await called.incoming()
        await (ring.answer() if answered else ring.ring())
        await by_hand.stdout.readuntil(b"answered" if answered else b"rings")
        by_hand.terminate()
        await (ring.ended() if answered else ring.cancelled())
        assert await by_hand.wait() == 128 + signal.SIGTERM
    nobody, out = os.pipe()
    by_hand = await _by_hand(it, out)
    os.close(out)
    ring = await called.incoming()
    os.close(nobody)
    await ring.answer()
    await ring.ended()
    assert await by_hand.wait() == 141


async def _registered(phone: Phone) -> None:
    """Asterisk reads a new company a moment after it was written."""
    for _ in range(200):
        if (await phone.try_register()).status == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{phone.user} cannot register")
