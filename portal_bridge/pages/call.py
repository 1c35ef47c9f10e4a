"""``/call``, *Communiquer › Appeler* (guide 2.13.1): the platform calls my phone, or another number, then whom I want.

A call is asked for, followed and ended by the functions of the API.
"""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web
from pydantic import ValidationError

from callcontrol.errors import CallSideDown, NotFound
from callcontrol.facts import Licence, Line
from callcontrol.live import MadeCall, MadeState
from callcontrol.portal_bridge.api.click_to_call import CallIn, begin
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.sentences.table import mistakes

MOST_SUGGESTED = 300
_AT_THE_FORM = ("too-many-calls", "calls-away", "too-many-requests")


def may_call(line: Line) -> bool:
    """A group makes no calls of its own, a fax licence has no phone."""
    return not line.group and line.licence is not Licence.FAX


async def show(visit: Visit) -> web.StreamResponse:
    """The form, or a call that is under way."""
    identity = visit.query("call")
    if not identity:
        return _form(visit, to=visit.query("to")[:40])
    made = await _made(visit, identity)
    other = made is not None and made.first != visit.line.number
    return visit.show(
        "call_made.html", made=made, identity=identity, other=other, state=_state(made, other=other)
    )


async def dial(visit: Visit) -> web.StreamResponse:
    """Ask for the call."""
    to, first = visit.form.text("to"), visit.form.text("from")
    try:
        wanted = CallIn.model_validate({"to": to, "from": first or None})
        made = await begin(visit.site.services, visit.line, wanted, visit.language)
    except ValidationError as error:
        told = {each.where: each.text for each in mistakes(error, visit.language)}
        return _form(visit, to=to, first=first, errors=told)
    except CallSideDown:
        return _form(visit, to=to, first=first, errors={"": PROBLEMS["calls-away"].text(visit.language)})
    except Problem as problem:
        if not problem.errors and problem.kind not in _AT_THE_FORM:
            raise
        at_fields = {each.field: each.message for each in problem.errors}
        return _form(
            visit, to=to, first=first, errors=at_fields or {"": PROBLEMS[problem.kind].text(visit.language)}
        )
    return visit.go("/call", call=made.id)


async def state(visit: Visit) -> web.StreamResponse:
    """How far it is, for the page that follows it."""
    made = await _made(visit, visit.path("id"))
    other = made is not None and made.first != visit.line.number
    return visit.part(
        "call_state.html", made=made, identity=visit.path("id"), state=_state(made, other=other)
    )


async def end(visit: Visit) -> web.StreamResponse:
    """End it; one that is over already is no error."""
    with suppress(NotFound):
        await visit.site.services.call_side.end_call(visit.line.number, visit.path("id"))
    return visit.go("/call", "ended")


def _form(visit: Visit, *, to: str, first: str = "", errors: dict[str, str] | None = None) -> web.Response:
    colleagues = sorted(
        (line for line in visit.directory.lines(visit.company.id) if line.number != visit.line.number),
        key=lambda line: line.name.casefold(),
    )
    return visit.show(errors=errors, to=to, first=first, colleagues=colleagues[:MOST_SUGGESTED])


async def _made(visit: Visit, identity: str) -> MadeCall | None:
    """None: it is over."""
    try:
        return await visit.site.services.call_side.made_call(visit.line.number, identity)
    except NotFound:
        return None


def _state(made: MadeCall | None, *, other: bool) -> str:
    """The key of its words."""
    if made is None or made.state is MadeState.ENDED:
        return "ended"
    if made.state is MadeState.RINGING_FROM and other:
        return "ringing_other"
    return made.state.value


PAGES = (
    Page(
        "/call",
        "call",
        show,
        {"": dial, "/{id}/end": end},
        {"/{id}/state": state},
        menu=Menu.COMMUNICATE,
        shown_to=may_call,
    ),
)
