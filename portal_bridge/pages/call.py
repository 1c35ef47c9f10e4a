"""``/call``, *Communiquer › Appeler* (guide 2.13.1): the platform calls my phone, or another number, then whom I want.

A call is asked for, followed and ended by the functions of the API. Asked by htmx, each answer is a part of the page
that the menu of a number stands in (``templates/_number_dialogs.html``): there is one dialler.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from callcontrol.dialled import Inside, Outside, resolve
from callcontrol.errors import CallSideDown, NotFound
from callcontrol.facts import Licence, Line
from callcontrol.live import MadeCall, MadeState
from callcontrol.portal_bridge.api.click_to_call import CallIn, begin
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.sentences.table import mistakes

PATH = "/call"
MOST_SUGGESTED = 300
LONGEST_NUMBER = 40
NO_MORE = 286
"""The status by which htmx asks no more."""
_AT_THE_FORM = ("too-many-calls", "calls-away", "too-many-requests")


def may_call(line: Line) -> bool:
    """A group makes no calls of its own, a fax licence has no phone."""
    return not line.group and line.licence is not Licence.FAX


async def show(visit: Visit) -> web.StreamResponse:
    """The form, or a call that is under way. ``from=other``: another number is asked for."""
    identity = visit.query("call")
    if identity:
        return await _call(visit, identity)
    return _form(visit, to=visit.query("to")[:LONGEST_NUMBER], other=visit.query("from") == "other")


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
    return await _call(visit, made.id) if visit.in_part else visit.go(PATH, call=made.id)


async def state(visit: Visit) -> web.StreamResponse:
    """How far it is, for the page that follows it."""
    made = await _made(visit, visit.path("id"))
    found = _state(made, visit.line)
    status = NO_MORE if found == MadeState.ENDED.value else 200
    return visit.part("call/state.html", status, identity=visit.path("id"), state=found)


async def end(visit: Visit) -> web.StreamResponse:
    """End it; one that is over already is no error."""
    identity = visit.path("id")
    with suppress(NotFound):
        await visit.site.services.call_side.end_call(visit.line.number, identity)
    if visit.in_part:
        return visit.part("call/state.html", identity=identity, state=MadeState.ENDED.value)
    return visit.go(PATH, "ended")


def _form(
    visit: Visit, *, to: str, first: str = "", other: bool = False, errors: dict[str, str] | None = None
) -> web.Response:
    colleagues = sorted(
        (line for line in visit.directory.lines(visit.company.id) if line.number != visit.line.number),
        key=lambda line: line.name.casefold(),
    )
    other = other or bool(first) or "from" in (errors or {})
    return _show(
        visit,
        "call/dialler.html",
        errors,
        to=to,
        first=first,
        other=other,
        colleagues=colleagues[:MOST_SUGGESTED],
    )


async def _call(visit: Visit, identity: str) -> web.Response:
    made = await _made(visit, identity)
    return _show(
        visit,
        "call/made.html",
        made=made,
        identity=identity,
        other=made is not None and made.first != visit.line.number,
        called=_called(visit, made.to) if made else "",
        state=_state(made, visit.line),
    )


def _show(visit: Visit, template: str, errors: dict[str, str] | None = None, **context: Any) -> web.Response:
    """A part of another page where htmx asks, else the page *Appeler*."""
    whole: dict[str, Any] = {"identity": "", **context}
    return (
        visit.part(template, errors=errors, **whole) if visit.in_part else visit.show(errors=errors, **whole)
    )


def _called(visit: Visit, to: str) -> str:
    """Who is called, in the guide's words where it is a colleague."""
    directory = visit.directory
    target = resolve(to, visit.company, directory)
    colleague = directory.account(target.line) if isinstance(target, Inside) else None
    if colleague is None:
        name = directory.contacts(visit.line).name_of(target.number) if isinstance(target, Outside) else None
        return f"{name} {to}" if name else to
    told = str(visit.words("colleague", name=colleague.name, number=colleague.number))
    return f"{told} {colleague.extension or ''}".rstrip()


async def _made(visit: Visit, identity: str) -> MadeCall | None:
    """None: it is over."""
    try:
        return await visit.site.services.call_side.made_call(visit.line.number, identity)
    except NotFound:
        return None


def _state(made: MadeCall | None, line: Line) -> str:
    """The key of its words."""
    if made is None:
        return MadeState.ENDED.value
    if made.state is MadeState.RINGING_FROM and made.first != line.number:
        return "ringing_other"
    return made.state.value


PAGES = (
    Page(
        PATH,
        "call",
        show,
        {"": dial, "/{id}/end": end},
        {"/{id}/state": state},
        menu=Menu.COMMUNICATE,
        shown_to=may_call,
    ),
)
