"""A problem in the form that whoever asked can read: a page for a browser that shows one, else RFC 9457."""

from __future__ import annotations

from aiohttp import web

from callcontrol.portal_bridge.language import LINE_KEY, of_request
from callcontrol.portal_bridge.pages.frame import Frame
from callcontrol.portal_bridge.pages.serve import PAGE_KEY
from callcontrol.portal_bridge.problems import Problem, respond
from callcontrol.portal_bridge.texts import PROBLEMS

_FOR_PROGRAMS = ("/api/", "/healthz", "/metrics")


class ErrorPages:
    """Answers every problem of the web."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def respond(self, problem: Problem, request: web.Request) -> web.Response:
        """htmx gets a document too: the page that is open stays, and says what is wrong."""
        language = of_request(request)
        if "HX-Request" in request.headers or not _wants_page(request):
            return respond(problem, language)
        status = problem.status or PROBLEMS[problem.kind].status
        return self._frame.error(problem, status, request.get(LINE_KEY), language)


def _wants_page(request: web.Request) -> bool:
    if PAGE_KEY in request:
        return True
    is_browser = "text/html" in request.headers.get("Accept", "")
    return is_browser and not request.path.startswith(_FOR_PROGRAMS)
