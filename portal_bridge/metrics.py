"""What ``/metrics`` shows (Prometheus text format): requests by route and status, their latency, calls under way.

The route is its template, never the path: a path holds phone numbers, and every one would be a series of its own.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from callcontrol.ports import CallSide

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class WebMetrics:
    """The web's own series in a registry that others may share."""

    def __init__(self, registry: CollectorRegistry, call_side: CallSide) -> None:
        self.registry = registry
        self._requests = Counter(
            "callcontrol_http_requests", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "callcontrol_http_request_seconds",
            "Time to answer an HTTP request",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        calls = Gauge("callcontrol_calls_under_way", "Calls that this process looks after", registry=registry)
        calls.set_function(call_side.calls_under_way)
        connected = Gauge(
            "callcontrol_telephone_system_connected", "1 when Asterisk is connected", registry=registry
        )
        connected.set_function(lambda: float(call_side.connected()))
        tasks = Gauge(
            "callcontrol_tasks", "Tasks of the event loop; grows only with calls", registry=registry
        )
        tasks.set_function(lambda: float(len(asyncio.all_tasks())))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def respond(self) -> web.Response:
        """The page itself."""
        return web.Response(
            body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )
