"""The language in which a request is answered: the line's of who is logged in, else what the client asks for. Pure."""

from __future__ import annotations

from aiohttp import web

from callcontrol.facts import Line
from callcontrol.sentences.table import LANGUAGES

LINE_KEY = web.RequestKey("line_of_login", Line)
"""Set by ``auth`` once it is known who asks; read where a problem is put into words."""


def of_request(request: web.Request) -> str:
    """``fr`` or ``en``."""
    line: Line | None = request.get(LINE_KEY)
    if line is not None and line.language in LANGUAGES:
        return line.language
    return accepted(request.headers.get("Accept-Language", ""))


def accepted(header: str) -> str:
    """The first of our languages that ``Accept-Language`` prefers (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:200].split(",")):
        tag, _, parameter = part.partition(";")
        quality = _quality(parameter)
        if quality > 0:
            wanted.append((-quality, place, tag.strip().lower().split("-")[0]))
    for _, _, tag in sorted(wanted):
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
