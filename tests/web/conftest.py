"""A running web application for each test, on the store's PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcontrol import config as configuration
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.pool import Pool
from tests.store.conftest import pool, server, url
from tests.web.world import NOW, FakeCallSide, World, clock, directory, fill, start

__all__ = ["pool", "server", "url"]


@pytest.fixture
async def world(pool: Pool, tmp_path: Path) -> AsyncIterator[World]:
    known, call_side = directory(), FakeCallSide()
    await fill(pool, known)
    file = tmp_path / "callcontrol.yaml"
    file.write_text("{}", encoding="utf-8")
    config = replace(
        configuration.load(file, {}, make_secrets=False), media_dir=tmp_path / "media", clock=NOW
    )
    config.media_dir.mkdir()
    (tmp_path / "mail").mkdir()
    services = WebServices(pool, lambda: known, call_side, clock(), config, tmp_path / "mail")
    world = await start(pool, services, known, call_side)
    yield world
    await world.client.close()
