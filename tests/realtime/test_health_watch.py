"""The supervisor looks at health: it tells what begins and ends, and starts anew calls that hear nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from callcontrol.config import load as configuration
from callcontrol.runtime import health_watch
from callcontrol.runtime.health_watch import HealthWatch


async def test_what_is_wrong_is_told_once_and_the_deaf_are_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_watch, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(health_watch, "DEAF_SECONDS", 0.3)
    told: dict[str, object] = {"reasons": [], "telephone_system": {"status": "ok"}}

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response(told, status=503 if told["reasons"] else 200)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    file = tmp_path / "callcontrol.yaml"
    file.write_text(f"web: {{port: {runner.addresses[0][1]}}}")
    said: list[str] = []
    news: asyncio.Queue[str] = asyncio.Queue()
    restarted = asyncio.Event()

    def say(text: str) -> None:
        said.append(text)
        news.put_nowait(text)

    answers = False

    async def restart() -> None:
        restarted.set()

    async def asterisk_answers() -> bool:
        return answers

    config = configuration.load(file, {}, make_secrets=False)
    watch = asyncio.create_task(HealthWatch(config, say, restart, asterisk_answers).run())
    try:
        async with asyncio.timeout(10):
            told.update(reasons=["the disk is full"])
            await news.get()
            told.update(reasons=[])
            await news.get()
            assert said == ["degraded: the disk is full", "healthy again"]
            told.update(reasons=["deaf"], telephone_system={"status": "down"})
            await asyncio.sleep(0.6)
            assert not restarted.is_set(), "Asterisk itself is away"
            answers = True
            await restarted.wait()
    finally:
        watch.cancel()
        await runner.cleanup()
    assert any("has not heard Asterisk" in line for line in said)
