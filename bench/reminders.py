"""M7 of design.md §6: five thousand reminders due in the same minute, begun at a set pace.

The baseline is arithmetic: at R a second the nth is begun n/R after its time. What a phone sees beyond that, at the
95th percentile, is what we add. Each is counted at the phones and in the database: none twice, none lost.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import sipp
from bench.measures import Found, Say
from bench.report import Row
from bench.site import RTP_PORTS, RTP_START, Site, open_company, open_native_door, until
from bench.usage import Spent
from callcontrol import ids
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.reminders.course import LATEST
from callcontrol.reminders.reminder import MOST, Recurrence, Reminder, Rule, Standing, Status
from callcontrol.store.pool import Pool, borrowed, open_pool
from callcontrol.store.reminders import ReminderTable
from tests.stack import Stack, free_ports

REMINDERS, LINES, PACE = 5000, 300, 50
"""A phone has its own one after the other: seventeen of half a second in a hundred seconds."""
AHEAD = timedelta(seconds=30)
ZONE = "Europe/Paris"


async def paced(say: Say) -> tuple[str, Found]:
    """M7 on a system of its own; Asterisk's version too."""
    with tempfile.TemporaryDirectory(prefix="callcontrol-bench-") as folder:
        path = Path(folder)
        settings = {
            "rtp": {"start": RTP_START, "end": RTP_START + RTP_PORTS - 1},
            "limits": {"reminders_per_second": PACE},
        }
        async with Stack.start(path / "stack", company=None, settings=settings) as stack:
            accounts, numbers = await open_company(stack, path)
            await open_native_door(stack)  # for its sake nobody asks sipp's phones whether they are there
            port = free_ports().trunk
            await sipp.register(path, stack.sip_server, port, accounts, LINES)
            trace = path / "reminded.trace"
            async with sipp.phones(path, stack.sip_server, port, scenario="reminded", trace=trace):
                site = Site(stack, path, numbers)
                version = (await stack.asterisk_cli("core show version")).split()[1]
                lines = await asyncio.to_thread(lambda: numbers.read_text("ascii").split()[1:])
                return version, await _measured(site, trace, lines, say)


async def _measured(site: Site, trace: Path, lines: list[str], say: Say) -> Found:
    pool = await open_pool(site.stack.database_url)
    try:
        due = await _set(pool, lines)
        say(f"M7 {REMINDERS} reminders of {len(lines)} lines are set, all due at {due:%H:%M:%S}")
        before = site.spent()

        async def given() -> bool:
            await asyncio.sleep(1)
            return await _left(pool) == 0

        await until(given, REMINDERS / PACE + 120, "the reminders were not all given")
        await site.quiet()
        spent = site.spent() - before
        async with borrowed(pool) as connection:
            received = await connection.fetchval(
                "SELECT count(*) FROM calls WHERE direction = 'received' AND rule_id = 'reminder.due'"
            )
    finally:
        await pool.close()
    return _found(trace, due, received, spent)


async def _set(pool: Pool, lines: list[str]) -> datetime:
    """All of them, due at the same instant a little ahead."""
    now = datetime.now(UTC)
    each = math.ceil(REMINDERS / len(lines))
    due = now + AHEAD
    local = due.astimezone(ZoneInfo(ZONE))
    rule = Rule(Recurrence.ONCE, local.time().replace(microsecond=0), local.date())
    standing = Standing(Status.PENDING, due, due, due + LATEST)
    table = ReminderTable(pool)
    for number, line in enumerate(lines):
        count = min(each, REMINDERS - number * each)
        made = [Reminder(ids.uuid7(), line, rule, standing, f"Rappel {n}") for n in range(max(0, count))]
        await table.add(line, made, ZONE, ChangedBy(line, Where.API, now), most=MOST)
    if datetime.now(UTC) >= due:
        raise sipp.LoadFailed("setting the reminders took longer than their time allows")
    return due


async def _left(pool: Pool) -> int:
    async with borrowed(pool) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM reminders"))


def _found(trace: Path, due: datetime, received: int, spent: Spent) -> Found:
    calls = sipp.invited(trace)
    late = sorted(at - due.timestamp() for at in calls.values())
    ideal = [n / PACE for n in range(REMINDERS)]
    place = int(REMINDERS * 0.95)
    ours, queue = late[place - 1] if len(late) >= place else float("inf"), ideal[place - 1]
    ratio = ours / queue
    twice, lost = max(0, len(calls) - REMINDERS), max(0, REMINDERS - min(len(calls), received))
    beyond = max((seconds - ideal[n] for n, seconds in enumerate(late[:REMINDERS])), default=0.0)
    share = (spent.app / REMINDERS * 1000, spent.asterisk / REMINDERS * 1000)
    return Found(
        (
            Row(
                "M7", f"{REMINDERS} reminders due at once, {PACE}/s: p95 of how late a phone rings", f"{ratio:.3f}×",
                "≤ 1.05×", f"{ours:.1f} s", f"{queue:.1f} s of queue", ratio <= 1.05,
            ),
            Row(
                "M7", "given twice, lost", "", "0, 0", f"{twice}, {lost}", "", not (twice or lost),
            ),
            Row(
                "M7", "CPU of the app for each", "", "", f"{share[0]:.1f} ms", f"{share[1]:.1f} ms (Asterisk)",
            ),
        ),
        (
            f"M7: {LINES} lines, whose phones answer at once and hang up after 300 ms; the latest rings "
            f"{late[-1]:.1f} s after its time, {beyond:.1f} s beyond the pace at most; {received} calls in the history",
        ),
    )  # fmt: skip
