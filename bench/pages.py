"""M12: how long each page of the portal takes on a line with 1,000 contacts, 500 messages, 20,000 calls, and how much a
browser fetches the first time. The pages are those of the table: a new one is measured, too."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import aiohttp

from bench import browsers
from bench.measures import Found, Say
from bench.report import Row
from bench.site import Site, until
from callcontrol.clock import SystemClock
from callcontrol.facts import Licence, Line
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.pages.page import Page
from callcontrol.portal_bridge.pages.table import PAGES
from callcontrol.portal_bridge.services import Repositories
from callcontrol.store.pool import borrowed, open_pool
from tests import busy_line

WARM, TIMES = 5, 60
MOST_MS, MOST_BYTES = 100.0, 150_000
ID = "019ab5c4-0000-7000-8000-00000000000f"
"""Stands for whatever a path names."""


def paths(line: Line) -> Iterator[tuple[Page, str]]:
    """Every GET of every page that ``line`` is shown."""
    for page in PAGES:
        for behind in ("", *page.parts) if page.shown_to(line) else ():
            yield page, re.sub(r"\{[a-z_]+\}", ID, page.path + behind)


async def times(site: Site, say: Say) -> Found:
    """Every page in turn, one request after the other."""
    token = (await browsers.log_ins(site, 1))[0]
    number, colleague = (await asyncio.to_thread(site.numbers.read_text, "ascii")).split()[1:3]
    await _fill(site, number, colleague)
    took: dict[str, float] = {}
    sizes: dict[str, int] = {}
    async with aiohttp.ClientSession(site.stack.web_url, headers={"Cookie": f"{COOKIE}={token}"}) as session:

        async def busy() -> bool:
            async with session.get("/") as answer:
                return f"{busy_line.LISTED + 2} appelants" in await answer.text()

        await until(busy, 30, "the page does not show what the line has")
        for _, path in paths(Line(number, "", "", licence=Licence.FULL)):
            each = [await _timed(session, path) for _ in range(WARM + TIMES)][WARM:]
            took[path] = statistics.quantiles((ms for ms, _ in each), n=20)[-1]
            sizes[path] = await _first_load(session, path)
            say(f"M12 {path:32} p95 {took[path]:5.1f} ms, first load {sizes[path] / 1000:.0f} kB")
    slowest, largest = max(took, key=took.__getitem__), max(sizes, key=sizes.__getitem__)
    listed = ", ".join(f"{path} {ms:.0f}" for path, ms in sorted(took.items(), key=lambda each: -each[1]))
    return Found(
        (
            Row(
                "M12", f"{len(took)} pages of a full line: p95 of the slowest, {slowest}", "", f"< {MOST_MS:.0f} ms",
                f"{took[slowest]:.0f} ms", "", took[slowest] < MOST_MS,
            ),
            Row(
                "M12", f"first load of the largest, {largest}", "", f"< {MOST_BYTES // 1000} kB",
                f"{sizes[largest] / 1000:.0f} kB", "", sizes[largest] < MOST_BYTES,
            ),
        ),
        (f"M12: {TIMES} times each, one after the other; p95 in ms: {listed}",),
    )  # fmt: skip


async def _fill(site: Site, line: str, colleague: str) -> None:
    pool = await open_pool(site.stack.database_url, command_timeout=60)
    try:
        repositories = Repositories.on(pool, SystemClock(None))
        await busy_line.fill(repositories, line, colleague, datetime.now(UTC))
        async with borrowed(pool) as connection:
            await connection.execute("ANALYZE")
    finally:
        await pool.close()


async def _timed(session: aiohttp.ClientSession, path: str) -> tuple[float, str]:
    began = time.perf_counter()
    async with session.get(path, allow_redirects=False) as answer:
        text = await answer.text()
    return (time.perf_counter() - began) * 1000, text


async def _first_load(session: aiohttp.ClientSession, path: str) -> int:
    """Bytes of the page and of its files, as they come over the wire."""
    async with session.get(path, allow_redirects=False) as page:
        text, total = await page.text(), int(page.headers.get("Content-Length", "0"))
    for name in dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', text)):
        async with session.get(name, headers={"Accept-Encoding": "gzip"}) as answer:
            total += int(answer.headers["Content-Length"])
    return total
