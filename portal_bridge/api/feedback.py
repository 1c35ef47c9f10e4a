"""``feedback``: a user writes to the support of the company."""

from __future__ import annotations

from aiohttp import web

from callcontrol.portal_bridge import feedback
from callcontrol.portal_bridge.api.asked import Asked, nothing
from callcontrol.portal_bridge.api.route import NOTHING, Body, Route, Scope
from callcontrol.portal_bridge.feedback import FeedbackIn


async def send(asked: Asked) -> web.Response:
    """Write to the support of the company.

    By mail, with the line's name, number and security e-mail. 409 where the company names no address of its support.
    """
    await feedback.send(asked.gate, asked.line, await asked.body(FeedbackIn), asked.language)
    return nothing()


ROUTES = (
    Route(
        "POST",
        "feedback",
        send,
        "send_feedback",
        "Account",
        Scope.OWN,
        (NOTHING,),
        body=Body(FeedbackIn, {"text": "La page des messages pourrait montrer la durée totale."}),
        problems=("conflict", "too-many-requests"),
    ),
)
