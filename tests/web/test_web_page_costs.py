"""What each page costs on a line that has much: statements, rows looked at, bytes. Counted, so that neither a quick nor
a slow machine changes it; the times are measured by ``make bench`` (M12).

The pages are those of the table: a new one is counted, too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.facts import Line
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.pages.page import Page
from callcontrol.portal_bridge.pages.table import PAGES
from callcontrol.portal_bridge.services import Repositories
from callcontrol.store.pool import borrowed
from tests import busy_line
from tests.web.counted import CountedPool, rows_read
from tests.web.world import ADMINISTRATOR, ADVANCED, CAMILLE, GROUP, NOW, PAUL, World, start

MOST_STATEMENTS, MOST_ROWS = 12, 4000
"""Far below one statement for each of 50 rows, and a fifth of the calls."""
MOST_BYTES = 150_000
"""Of a page with all its files, as a browser fetches them the first time."""
ID = "019ab5c4-0000-7000-8000-00000000000f"


def paths() -> Iterator[tuple[Page, str]]:
    """Every GET of every page."""
    for page in PAGES:
        for behind in ("", *page.parts):
            yield page, re.sub(r"\{[a-z_]+\}", ID, page.path + behind)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one page. ``again``: statements that were asked before for the same; ``bytes``: with all its files."""

    status: int
    statements: int
    again: tuple[str, ...]
    rows: int
    bytes: int


@dataclass
class Meter:
    """Asks for pages as the first of a few lines that a page is shown to."""

    world: World
    pool: CountedPool
    files: dict[str, int]

    async def cost(self, page: Page, path: str) -> Cost:
        line = next(each for each in self._lines() if page.shown_to(each)).number
        headers = {
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Cookie": f"{COOKIE}={await self.world.token(line)}",
        }
        self.pool.asked.clear()
        async with self.world.client.get(path, headers=headers, allow_redirects=False) as response:
            text, length = await response.text(), int(response.headers.get("Content-Length", "0"))
        asked = list(self.pool.asked)
        names = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
        sizes = [await self._size(name) for name in names]
        return Cost(
            response.status,
            len(asked),
            tuple(query for n, (query, about) in enumerate(asked) if (query, about) in asked[:n]),
            await rows_read(self.world.pool, asked),
            length + sum(sizes),
        )

    def _lines(self) -> list[Line]:
        accounts = map(self.world.directory.account, (CAMILLE, GROUP, ADVANCED, ADMINISTRATOR))
        return [each for each in accounts if each is not None]

    async def _size(self, name: str) -> int:
        if name not in self.files:
            async with self.world.client.get(name, headers={"Accept-Encoding": "gzip"}) as response:
                self.files[name] = int(response.headers["Content-Length"])
        return self.files[name]


@pytest.fixture
async def meter(world: World) -> AsyncIterator[Meter]:
    counted = CountedPool(world.pool)
    services = replace(world.services, pool=counted, registry=CollectorRegistry())
    other = await start(world.pool, services, world.directory, world.call_side)
    for line in (CAMILLE, GROUP, ADVANCED, ADMINISTRATOR):
        by = ChangedBy(line, Where.PORTAL, NOW)
        await other.repositories.lines.set_email(line, "somebody@example.net", by)
    yield Meter(other, counted, {})
    await other.client.close()


async def test_no_page_costs_more_than_it_shows(meter: Meter) -> None:
    before = {path: await meter.cost(page, path) for page, path in paths()}
    world = meter.world
    await busy_line.fill(Repositories.on(world.pool, world.services.clock), CAMILLE, PAUL, NOW)
    world.know_contacts(CAMILLE, busy_line.book())
    world.directory.put_document(CAMILLE, "call-manager", busy_line.DOCUMENT)
    async with borrowed(world.pool) as connection:
        await connection.execute("ANALYZE")
    for page, path in paths():
        cost = await meter.cost(page, path)
        assert cost.status in (200, 204, 286, 303, 404, 410), (path, cost)
        assert cost.statements <= min(MOST_STATEMENTS, before[path].statements + 2), (
            path,
            cost,
            before[path],
        )
        assert not cost.again, (path, cost)
        assert cost.rows <= MOST_ROWS, (path, cost)
        assert cost.bytes <= MOST_BYTES, (path, cost)
