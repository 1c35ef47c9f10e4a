"""``/healthz``: whether each part works, for supervisors and load balancers. Never waits longer than a second."""

from __future__ import annotations

import asyncio
import importlib.metadata

import structlog
from aiohttp import web

from callcontrol.errors import StoreDown
from callcontrol.media.recordings import free_bytes
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.pool import borrowed

log = structlog.get_logger()

DEADLINE = 0.8
"""Seconds that the database has for its answer."""


async def health(services: WebServices) -> web.Response:
    """200 when every part works, else 503; the same JSON either way."""
    parts = {
        "database": await _database_answers(services),
        "telephone_system": services.call_side.connected(),
        "storage": free_bytes(services.config.media_dir) >= services.config.keep_free,
    }
    healthy = all(parts.values())
    body: dict[str, object] = {
        "status": "ok" if healthy else "degraded",
        "version": version(),
        "calls": services.call_side.calls_under_way(),
        **{name: {"status": "ok" if works else "down"} for name, works in parts.items()},
    }
    return web.json_response(body, status=200 if healthy else 503)


def version() -> str:
    """The version of the installed package."""
    try:
        return importlib.metadata.version("callcontrol")
    except importlib.metadata.PackageNotFoundError:  # run from a clone that was never installed
        return "unknown"


async def _database_answers(services: WebServices) -> bool:
    try:
        async with asyncio.timeout(DEADLINE), borrowed(services.pool) as connection:
            return bool(await connection.fetchval("SELECT 1") == 1)
    except (StoreDown, TimeoutError) as error:
        log.warning("web.database_down", error=type(error).__name__)
        return False
