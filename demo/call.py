"""``make call TO=0222969570``: a call from outside to a line of the running system, by hand, told in words.

Comes from this machine to the system's SIP port, where the demo's trunk is: no registration, any number as the caller.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress

from callcontrol.commands.run import configured
from callcontrol.config import load as configuration
from callcontrol.errors import CallControlError
from callcontrol.runtime.ending import tidily
from rig import OutgoingCall, Trunk

FIRST_WORD_SECONDS = 5.0
LONGEST_SECONDS = 600.0
_DIALLED = re.compile(r"\+?[0-9*# .()/-]{1,40}|anonymous")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the call was answered or its caller heard something, 1 when it was refused, 128 and its number after a
    signal that ends it; the call is over by then."""
    parser = argparse.ArgumentParser("python -m demo.call", description="A call from outside, by hand.")
    parser.add_argument("to", metavar="NUMBER", help="the number of a line, as somebody outside dials it")
    parser.add_argument("--from", dest="caller", default="0612345678", metavar="CALLER", help="who calls")
    options = parser.parse_args(arguments)
    for name, given in (("NUMBER", options.to), ("--from", options.caller)):
        if not _DIALLED.fullmatch(given):
            parser.error(f"{name} is digits, as they are dialled, not {given!r}")
    return tidily(lambda: _made(options.to, options.caller))


def _made(to: str, caller: str) -> int:
    try:
        config = configuration.load(configured(None, demo=True), os.environ, make_secrets=False)
        host = "127.0.0.1" if config.sip.bind in ("0.0.0.0", "::") else config.sip.bind
        return asyncio.run(_call(to, caller, (host, config.sip.port)))
    except CallControlError as error:
        print(f"callcontrol: {error}", file=sys.stderr)
        return 1


async def _call(to: str, caller: str, server: tuple[str, int]) -> int:
    async with Trunk(server) as outside:
        call = await outside.invite(to, caller=caller)
        print(f"{caller} calls {to}. Ctrl-C hangs up.", flush=True)
        try:
            return await _told(call, f"{server[0]}:{server[1]}")
        finally:
            if call.provisionals and not call.is_over:
                with suppress(AssertionError):  # nobody is there any more to hear it
                    await (call.hang_up() if call.is_answered else call.cancel())


async def _told(call: OutgoingCall, server: str) -> int:
    said = 0

    def news() -> bool:
        return call.is_over or call.is_answered or len(call.provisionals) > said

    try:
        await call.agent.until(news, FIRST_WORD_SECONDS, "no word")
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
    except AssertionError:
        print(
            f"   {LONGEST_SECONDS:g} s are over: hung up."
            if call.provisionals or call.is_answered
            else f"   {server} says nothing: is callcontrol running there? `make run` starts it.",
            flush=True,
        )
        return 1
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
