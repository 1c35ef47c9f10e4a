"""A running web application for each test, all on one database of the store's PostgreSQL, emptied in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcontrol.config import load as configuration
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.pool import Pool, borrowed, open_pool
from tests.postgres import Server
from tests.web.world import NOW, FakeCalls, FakeCallSide, World, bell, clock, directory, fill, start


@pytest.fixture(scope="session")
async def web_database(server: Server) -> str:
    return await server.fresh_database()


@pytest.fixture
async def pool(web_database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(web_database)
    yield pool
    await pool.close()
    cleaner = await open_pool(web_database, max_size=1)
    async with borrowed(cleaner) as connection:
        await connection.execute("DELETE FROM companies")
        await connection.execute("TRUNCATE login_attempts, media_trash")
    await cleaner.close()


@pytest.fixture
async def world(pool: Pool, tmp_path: Path) -> AsyncIterator[World]:
    known, call_side = directory(), FakeCallSide()
    await fill(pool, known)
    file = tmp_path / "callcontrol.yaml"
    file.write_text("{}", encoding="utf-8")
    config = replace(
        configuration.load(file, {}, make_secrets=False),
        media_dir=tmp_path / "media",
        clock=NOW,
        link_key="a secret of the tests",
    )
    config.media_dir.mkdir()
    (tmp_path / "mail").mkdir()
    services = WebServices(
        pool, lambda: known, call_side, FakeCalls(), clock(), config, bell(known), tmp_path / "mail"
    )
    world = await start(pool, services, known, call_side)
    yield world
    await world.client.close()
