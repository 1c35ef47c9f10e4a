"""The portal through a real browser, and what every page must be: ``await whole(portal, "/path")`` is all a page's test
needs for layout, contrast, labels, targets, keyboard and both languages.

With ``CALLCONTROL_PICTURES=FOLDER`` in the environment, ``whole`` leaves a picture of each page and width there.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.auth import COOKIE
from tests.web.world import CAMILLE, NOW, PASSWORD, World

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
WIDTHS = (360, 768, 1280)
NARROWEST = 320
"""A page is read at 320 pixels without scrolling sideways (WCAG 1.4.10)."""
BY = ChangedBy("test", Where.PROVISION, NOW)
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")

Then = Callable[[Page], Awaitable[object]]


@dataclass
class Portal:
    """The portal of a test. ``trouble`` is what browsers complained about: a policy, a script, something not found."""

    world: World
    browser: Browser
    trouble: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://{self.world.client.host}:{self.world.client.port}"

    async def context(
        self, line: str | None = None, *, width: int = 1280, language: str = "fr-FR"
    ) -> BrowserContext:
        """A browser of its own, which is logged in as ``line`` (None: nobody)."""
        context = await self.browser.new_context(
            base_url=self.base,
            viewport={"width": width, "height": 900},
            locale=language,
            timezone_id="Europe/Paris",
        )
        context.set_default_timeout(10_000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.trouble.append(str(error.error)))
        self._contexts.append(context)
        if line is not None:
            await self.settle(line)
            token = await self.world.token(line)
            await context.add_cookies([{"name": COOKIE, "value": token, "url": self.base}])
        return context

    async def open(
        self, path: str, line: str | None = CAMILLE, *, width: int = 1280, language: str = "fr-FR"
    ) -> Page:
        """A page, in a browser of its own."""
        page = await (await self.context(line, width=width, language=language)).new_page()
        await page.goto(path)
        return page

    async def settle(self, line: str, password: str | None = None) -> None:
        """Give a line its security e-mail, as the first log-in does, and a password where one is told."""
        lines = self.world.repositories.lines
        if not (await lines.secrets(line)).email:
            await lines.set_email(line, "camille@example.net", BY)
        if password is not None:
            await lines.set_portal_password(line, await hashed(password), BY)

    def speak(self, line: str, language: str) -> None:
        """Give a line another language."""
        account = self.world.directory.line(line)
        assert account is not None, "a group speaks its company's language"
        self.world.directory.put_line(replace(account, language=language))

    def _hear(self, said: ConsoleMessage) -> None:
        """That a page is refused (404, 422) is its answer, and no trouble; that a file of ours is missing is. Whoever
        opens Accueil ten times in ten seconds waits a little for its live tile, which asks again."""
        refused = said.text.startswith("Failed to load resource") and "/static/" not in said.location["url"]
        paced = said.text.startswith("Response Status Error Code 429 from /home/live")
        if said.type == "error" and not refused and not paced:
            self.trouble.append(f"{said.text} {said.location['url']}")

    async def close(self) -> None:
        """Every browser of the test."""
        for context in self._contexts:
            await context.close()


async def whole(
    portal: Portal, path: str, line: str | None = CAMILLE, *, then: Then | None = None, shows: str = ""
) -> None:
    """Hold that the page at ``path`` is whole, in both languages and at every width, after ``then`` was done to it (a
    menu opened, a form refused; ``shows`` tells its picture from the page's own). Browsers must have had nothing to
    complain about."""
    found: list[str] = []
    for language in ("fr", "en"):
        if line is not None:
            portal.speak(line, language)
        page = await portal.open(path, line, language=f"{language}-XX")
        if then is not None:
            await then(page)
        await page.evaluate(_AXE)
        await page.evaluate(_CHECKS)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            await page.evaluate("scrollTo(0, 0)")  # nothing lies under the head of the page
            await _picture(page, path + shows, language, width)
            found += [f"{language} {width}: {each}" for each in await _asked(page, "accessible")]
            found += [f"{language} {width}: too small: {each}" for each in await _asked(page, "large")]
        await page.set_viewport_size({"width": NARROWEST, "height": 900})
        found += [
            f"{language} {NARROWEST}: wider than the page: {each}" for each in await _asked(page, "narrow")
        ]
        if language == "fr":
            found += await _keyboard(page)
        assert await page.evaluate("document.documentElement.lang") == language
        await page.context.close()
    assert not found, "\n".join(found)
    assert not portal.trouble, portal.trouble


async def _keyboard(page: Page) -> list[str]:
    """Everything that can be used is reached by the Tab key alone, and is seen to be."""
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.click(1, 1)
    stops, reached, unseen = await _asked(page, "stops"), set(), []
    for _ in range(len(stops) + 2):
        await page.keyboard.press("Tab")
        at: dict[str, Any] = await page.evaluate("checks.focused()")
        if at["stop"] is None:
            continue
        reached.add(int(at["stop"]))
        if not at["seen"]:
            unseen.append(f"the focus is not seen: {at['html']}")
    return unseen + [
        f"not reached by keyboard: {html}" for stop, html in enumerate(stops) if stop not in reached
    ]


async def _asked(page: Page, check: str) -> list[str]:
    found: list[str] = await page.evaluate(f"checks.{check}()")
    return found


async def _picture(page: Page, path: str, language: str, width: int) -> None:
    folder = os.environ.get("CALLCONTROL_PICTURES")
    if folder:
        name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
        await page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True)


async def log_in(page: Page, number: str = CAMILLE, password: str = PASSWORD) -> None:
    """Fill in the log-in and send it."""
    await page.get_by_label("Numéro").fill(number)
    await page.get_by_label("Mot de passe", exact=False).first.fill(password)
    await page.get_by_role("button", name="Se connecter").click()
