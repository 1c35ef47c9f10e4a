"""What ``/metrics`` shows (Prometheus text format): requests by route and status, their latency, and how the calls do.

The calls' own gauges are asked for at each look; while their process is away they are missing, and one gauge says so.
The route is its template, never the path: a path holds phone numbers, and every one would be a series of its own.
"""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from callcontrol.errors import CallSideDown
from callcontrol.live import CallsNow
from callcontrol.ports import CallSide

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class WebMetrics:
    """The web's own series."""

    def __init__(self, registry: CollectorRegistry) -> None:
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

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    async def respond(self, call_side: CallSide) -> web.Response:
        """The page itself."""
        try:
            gauges = _of_calls(await call_side.now())
        except CallSideDown:
            gauges = _of_calls(None)
        return web.Response(
            body=generate_latest(self.registry) + generate_latest(gauges),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )


def _of_calls(now: CallsNow | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    up = "1 when the process of the calls answers"
    Gauge("callcontrol_calls_process_up", up, registry=registry).set(now is not None)
    if now is not None:
        for name, text, value in (
            ("calls_under_way", "Calls that are looked after", now.under_way),
            ("calls_counted", "Calls that count for a line or company", now.counted),
            ("telephone_system_connected", "1 when Asterisk is connected", now.connected),
            ("tasks", "Tasks of the event loop of the calls; grows only with calls", now.tasks),
        ):
            Gauge(f"callcontrol_{name}", text, registry=registry).set(value)
        trunks = Gauge(
            "callcontrol_trunk_up", "0: known dead, calls go round it", ("trunk",), registry=registry
        )
        for trunk in now.trunks:
            trunks.labels(trunk.name).set(trunk.state != "dead")
    return registry
