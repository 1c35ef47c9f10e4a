"""Style sheets, scripts and pictures: read once, named by their content, kept by browsers for a year, sent compressed.

A name with another content is another address, so that nobody ever sees an old style with a new page. A script names
another one beside it as ``"./NAME.js"``: what is sent has its address there.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from callcontrol.portal_bridge.problems import Problem

FOLDER = Path(__file__).resolve().parents[1] / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_NAMED = re.compile(rb'"\./([a-z-]+\.js)"')
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    address: str
    content_type: str
    plain: bytes
    zipped: bytes


class StaticFiles:
    """Everything of a folder that has one of ``_TYPES``."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files: dict[str, _File] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in _TYPES:
                self._read(path)

    def address(self, name: str) -> str:
        """Where ``name`` is. Raises KeyError."""
        return self._files[name].address

    def add(self, app: web.Application) -> None:
        """Serve them."""
        app.router.add_get("/static/{digest}/{name}", self._serve)
        app.router.add_get("/favicon.ico", self._icon)

    async def _serve(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["name"])
        if file is None or file.address != request.path:
            raise Problem("not-found")
        headers = {"Content-Type": file.content_type, "Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if accepts_gzip(request):
            return web.Response(body=file.zipped, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=file.plain, headers=headers)

    async def _icon(self, _: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(self.address("icon.svg"))

    def _read(self, path: Path) -> _File:
        known = self._files.get(path.name)
        if known is not None:
            return known
        content = path.read_bytes()
        if path.suffix == ".js":
            content = _NAMED.sub(lambda named: self._named(path.with_name(named[1].decode())), content)
        self._files[path.name] = _file(path, content)
        return self._files[path.name]

    def _named(self, path: Path) -> bytes:
        return f'"{self._read(path).address}"'.encode()


def accepts_gzip(request: web.Request) -> bool:
    """Whether an answer may be compressed."""
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _file(path: Path, content: bytes) -> _File:
    digest = hashlib.sha256(content).hexdigest()[:12]
    kind = _TYPES[path.suffix]
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    return _File(f"/static/{digest}/{path.name}", kind + text, content, gzip.compress(content, 9, mtime=0))
