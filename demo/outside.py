"""The world outside of the demo, when nobody plays it on the port of ``demo-trunk``: whoever is called there answers,
and says what it hears (an echo half a second late). ``callcontrol run --demo`` keeps it alive.

It has an address of its own, so that the film, a test or a softphone can have that of ``demo-trunk`` at any time.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

from callcontrol import heartbeat
from callcontrol.config import load as configuration
from callcontrol.config.load import TrunkConfig
from rig import IncomingCall, Trunk

NAME = "demo-echo"
RINGS_SECONDS = 1.0
LONGEST_SECONDS = 600.0
TRY_AGAIN_SECONDS = 5.0


async def main() -> int:
    """Until SIGTERM."""
    config = configuration.load(None, os.environ)
    trunk = next((trunk for trunk in config.trunks if trunk.name == NAME), None)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    tasks = [asyncio.create_task(heartbeat.beat(os.environ))]
    if trunk is not None:
        tasks.append(asyncio.create_task(_answering(trunk)))
    await over.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return 0


async def _answering(trunk: TrunkConfig) -> None:
    """Whoever has the port is waited for: a demo without an echo is still a demo."""
    told = False
    while True:
        try:
            async with Trunk(host=trunk.host, port=trunk.port, name="outside") as outside:
                outside.plays(echo)
                await asyncio.Event().wait()
        except OSError as error:
            if not told:
                print(f"no echo on {trunk.host}:{trunk.port} yet: {error.strerror}", flush=True)
            told = True
            await asyncio.sleep(TRY_AGAIN_SECONDS)


async def echo(call: IncomingCall) -> None:
    """Ring, answer, and send back what is heard, until the caller hangs up."""
    try:
        with suppress(
            AssertionError
        ):  # it gave up, or says no goodbye: what a person outside would not notice
            await call.ring()
            await asyncio.sleep(RINGS_SECONDS)
            if not call.is_over:
                await call.answer()
                call.media.play_echo()
                await call.ended(within=LONGEST_SECONDS)
    finally:
        with suppress(AssertionError):
            if not call.is_over:
                await call.hang_up()
        call.agent.calls.remove(call)
        if isinstance(call.agent, Trunk):
            call.agent.forget()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
