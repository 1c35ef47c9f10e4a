"""``/healthz``: whether each part works, for supervisors and load balancers. Never waits longer than a second."""

from __future__ import annotations

import asyncio
import importlib.metadata
from datetime import timedelta

import structlog
from aiohttp import web

from callcontrol.errors import CallSideDown, StoreDown
from callcontrol.live import CallsNow, trouble
from callcontrol.media.recordings import free_bytes
from callcontrol.portal_bridge.api.trunks import shown
from callcontrol.portal_bridge.services import WebServices
from callcontrol.portal_bridge.writable import WriteTrial
from callcontrol.store.mails import Backlog, MailQueue

log = structlog.get_logger()

DEADLINE = 0.8
"""Seconds that each part has for its answer."""
REASONS = {
    "database": "the database does not answer, or takes no row",
    "calls_process": "the process of the calls does not answer",
    "telephone_system": "Asterisk is not connected, or what it tells is not heard",
    "storage": "the disk of the messages is full: none can be taken",
    "journal": "the disk of the journals is full: a crash would lose what calls are under way",
    "mail": "mails do not go out: the oldest has waited for more than a quarter of an hour",
}


MAIL_STUCK = timedelta(minutes=15)
ONLY_TOLD = frozenset({"mail"})
"""Parts that are told and leave the answer 200: whoever asks would take the calls and the portal away with them."""


async def health(services: WebServices, trial: WriteTrial) -> web.Response:
    """200 when every part works, else 503 with the reasons; the same JSON either way.

    What is wrong with a trunk is a warning: it is the operator's affair, and no new start of ours would mend it."""
    backlog, calls, can = await asyncio.gather(_backlog(services), _calls_now(services), trial.outcome())
    room = can.media and free_bytes(services.config.media_dir) >= services.config.keep_free
    parts = {
        "database": "ok" if backlog is not None and can.row else "down",
        "calls_process": "ok" if calls else "down",
        "telephone_system": "unknown" if calls is None else "ok" if calls.connected else "down",
        "storage": "ok" if room else "down",
        "journal": "down" if not can.runtime or (calls is not None and calls.journals_behind) else "ok",
        "mail": "unknown" if backlog is None else "down" if _stuck(backlog, services) else "ok",
    }
    down = [name for name, status in parts.items() if status == "down"]
    reasons = [REASONS[name] for name in down]
    trunks = () if calls is None else calls.trunks
    body: dict[str, object] = {
        "status": "degraded" if reasons else "ok",
        "version": version(),
        "calls": None if calls is None else calls.under_way,
        "reasons": reasons,
        "warnings": [said for trunk in trunks if (said := trouble(trunk))],
        "trunks": [shown(trunk).model_dump(mode="json") for trunk in trunks],
        **{name: {"status": status} for name, status in parts.items()},
    }
    return web.json_response(body, status=503 if set(down) - ONLY_TOLD else 200)


def version() -> str:
    """The version of the installed package."""
    try:
        return importlib.metadata.version("callcontrol")
    except importlib.metadata.PackageNotFoundError:  # run from a clone that was never installed
        return "unknown"


def _stuck(backlog: Backlog, services: WebServices) -> bool:
    return backlog.oldest is not None and services.clock.now() - backlog.oldest > MAIL_STUCK


async def _backlog(services: WebServices) -> Backlog | None:
    """What waits to be mailed; None: the database does not answer."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await MailQueue(services.pool).backlog()
    except (StoreDown, TimeoutError) as error:
        log.warning("web.database_down", error=type(error).__name__)
        return None


async def _calls_now(services: WebServices) -> CallsNow | None:
    try:
        async with asyncio.timeout(DEADLINE):
            return await services.call_side.now()
    except (CallSideDown, TimeoutError) as error:
        log.warning("web.calls_away", error=str(error))
        return None
