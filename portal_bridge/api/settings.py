"""The settings documents of a line: GET, PUT (whole) and PATCH (merge) of each (contract.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from pydantic import BaseModel

from callcontrol.changes import line_settings
from callcontrol.changes.line_settings import Change, Kept
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import etag
from callcontrol.portal_bridge.api.route import Body, Handler, Reply, Route, Scope
from callcontrol.portal_bridge.api.settings_examples import EXAMPLES, PATCHES
from callcontrol.portal_bridge.problems import Problem
from callcontrol.settings.model import DOCUMENTS
from callcontrol.settings.parse import merge

WARNINGS = "Settings-Warnings"
_NOT_DONE = ("version-conflict", "not-in-force")
_LIST = re.compile(r'\s*(?:\*|(?:W/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W/)?"[\x21\x23-\x7e]*")*)\s*')
_ONE = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_ANSWER_HEADERS: Mapping[str, str] = {
    "ETag": "The document's version: give it as `If-Match` to change what you have read and nothing else.",
    WARNINGS: "Only where there is something allowed but probably not meant: a JSON list of `{field, message}`, in "
    "ASCII. It stands beside the document, so that what GET answers can be sent back.",
}


def _reader(document: str) -> Handler:
    async def read(asked: Asked) -> web.Response:
        kept = await line_settings.read(asked.changes, asked.line, document, asked.language)
        tags = _tags(asked, "If-None-Match")
        if tags is not None and ("*" in tags or _tag(kept.versions) in tags):
            return web.Response(status=304, headers={"ETag": etag(*kept.versions)})
        return _answer(kept)

    return _told(read, f"Read the document {document}.", _READ)


def _replacer(document: str, model: type[BaseModel]) -> Handler:
    async def replace(asked: Asked) -> web.Response:
        raw = await asked.raw_body(model)
        return await _change(asked, document, lambda _: raw)

    return _told(replace, f"Replace the document {document}.", _REPLACE)


def _merger(document: str, model: type[BaseModel]) -> Handler:
    async def patch(asked: Asked) -> web.Response:
        raw = await asked.raw_body(model)
        if not isinstance(raw, dict):  # a merge patch that is no object would replace the whole document
            raise asked.wrong("", "model_type")
        return await _change(asked, document, lambda current: merge(document, current, raw))

    return _told(patch, f"Change a part of the document {document}.", _PATCH)


_UNCHANGED = Reply(304, "Nothing changed since.", None, None, headers={"ETag": _ANSWER_HEADERS["ETag"]})
_READ = "Every field is present. What was never set has its default, and the version 0."
_REPLACE = (
    "A field that is left out takes its default. Every mistake is told at once, and then nothing is changed. "
    "The next call obeys it."
)
_PATCH = (
    "An RFC 7396 merge patch: what is left out stays, null takes a field back to its default. Every mistake is told "
    "at once, and then nothing is changed. The next call obeys it."
)


async def _change(asked: Asked, document: str, make: Change) -> web.Response:
    tags = _tags(asked, "If-Match")
    wanted = tags if tags is not None and "*" not in tags else None
    kept = await line_settings.change(
        asked.changes,
        asked.line,
        document,
        make,
        language=asked.language,
        by=asked.by,
        expected=None if wanted is None else lambda versions: _tag(versions) in wanted,
    )
    return _answer(kept)


def _answer(kept: Kept) -> web.Response:
    headers = {"ETag": etag(*kept.versions)}
    if kept.warnings:
        told = [{"field": each.where, "message": each.text} for each in kept.warnings]
        headers[WARNINGS] = json.dumps(told)
    return reply(kept.model, headers=headers)


def _tag(versions: tuple[int, ...]) -> str:
    return etag(*versions).strip('"')


def _tags(asked: Asked, header: str) -> frozenset[str] | None:
    """The entity tags of a condition (RFC 9110 §13.1), None when there is none. ``If-Match`` compares strongly: a weak
    tag never matches."""
    given = asked.request.headers.get(header)
    if given is None:
        return None
    if not _LIST.fullmatch(given):
        raise Problem("bad-parameter", errors=asked.wrong(header, "etag_impossible").errors)
    if given.strip() == "*":
        return frozenset("*")
    return frozenset(tag for weak, tag in _ONE.findall(given) if header != "If-Match" or not weak)


def _told(handler: Callable[[Asked], Awaitable[web.Response]], summary: str, description: str) -> Handler:
    handler.__doc__ = f"{summary}\n\n{description}"
    return handler


def _routes(document: str, model: type[BaseModel]) -> tuple[Route, ...]:
    name = document.replace("-", "_")
    answer = (Reply(200, "The document.", model, example=EXAMPLES[document], headers=_ANSWER_HEADERS),)
    condition = {"If-Match": "Change only this version (an earlier `ETag`), else 412."}
    return (
        Route(
            "GET", document, _reader(document), f"get_{name}", "Settings", Scope.LINE, (*answer, _UNCHANGED),
            headers={"If-None-Match": "An earlier `ETag`: 304 when nothing changed."},
        ),
        Route(
            "PUT", document, _replacer(document, model), f"replace_{name}", "Settings", Scope.LINE, answer,
            body=Body(model, EXAMPLES[document]), headers=condition, problems=_NOT_DONE,
        ),
        Route(
            "PATCH", document, _merger(document, model), f"patch_{name}", "Settings", Scope.LINE, answer,
            body=Body(model, PATCHES[document], patch=True), headers=condition, problems=_NOT_DONE,
        ),
    )  # fmt: skip


ROUTES = tuple(route for document, model in DOCUMENTS.items() for route in _routes(document, model))
