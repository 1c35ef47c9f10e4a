"""``make call TO=0222969570``: a call from outside to a line of the running system, by hand, told in words.

Comes from this machine to the system's SIP port, where the demo's trunk is: no registration, any number as the caller.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from callcontrol.commands.run import configured
from callcontrol.config import load as configuration
from callcontrol.errors import CallControlError
from rig import OutgoingCall, Trunk

LONGEST_SECONDS = 600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the call was answered or its caller heard something, 1 when it was refused, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser("python -m demo.call", description="A call from outside, by hand.")
    parser.add_argument("to", metavar="NUMBER", help="the number of a line, as somebody outside dials it")
    parser.add_argument("--from", dest="caller", default="0612345678", metavar="CALLER", help="who calls")
    options = parser.parse_args(arguments)
    try:
        config = configuration.load(configured(None, demo=True), os.environ, make_secrets=False)
        host = "127.0.0.1" if config.sip.bind in ("0.0.0.0", "::") else config.sip.bind
        return asyncio.run(_call(options.to, options.caller, (host, config.sip.port)))
    except CallControlError as error:
        print(f"callcontrol: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _call(to: str, caller: str, server: tuple[str, int]) -> int:
    async with Trunk(server) as outside:
        call = await outside.invite(to, caller=caller)
        print(f"{caller} calls {to}. Ctrl-C hangs up.", flush=True)
        try:
            return await _told(call)
        finally:
            if not call.is_over:
                await (call.hang_up() if call.is_answered else call.cancel())


async def _told(call: OutgoingCall) -> int:
    said = 0

    def news() -> bool:
        return call.is_over or call.is_answered or len(call.provisionals) > said

    while not call.is_over and not call.is_answered:
        await call.agent.until(news, LONGEST_SECONDS, "nothing more happens")
        for each in call.provisionals[said:]:
            print(_WORDS.get(each.status, f"   {each.status}"), flush=True)
        said = len(call.provisionals)
    if call.is_answered:
        print("   answered: a tone is played until one side hangs up.", flush=True)
        await call.ended(within=LONGEST_SECONDS)
        print("   the other side hung up.", flush=True)
        return 0
    sounded = any(each.status == 183 for each in call.provisionals)
    print(
        f"   {'an announcement was played, then ' if sounded else ''}refused with {call.final_status}.",
        flush=True,
    )
    return 0 if sounded else 1


_WORDS = {
    100: "   the system has the call (100).",
    180: "   it rings (180).",
    183: "   sound before the answer (183).",
}

if __name__ == "__main__":
    sys.exit(main())
