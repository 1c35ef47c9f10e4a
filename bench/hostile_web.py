"""M10: what clients that wear out the web cost the calls: four of them send 1 MB bodies to the log-in without a pause,
and need no password for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bench import usage
from bench.floods import BODIES, BODY, BODY_CLIENTS
from bench.measures import RATE, ROUND_CALLS, ROUNDS, Found
from bench.report import Row
from bench.senders import Target, sending
from bench.sipp import Answers, together
from bench.site import NAMES, NATIVE, OURS, Site


async def calls_beside(site: Site, say: Callable[[str], None]) -> Found:
    """Calls in quiet rounds and beside the clients, in turn, through both doors."""
    found: dict[tuple[str, bool], list[Answers]] = {}
    sent: Counter[str] = Counter()
    target = Target(site.stack.web_url, site.stack.sip_server)
    web, spent = usage.memory_mib(site.web_pid), usage.cpu_seconds(site.web_pid)
    for number in range(1, ROUNDS + 1):
        for door in (NATIVE, OURS):
            for hostile in (False, True):
                if hostile:
                    async with sending(BODIES, target) as done:
                        answers = await site.call(door, RATE, ROUND_CALLS)
                    sent += done
                else:
                    answers = await site.call(door, RATE, ROUND_CALLS)
                found.setdefault((door, hostile), []).append(answers)
                say(
                    f"M10 round {number}: {NAMES[door]:6} {'beside clients' if hostile else 'quiet':14}"
                    f" median {answers.median:.1f} ms, p99 {answers.percentile(99):.1f} ms"
                )
    of = {key: together(parts) for key, parts in found.items()}
    rows = [_row(door, of[door, False], of[door, True]) for door in (OURS, NATIVE)]
    bodies = ", ".join(f"{count}× {status}" for status, count in sorted(sent.items()))
    spent, grown = usage.cpu_seconds(site.web_pid) - spent, usage.memory_mib(site.web_pid)
    return Found(
        tuple(rows),
        (
            f"M10: {BODY_CLIENTS} clients, bodies of {len(BODY) / 2**20:.1f} MiB; answers {bodies}; CPU of the web"
            f" {spent:.1f} s, memory {web:.0f} → {grown:.0f} MiB",
        ),
    )


def _row(door: str, quiet: Answers, beside: Answers) -> Row:
    """Beside Dial(), which no web could slow down: what it loses is the machine's doing."""
    ratio = beside.median / quiet.median
    aim = door == OURS
    return Row(
        "M10", f"{NAMES[door]}: median beside {BODY_CLIENTS} clients with 1 MB bodies", f"{ratio:.2f}×",
        "≤ 1.1×" if aim else "", f"{beside.median:.1f} ms", f"{quiet.median:.1f} ms quiet",
        ratio <= 1.1 if aim else None,
    )  # fmt: skip
