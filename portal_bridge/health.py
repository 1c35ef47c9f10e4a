"""``/healthz``: whether each part works, for supervisors and load balancers. Never waits longer than a second."""

from __future__ import annotations

import asyncio
import importlib.metadata

import structlog
from aiohttp import web

from callcontrol.errors import CallSideDown, StoreDown
from callcontrol.live import CallsNow
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.pool import borrowed

log = structlog.get_logger()

DEADLINE = 0.8
"""Seconds that each part has for its answer."""
REASONS = {
    "database": "the database does not answer",
    "calls_process": "the process of the calls does not answer",
    "telephone_system": "Asterisk is not connected",
}


async def health(services: WebServices) -> web.Response:
    """200 when every part works, else 503 with the reasons; the same JSON either way."""
    database, calls = await asyncio.gather(_database_answers(services), _calls_now(services))
    parts = {
        "database": "ok" if database else "down",
        "calls_process": "ok" if calls else "down",
        "telephone_system": "unknown" if calls is None else "ok" if calls.connected else "down",
    }
    reasons = [REASONS[name] for name, status in parts.items() if status == "down"]
    body: dict[str, object] = {
        "status": "degraded" if reasons else "ok",
        "version": version(),
        "calls": None if calls is None else calls.under_way,
        "reasons": reasons,
        **{name: {"status": status} for name, status in parts.items()},
    }
    return web.json_response(body, status=503 if reasons else 200)


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


async def _calls_now(services: WebServices) -> CallsNow | None:
    try:
        async with asyncio.timeout(DEADLINE):
            return await services.call_side.now()
    except (CallSideDown, TimeoutError) as error:
        log.warning("web.calls_away", error=str(error))
        return None
