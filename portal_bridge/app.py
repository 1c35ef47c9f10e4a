"""The web application: the JSON API, its documentation, health and metrics. Built here, started by ``web_app``.

Never imports flows or the Asterisk layer: what the web wants of live calls goes through ``ports.CallSide``.
"""

from __future__ import annotations

import logging
import secrets
from functools import cache

import structlog
from aiohttp import web

from callcontrol.portal_bridge import dev_mail, mail_links, plain_page
from callcontrol.portal_bridge.api.docs_page import docs_page
from callcontrol.portal_bridge.api.openapi import openapi_json
from callcontrol.portal_bridge.api.serve import Server
from callcontrol.portal_bridge.api.table import table
from callcontrol.portal_bridge.auth import Gate
from callcontrol.portal_bridge.connection import Patience, Runner
from callcontrol.portal_bridge.health import DEADLINE, health
from callcontrol.portal_bridge.metrics import WebMetrics
from callcontrol.portal_bridge.middleware import add_headers, problems
from callcontrol.portal_bridge.pace import PhonesDoor
from callcontrol.portal_bridge.pages.error_pages import ErrorPages
from callcontrol.portal_bridge.pages.frame import Frame
from callcontrol.portal_bridge.pages.serve import PageServer
from callcontrol.portal_bridge.pages.static import StaticFiles
from callcontrol.portal_bridge.pages.table import PAGES
from callcontrol.portal_bridge.pages.visit import Site
from callcontrol.portal_bridge.places import Places
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.turns import LogInTurns
from callcontrol.portal_bridge.writable import WriteTrial

log = structlog.get_logger()

LONGEST_LINE = 32 * 1024
"""Bytes of a request line or header: the longest cursor, percent-encoded, fits."""
CLOSING = 5.0
"""Seconds that requests under way have to end when the server stops."""


def build(services: WebServices) -> web.Application:
    """The application."""
    metrics = WebMetrics(services.registry, services.config.media_dir)
    app = web.Application()
    static = StaticFiles()
    frame = Frame(app, PAGES, static)
    app.middlewares.append(problems(metrics, ErrorPages(frame).respond))
    app.on_response_prepare.append(add_headers)
    rows = table(dev_clock=services.config.clock is not None)
    repositories = Repositories.on(services.pool, services.clock)
    changes, gate = repositories.changes(services), Gate(services, repositories, LogInTurns())
    phones, form_key = PhonesDoor(), services.config.link_key or secrets.token_hex(32)
    Server(services, repositories, changes, gate, phones).add(app, rows)
    PageServer(Site(services, repositories, changes, gate, phones, frame, form_key), PAGES).add(app)
    static.add(app)
    document, reference = _documents(dev_clock=services.config.clock is not None)

    trial = WriteTrial(services, DEADLINE)

    async def show_health(_: web.Request) -> web.Response:
        return await health(services, trial)

    async def show_metrics(_: web.Request) -> web.Response:
        now = services.clock.now()
        return await metrics.respond(services.call_side, services.alarms.counts, repositories.mails, now)

    async def show_document(_: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json")

    async def show_reference(_: web.Request) -> web.Response:
        return plain_page.respond(reference)

    mail_links.add(app, services, repositories.messages)
    app.router.add_get("/healthz", show_health)
    app.router.add_get("/metrics", show_metrics)
    app.router.add_get("/api/openapi.json", show_document)
    app.router.add_get("/api/docs", show_reference)
    if services.mail_dir is not None:
        dev_mail.add(app, services.mail_dir)
    return app


@cache
def _documents(*, dev_clock: bool) -> tuple[bytes, str]:
    """The OpenAPI document and its page: a third of a second of work, once and before anybody asks."""
    document = openapi_json(table(dev_clock=dev_clock))
    return document, docs_page(document)


def _protocol_log() -> logging.Logger:
    """What aiohttp says of requests that are no HTTP: that there was one, without its text."""
    logger = logging.getLogger("callcontrol.web.protocol")
    if not logger.filters:
        logger.addFilter(_without_content)
    return logger


def _without_content(record: logging.LogRecord) -> bool:
    error = record.exc_info[0] if record.exc_info else None
    record.exc_info = None
    record.msg, record.args = "%s (%s)", (record.getMessage(), error.__name__ if error else "no error")
    return True


async def serve(
    app: web.Application,
    bind: str,
    port: int,
    places: Places | None = None,
    patience: Patience = Patience(),  # noqa: B008  frozen
) -> web.AppRunner:
    """Listen on ``bind``:``port`` (0: any free one, see ``runner.addresses``). ``await runner.cleanup()`` stops it.
    Raises OSError when the port is taken."""
    runner = Runner(
        app,
        places if places is not None else Places(),
        patience,
        access_log=None,  # it would write paths, which hold phone numbers
        logger=_protocol_log(),
        shutdown_timeout=CLOSING,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, bind, port).start()
    except BaseException:
        await runner.cleanup()
        raise
    log.info("web.listening", addresses=[f"{host}:{number}" for host, number, *_ in runner.addresses])
    return runner
