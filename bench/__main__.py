"""``python -m bench``: run the measures, print the table, write ``bench/RESULTS.md``.

``--only m1`` makes a selection (m1 and m3 are one run) and writes no file; ``--profile`` shows instead where the
app spends its time.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench import browsers, floods, hostile_web, measures, pages, profiled, reminders, report, voicemail
from bench.measures import Found, Say
from bench.sipp import LoadFailed
from bench.site import OURS, Site, site
from bench.usage import Neighbours
from bench.voicemail_site import VoicemailSite, voicemail_site
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.ending import tidily

RESULTS = Path(__file__).parent / "RESULTS.md"

Measure = Callable[[Site, Say], Awaitable[Found]]
MEASURES: dict[str, Measure] = {
    "m1": measures.latency_and_cpu,
    "m3": measures.latency_and_cpu,
    "m2": measures.highest_rate,
    "m8": measures.soak,
    "m10": hostile_web.calls_beside,
    "m11": floods.calls_beside,
    "m12": pages.times,
    "m13": browsers.calls_beside,
}

OfVoicemail = Callable[[VoicemailSite, Say], Awaitable[Found]]
OF_VOICEMAIL: dict[str, OfVoicemail] = {"m4": voicemail.menu, "m5": voicemail.deposits}
"""Those that are made on a system of their own, beside app_voicemail."""
REMINDERS = "m7"
"""On a system of its own, too, beside a pace that is set."""
EVERY = (*MEASURES, REMINDERS, *OF_VOICEMAIL)


def say(line: str) -> None:
    print(line, flush=True)


async def run(names: Sequence[str], *, write: bool) -> None:
    """Make the named measures, each once, in the order of EVERY."""
    neighbours = Neighbours()
    version, found = await beside_dial(names)
    if REMINDERS in names:
        found_of_reminders = await reminders.paced(say)
        version = version or found_of_reminders[0]
        found.append(found_of_reminders[1])
    of_voicemail = await beside_voicemail([name for name in OF_VOICEMAIL if name in names])
    found += of_voicemail[1]
    about = report.machine(version or of_voicemail[0], neighbours.cores())
    rows = [row for part in found for row in part.rows]
    notes = [note for part in found for note in part.notes]
    say(f"\n{about}\n\n{report.table(rows)}\n")
    if write:
        RESULTS.write_text(report.document(rows, notes, about), encoding="utf-8")
        say(f"written to {RESULTS}")


async def beside_dial(names: Sequence[str]) -> tuple[str, list[Found]]:
    """Make those of the named measures that have Asterisk's own Dial() beside them; Asterisk's version."""
    wanted = dict.fromkeys(measure for name, measure in MEASURES.items() if name in names)
    if not wanted:
        return "", []
    async with site() as here:
        # one after the other is the point
        return await version_of(here), [await measure(here, say) for measure in wanted]


async def beside_voicemail(names: Sequence[str]) -> tuple[str, list[Found]]:
    """Make those of the named measures that have app_voicemail beside them; Asterisk's version."""
    if not names:
        return "", []
    async with voicemail_site() as here:
        return await version_of(here), [await OF_VOICEMAIL[name](here, say) for name in names]


async def version_of(here: Site) -> str:
    return (await here.stack.asterisk_cli("core show version")).split()[1]


async def profile(calls: int) -> None:
    """The app under a profiler while calls come in at M1's rate."""
    async with site("bench.profiled") as here:
        await here.call(OURS, measures.RATE, calls)
        await here.stack.stop_app()
        say(profiled.summary(here.stack.runtime_dir))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="m1,m2", help=f"some of {', '.join(EVERY)}")
    parser.add_argument("--profile", action="store_true", help="where the app spends its time, per function")
    chosen = parser.parse_args()
    names = chosen.only.lower().split(",") if chosen.only else list(EVERY)
    if unknown := set(names) - set(EVERY):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    if shutil.which("sipp") is None:
        say("sipp is missing: `make bench` installs it (Debian's package sip-tester)")
        return 1
    return tidily(lambda: _measured(chosen, names))


def _measured(chosen: argparse.Namespace, names: Sequence[str]) -> int:
    try:
        asyncio.run(profile(400) if chosen.profile else run(names, write=not chosen.only))
    except (LoadFailed, ServiceFailed) as error:
        say(f"the bench could not run: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
