"""M10: what clients that wear out the web cost the calls: four of them send 1 MB bodies to the log-in without a pause,
and need no password for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bench import usage
from bench.measures import RATE, ROUND_CALLS, ROUNDS, Found
from bench.report import Row
from bench.sipp import Answers, together
from bench.site import NAMES, NATIVE, OURS, Site

CLIENTS = 4
BODY = b'{"number":"0222900001","password":[' + b"{}," * 349_000 + b"{}]}"
"""As slow to read as a body of this size can be: a third of a million objects."""


@dataclass
class Sent:
    """What the clients did: bodies answered, and the answers by status."""

    statuses: dict[int, int] = field(default_factory=dict)


async def calls_beside(site: Site, say: Callable[[str], None]) -> Found:
    """Calls in quiet rounds and beside the clients, in turn, through both doors."""
    found: dict[tuple[str, bool], list[Answers]] = {}
    sent = Sent()
    web, spent = usage.memory_mib(site.web_pid), usage.cpu_seconds(site.web_pid)
    for number in range(1, ROUNDS + 1):
        for door in (NATIVE, OURS):
            for hostile in (False, True):
                async with _clients(site.stack.web_url, CLIENTS if hostile else 0, sent):
                    answers = await site.call(door, RATE, ROUND_CALLS)
                found.setdefault((door, hostile), []).append(answers)
                say(
                    f"M10 round {number}: {NAMES[door]:6} {'beside clients' if hostile else 'quiet':14}"
                    f" median {answers.median:.1f} ms, p99 {answers.percentile(99):.1f} ms"
                )
    of = {key: together(parts) for key, parts in found.items()}
    rows = [_row(door, of[door, False], of[door, True]) for door in (OURS, NATIVE)]
    bodies = ", ".join(f"{count}× {status}" for status, count in sorted(sent.statuses.items()))
    spent, grown = usage.cpu_seconds(site.web_pid) - spent, usage.memory_mib(site.web_pid)
    return Found(
        tuple(rows),
        (
            f"M10: {CLIENTS} clients, bodies of {len(BODY) / 2**20:.1f} MiB; answers {bodies}; CPU of the web"
            f" {spent:.1f} s, memory {web:.0f} → {grown:.0f} MiB",
        ),
    )


def _row(door: str, quiet: Answers, beside: Answers) -> Row:
    """Beside Dial(), which no web could slow down: what it loses is the machine's doing."""
    ratio = beside.median / quiet.median
    aim = door == OURS
    return Row(
        "M10", f"{NAMES[door]}: median beside {CLIENTS} clients with 1 MB bodies", f"{ratio:.2f}×",
        "≤ 1.1×" if aim else "", f"{beside.median:.1f} ms", f"{quiet.median:.1f} ms quiet",
        ratio <= 1.1 if aim else None,
    )  # fmt: skip


@asynccontextmanager
async def _clients(url: str, count: int, sent: Sent) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        clients = [asyncio.create_task(_send(session, url, sent)) for _ in range(count)]
        try:
            yield
        finally:
            for client in clients:
                client.cancel()
            ended = await asyncio.gather(*clients, return_exceptions=True)
    for each in ended:
        if isinstance(each, Exception):
            raise each


async def _send(session: aiohttp.ClientSession, url: str, sent: Sent) -> None:
    headers = {"Content-Type": "application/json"}
    while True:
        async with session.post(f"{url}/api/v1/sessions", data=BODY, headers=headers) as answer:
            sent.statuses[answer.status] = sent.statuses.get(answer.status, 0) + 1
