"""What ``/metrics`` shows (Prometheus text format): requests by route and status, their latency,
the room for messages, the outbox of mails, and how the calls do.

The calls' own gauges are asked for at each look; while their process is away they are missing, and one gauge says so.
The route is its template, never the path: a path holds phone numbers, and every one would be a series of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import prometheus_client
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from callcontrol.alarm import AlarmKind
from callcontrol.errors import CallSideDown, StoreDown
from callcontrol.live import CallsNow, Registration
from callcontrol.media.recordings import free_bytes
from callcontrol.ports.call_side import CallSide
from callcontrol.store.mails import MailQueue

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class WebMetrics:
    """The web's own series; ``media`` is the folder of the messages."""

    def __init__(self, registry: CollectorRegistry, media: Path) -> None:
        self.registry = registry
        self._requests = prometheus_client.Counter(
            "callcontrol_http_requests", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "callcontrol_http_request_seconds",
            "Time to answer an HTTP request",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        free = Gauge("callcontrol_storage_free_bytes", "Free on the disk of the messages", registry=registry)
        free.set_function(lambda: float(free_bytes(media)))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    async def respond(
        self, call_side: CallSide, alarms: Mapping[str, int], mails: MailQueue, at: datetime
    ) -> web.Response:
        """The page itself; ``alarms`` are those of this process."""
        now: CallsNow | None = None
        with suppress(CallSideDown):
            now = await call_side.now()
        gauges = _of_calls(now)
        rung = Counter(alarms)
        rung.update({each.kind: each.count for each in now.alarms} if now is not None else {})
        series = Gauge("callcontrol_alarms", "Alarms since the start, by kind", ("kind",), registry=gauges)
        for kind in AlarmKind:
            series.labels(kind.value).set(rung[kind.value])
        return web.Response(
            body=generate_latest(self.registry) + generate_latest(gauges) + await _of_mails(mails, at),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )


async def _of_mails(mails: MailQueue, now: datetime) -> bytes:
    """The outbox; nothing while the database is away."""
    try:
        backlog = await mails.backlog()
    except StoreDown:
        return b""
    registry = CollectorRegistry()
    age = (now - backlog.oldest).total_seconds() if backlog.oldest is not None else 0.0
    for name, text, value in (
        ("mails_waiting", "Mails that are not sent yet", backlog.waiting),
        ("mails_oldest_seconds", "Age of the oldest mail that is not sent yet", age),
        ("mails_given_up", "Mails of the last 30 days that were given up", backlog.given_up),
    ):
        Gauge(f"callcontrol_{name}", text, registry=registry).set(value)
    return generate_latest(registry)


def _of_calls(now: CallsNow | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    up = "1 when the process of the calls answers"
    Gauge("callcontrol_calls_process_up", up, registry=registry).set(now is not None)
    if now is not None:
        for name, text, value in (
            ("calls_under_way", "Calls that are looked after", now.under_way),
            ("calls_counted", "Calls that count for a line or company", now.counted),
            ("telephone_system_connected", "1 when Asterisk is connected", now.connected),
            (
                "emergency_floods",
                "Emergency calls that waited: their line had too many",
                now.emergency_floods,
            ),
            ("sip_wrong_passwords", "Wrong SIP passwords that were tried", now.wrong_sip_passwords),
            ("sip_kept_out", "Addresses that are kept out because they guessed", now.sip_kept_out),
            ("tasks", "Tasks of the event loop of the calls; grows only with calls", now.tasks),
        ):
            Gauge(f"callcontrol_{name}", text, registry=registry).set(value)
        trunks = Gauge(
            "callcontrol_trunk_up", "0: known dead, calls go round it", ("trunk",), registry=registry
        )
        registered = Gauge(
            "callcontrol_trunk_registered",
            "1: the operator knows where we are",
            ("trunk",),
            registry=registry,
        )
        since = Gauge(
            "callcontrol_trunk_changed_timestamp_seconds",
            "When callcontrol_trunk_up last changed",
            ("trunk",),
            registry=registry,
        )
        refused = Gauge(
            "callcontrol_trunk_last_refusal_timestamp_seconds",
            "When a registration last failed; its SIP status, 0 without an answer",
            ("trunk", "status"),
            registry=registry,
        )
        for trunk in now.trunks:
            trunks.labels(trunk.name).set(trunk.state != "dead")
            if trunk.registration is not Registration.NONE:
                registered.labels(trunk.name).set(trunk.registration is Registration.REGISTERED)
            if trunk.since is not None:
                since.labels(trunk.name).set(trunk.since.timestamp())
            if last := trunk.last_refusal:
                refused.labels(trunk.name, str(last.status or 0)).set(last.at.timestamp())
    return registry
