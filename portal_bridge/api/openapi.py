"""The OpenAPI 3.1 document, made from the table of routes and the models, and from nothing else. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from callcontrol.portal_bridge.api.openapi_parts import (
    COMPONENTS,
    EXAMPLES,
    INFO,
    SERVICE_PATHS,
    problem_replies,
)
from callcontrol.portal_bridge.api.openapi_schemas import Schemas, query_parameters
from callcontrol.portal_bridge.api.route import PATH_PARAMETERS, Body, Mounted, Reply, Scope, Upload, summary

_PARAMETER = re.compile(r"\{(\w+)\}")
_ADMINISTRATOR = "For an administrator of the line's company."


def openapi_json(rows: Sequence[Mounted]) -> bytes:
    """The document as it is served."""
    return json.dumps(openapi(rows), ensure_ascii=False, indent=1).encode()


def openapi(rows: Sequence[Mounted]) -> dict[str, Any]:
    """The document. Routes that only refuse are left out."""
    shown = [row for row in rows if not row.hidden]
    schemas = Schemas.of(shown)
    paths: dict[str, dict[str, Any]] = {}
    for row in shown:
        paths.setdefault(row.path, {})[row.route.method.lower()] = _operation(row, schemas)
    tags = list(dict.fromkeys(row.route.tag for row in shown))
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in [*tags, "Service"]],
        "paths": {**paths, **SERVICE_PATHS},
        "components": {**COMPONENTS, "schemas": schemas.components, "examples": EXAMPLES},
    }


def _operation(row: Mounted, schemas: Schemas) -> dict[str, Any]:
    route = row.route
    short, text = summary(route)
    operation: dict[str, Any] = {
        "operationId": row.operation,
        "summary": f"{short.rstrip('.')} (of a line)" if row.as_administrator else short.rstrip("."),
        "tags": [route.tag],
        "parameters": _parameters(row),
        "responses": {
            **{str(reply.status): _reply(reply, schemas) for reply in route.replies},
            **problem_replies(row),
        },
        "security": [] if route.scope is Scope.OPEN else [{"token": []}, {"cookie": []}],
    }
    if row.as_administrator or route.scope is Scope.ADMINISTRATOR:
        text = f"{text}\n\n{_ADMINISTRATOR}".strip()
    if text:
        operation["description"] = text
    if route.body is not None:
        operation["requestBody"] = _body(route.body, schemas)
    elif route.upload is not None:
        operation["requestBody"] = _upload(route.upload)
    return operation


def _parameters(row: Mounted) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in _PARAMETER.findall(row.path):
        meaning, example = PATH_PARAMETERS[name]
        found.append(
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": meaning,
                "schema": {"type": "string", "minLength": 1, "maxLength": 150},
                "example": example,
            }
        )
    if row.route.query is not None:
        found += query_parameters(row.route.query)
    found += [
        {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in row.route.headers.items()
    ]
    return found


def _body(body: Body, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schemas.sent(body)}
    if body.example is not None:
        content["example"] = body.example
    return {"required": True, "content": dict.fromkeys(body.media_types, content)}


def _upload(upload: Upload) -> dict[str, Any]:
    return {
        "required": True,
        "description": upload.text,
        "content": {upload.media_types[0]: {"schema": {"type": "string", "format": "binary"}}},
    }


def _reply(reply: Reply, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": reply.text}
    if reply.model is not None and reply.media_type is not None:
        content: dict[str, Any] = {"schema": schemas.answered(reply.model)}
        if reply.example is not None:
            content["example"] = reply.example
        described["content"] = {reply.media_type: content}
    elif reply.media_type is not None:
        described["content"] = {reply.media_type: {}}
    if reply.headers:
        described["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}}
            for name, meaning in reply.headers.items()
        }
    return described
