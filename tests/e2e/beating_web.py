"""Stands in for the web where only its supervision is tested: answers the health check and gives signs of
life."""

from __future__ import annotations

import asyncio
import os

from aiohttp import web

from callcontrol import heartbeat
from callcontrol.config import load


async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def main() -> None:
    settings = load.load(None, os.environ)
    application = web.Application()
    application.router.add_get("/healthz", healthz)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, settings.web.bind, settings.web.port).start()
    await heartbeat.beat(os.environ)


if __name__ == "__main__":
    asyncio.run(main())
