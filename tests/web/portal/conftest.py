"""One Chromium for the session, and a portal for each test: the web application of ``tests/web`` seen through it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.web.portal.portal import FLAGS, Portal
from tests.web.world import World


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is missing: make test-packages"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def portal(world: World, browser: Browser) -> AsyncIterator[Portal]:
    portal = Portal(world, browser)
    yield portal
    await portal.close()
