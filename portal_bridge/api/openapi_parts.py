"""The parts of the OpenAPI document that no route says: what it is, how one logs in, the problems, health and metrics.

Pure.
"""

from __future__ import annotations

from typing import Any

from callcontrol.portal_bridge import problems
from callcontrol.portal_bridge.api.route import Mounted, Scope
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.health import version
from callcontrol.portal_bridge.texts import PROBLEMS

INFO: dict[str, Any] = {
    "title": "callcontrol",
    "version": version(),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "description": (
        "Log in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer`. What belongs to the line "
        "is under `/api/v1/me`; an administrator finds the lines of the company under `/api/v1/lines/{number}`, with "
        "peers' last four digits masked, and without messages, faxes and contacts.\n\n"
        "Instants are RFC 3339, in UTC. Numbers may be sent in any spelling. A collection answers `items` and `next`, "
        "the cursor of the next page. Unknown fields and parameters are refused.\n\n"
        "Errors are RFC 9457 problem details in the language of the line (before a log-in: `Accept-Language`), with "
        "one entry of `errors` for each wrong field."
    ),
}

COMPONENTS: dict[str, Any] = {
    "securitySchemes": {
        "token": {"type": "http", "scheme": "bearer", "description": "From `POST /api/v1/sessions`."},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "The portal's. A change must also carry `X-Requested-With`, or our own `Origin`.",
        },
    }
}

_HEADERS = {
    401: {"WWW-Authenticate": "`Bearer`, where a log-in is missing."},
    429: {"Retry-After": "Seconds."},
    503: {"Retry-After": "Seconds."},
}


def problem_replies(row: Mounted) -> dict[str, Any]:
    """The problems that a route can answer with, by status."""
    kinds = ["bad-parameter", "unexpected", "unavailable", *row.route.problems]
    if row.route.asks_phones:
        kinds += ["too-many-requests", "calls-away"]
    if row.route.body is not None:
        kinds += ["malformed", "too-slow", "too-large", "unsupported-media-type", "invalid"]
    if row.route.upload is not None:
        kinds += ["too-slow", "too-large", "no-sound", "invalid", "conflict", "no-room"]
    if row.route.scope is not Scope.OPEN:
        kinds += ["not-logged-in", "cross-site", "not-found"]
    if row.as_administrator or row.route.scope is Scope.ADMINISTRATOR:
        kinds.append("administrators-only")
    by_status: dict[int, list[str]] = {}
    for kind in dict.fromkeys(kinds):
        by_status.setdefault(PROBLEMS[kind].status, []).append(kind)
    return {str(status): _problem(status, by_status[status]) for status in sorted(by_status)}


def _problem(status: int, kinds: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": " ".join(PROBLEMS[kind].en for kind in kinds),
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind: {"$ref": f"#/components/examples/{kind}"} for kind in kinds},
            }
        },
    }
    if status in _HEADERS:
        described["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}}
            for name, meaning in _HEADERS[status].items()
        }
    return described


def _example(kind: str) -> dict[str, object]:
    errors: tuple[problems.FieldError, ...] = ()
    if kind == "invalid":
        errors = (problems.FieldError("no_answer.number", "Ce numéro n’est pas valable."),)
    incident = "019ab5c4-0000-7000-8000-00000000000f" if kind == "unexpected" else None
    return problems.document(problems.Problem(kind, errors=errors, incident=incident), "fr")


EXAMPLES: dict[str, Any] = {kind: {"value": _example(kind)} for kind in PROBLEMS}
"""One of each kind of problem."""

_PART = {
    "type": "object",
    "properties": {"status": {"enum": ["ok", "down", "unknown"]}},
    "required": ["status"],
}
_HEALTH = {
    "application/json": {
        "schema": {
            "type": "object",
            "properties": {
                "status": {"enum": ["ok", "degraded"]},
                "version": {"type": "string"},
                "calls": {"type": ["integer", "null"], "description": "Under way; null when nobody knows."},
                "reasons": {"type": "array", "items": {"type": "string"}},
                "database": _PART,
                "calls_process": _PART,
                "telephone_system": _PART,
                "storage": _PART,
            },
            "required": [
                "status",
                "version",
                "calls",
                "reasons",
                "database",
                "calls_process",
                "telephone_system",
                "storage",
            ],
        }
    }
}
SERVICE_PATHS: dict[str, Any] = {
    "/healthz": {
        "get": {
            "operationId": "get_health",
            "summary": "Tell whether every part works",
            "tags": ["Service"],
            "security": [],
            "responses": {
                "200": {"description": "All of them.", "content": _HEALTH},
                "503": {"description": "Not all of them.", "content": _HEALTH},
            },
        }
    },
    "/metrics": {
        "get": {
            "operationId": "get_metrics",
            "summary": "Show the metrics (Prometheus)",
            "tags": ["Service"],
            "security": [],
            "responses": {
                "200": {
                    "description": "The text format.",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                }
            },
        }
    },
}
