"""``/downloads`` and ``/feedback``: *Téléchargements*, *Envoyer des commentaires* (guide 2.12.2, 2.12.3)."""

from __future__ import annotations

from aiohttp import web
from pydantic import ValidationError

from callcontrol.errors import SettingsInvalid
from callcontrol.portal_bridge import feedback
from callcontrol.portal_bridge.feedback import FeedbackIn
from callcontrol.portal_bridge.pages.call import may_call
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.sentences.table import mistakes

SOFTPHONES = (
    ("Linphone", "https://www.linphone.org/", "linphone"),
    ("Zoiper", "https://www.zoiper.com/", "zoiper"),
    ("MicroSIP", "https://www.microsip.org/", "microsip"),
)
"""Each with its makers' own site and the key of what it runs on."""


async def show_downloads(visit: Visit) -> web.StreamResponse:
    """Softphones, and what is typed into them for this line."""
    sip = visit.site.services.config.sip
    server = sip.external_address or visit.request.url.host or ""
    return visit.show(softphones=SOFTPHONES, server=server, port=sip.port, tls_port=sip.tls_port)


async def show_feedback(visit: Visit) -> web.StreamResponse:
    """The form, where there is somebody to write to."""
    return _feedback(visit)


async def send_feedback(visit: Visit) -> web.StreamResponse:
    """Queue the mail."""
    text = visit.form.text("text")
    try:
        await feedback.send(
            visit.site.gate, visit.line, FeedbackIn.model_validate({"text": text}), visit.language
        )
    except ValidationError as error:
        return _feedback(visit, text, {each.where: each.text for each in mistakes(error, visit.language)})
    except SettingsInvalid as error:
        return _feedback(visit, text, {each.where: each.text for each in error.mistakes})
    except Problem as problem:
        if problem.kind != "too-many-requests":
            raise
        return _feedback(visit, text, {"": PROBLEMS[problem.kind].text(visit.language)})
    return visit.go(visit.page.path, "sent")


def _feedback(visit: Visit, text: str = "", errors: dict[str, str] | None = None) -> web.Response:
    support = visit.company.support_email
    return visit.show(errors=errors, text=text, support=support, longest=feedback.LONGEST)


PAGES = (
    Page("/downloads", "downloads", show_downloads, menu=Menu.SUPPORT, shown_to=may_call),
    Page("/feedback", "feedback", show_feedback, {"": send_feedback}, menu=Menu.SUPPORT),
)
