"""M13: what 200 browsers that show *Accueil* cost the calls. Each follows the stream of its line, and asks for its
state when the page does (``call_manager/form.html``), while calls come in for these very lines at M1's rate."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import aiohttp

from bench import beside, usage
from bench.measures import RATE, ROUND_CALLS, Found, Say
from bench.report import Row
from bench.senders import Target
from bench.sipp import Answers, median
from bench.site import NAMES, NATIVE, OURS, Site
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.store.lines import Lines
from callcontrol.store.pool import open_pool
from callcontrol.store.sessions import Sessions

NAME = "browsers"
BROWSERS, ROUNDS = 200, 3
AIM = 1.10
DELAY, AGAIN = 0.2, 30.0
"""Seconds from what happens to the question, and to the next one where nothing does."""
_ASKED = (b"event: read-anew", b"event: devices", b"event: settings")


async def log_ins(site: Site, count: int = BROWSERS) -> tuple[str, ...]:
    """Tokens of sessions of the first lines, each settled so that it sees pages."""
    lines = (await asyncio.to_thread(site.numbers.read_text, "ascii")).split()[1 : count + 1]
    pool, now = await open_pool(site.stack.database_url), datetime.now(UTC)
    try:
        tokens = []
        for line in lines:
            await Lines(pool).set_email(line, "banc@example.net", ChangedBy(line, Where.PORTAL, now))
            tokens.append((await Sessions(pool).create(line, now, timedelta(hours=2)))[0])
    finally:
        await pool.close()
    return tuple(tokens)


async def browse(target: Target, counts: Counter[str], ready: Callable[[], None]) -> None:
    """The browsers."""
    following: list[asyncio.Event] = [asyncio.Event() for _ in target.tokens]
    async with asyncio.TaskGroup() as tasks:
        for token, begun in zip(target.tokens, following, strict=True):
            tasks.create_task(_browser(target.web_url, token, counts, begun))
        for begun in following:
            await begun.wait()
        ready()


async def _browser(url: str, token: str, counts: Counter[str], begun: asyncio.Event) -> None:
    happened = asyncio.Event()
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        url, headers={"Cookie": f"{COOKIE}={token}"}, timeout=timeout
    ) as session:
        async with session.get("/") as page:
            await page.read()
            counts[f"page {page.status}"] += 1
        await _ask_once(session, counts)
        asking = asyncio.create_task(_ask(session, counts, happened))
        try:
            while True:
                async with session.get("/api/v1/me/events") as stream:
                    counts[f"stream {stream.status}"] += 1
                    begun.set()
                    async for line in stream.content:
                        if line.startswith(b"event: "):
                            counts[line.decode().strip()] += 1
                        if line.startswith(_ASKED):
                            happened.set()
        finally:
            asking.cancel()


async def _ask(session: aiohttp.ClientSession, counts: Counter[str], happened: asyncio.Event) -> None:
    wait = AGAIN * random.random()  # the pages were not opened all at once
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await happened.wait()
        while happened.is_set():
            happened.clear()
            await asyncio.sleep(DELAY)
        wait = AGAIN
        await _ask_once(session, counts)


async def _ask_once(session: aiohttp.ClientSession, counts: Counter[str]) -> None:
    """Until it is told: whoever comes with all the others is told to come back."""
    while True:
        async with session.get("/home/live", headers={"HX-Request": "true"}) as answer:
            await answer.read()
            counts[f"state {answer.status}"] += 1
            if answer.ok:
                return
            seconds = float(answer.headers.get("Retry-After", 1))
        await asyncio.sleep(seconds * (1 + random.random()))


async def calls_beside(site: Site, say: Say) -> Found:
    """Quiet rounds and rounds beside the browsers in turn, through both doors."""
    tokens = await log_ins(site)
    target = Target(site.stack.web_url, site.stack.sip_server, tokens)
    spent = usage.cpu_seconds(site.web_pid)
    found = await beside.calls_beside(site, "M13", NAME, target, ROUNDS, say)
    spent = usage.cpu_seconds(site.web_pid) - spent
    done_in_all = ", ".join(f"{count}× {what}" for what, count in sorted(found.sent.items()))
    note = (
        f"M13: {ROUNDS} rounds of {ROUND_CALLS} calls at {RATE}/s; {done_in_all}; CPU of the web {spent:.1f} s;"
        f" CPU for each call of ours, quiet and beside: {_each(found, watched=False)}, {_each(found, watched=True)}"
    )
    return Found(
        tuple(_row(door, found.answers[door, False], found.answers[door, True]) for door in (OURS, NATIVE)),
        (note,),
    )


def _each(found: beside.Beside, *, watched: bool) -> str:
    spent, calls = found.spent[OURS, watched], found.answers[OURS, watched].tried
    parts = {"app": spent.app, "Asterisk": spent.asterisk, "PostgreSQL": spent.database}
    return " + ".join(f"{name} {1000 * seconds / calls:.1f} ms" for name, seconds in parts.items())


def _row(door: str, quiet: Answers, watched: Answers) -> Row:
    ratio, ours = median(watched.rung) / median(quiet.rung), door == OURS
    lost = watched.tried - watched.good
    return Row(
        "M13", f"{NAMES[door]}: INVITE to 180 beside {BROWSERS} browsers on the live stream", f"{ratio:.2f}×",
        f"≤ {AIM:.2f}×, none lost" if ours else "", f"{median(watched.rung):.1f} ms, {lost} lost",
        f"{median(quiet.rung):.1f} ms quiet", (ratio <= AIM and not lost) if ours else None,
    )  # fmt: skip
