"""M10: what clients that wear out the web cost the calls: four of them send 1 MB bodies to the log-in without a pause,
and need no password for it."""

from __future__ import annotations

from collections.abc import Callable

from bench import beside, usage
from bench.floods import BODIES, BODY, BODY_CLIENTS
from bench.measures import ROUNDS, Found
from bench.report import Row
from bench.senders import Target
from bench.sipp import Answers
from bench.site import NAMES, NATIVE, OURS, Site


async def calls_beside(site: Site, say: Callable[[str], None]) -> Found:
    """Calls in quiet rounds and beside the clients, in turn, through both doors."""
    target = Target(site.stack.web_url, site.stack.sip_server)
    web, spent = usage.memory_mib(site.web_pid), usage.cpu_seconds(site.web_pid)
    found = await beside.calls_beside(site, "M10", BODIES, target, ROUNDS, say)
    rows = [_row(door, found.answers[door, False], found.answers[door, True]) for door in (OURS, NATIVE)]
    bodies = ", ".join(f"{count}× {status}" for status, count in sorted(found.sent.items()))
    spent, grown = usage.cpu_seconds(site.web_pid) - spent, usage.memory_mib(site.web_pid)
    return Found(
        tuple(rows),
        (
            f"M10: {BODY_CLIENTS} clients, bodies of {len(BODY) / 2**20:.1f} MiB; answers {bodies}; CPU of the web"
            f" {spent:.1f} s, memory {web:.0f} → {grown:.0f} MiB",
        ),
    )


def _row(door: str, quiet: Answers, hostile: Answers) -> Row:
    """Beside Dial(), which no web could slow down: what it loses is the machine's doing."""
    ratio = hostile.median / quiet.median
    aim = door == OURS
    return Row(
        "M10", f"{NAMES[door]}: median beside {BODY_CLIENTS} clients with 1 MB bodies", f"{ratio:.2f}×",
        "≤ 1.1×" if aim else "", f"{hostile.median:.1f} ms", f"{quiet.median:.1f} ms quiet",
        ratio <= 1.1 if aim else None,
    )  # fmt: skip
