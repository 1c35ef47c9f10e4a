"""``*318``: how a call comes into the voice menu, and what it leaves it with (spec §6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.dialogue.play import play
from callcontrol.errors import NotFound, StoreDown
from callcontrol.facts import Company, Line
from callcontrol.ivr import drafts, identify
from callcontrol.ivr.arrival import arrive, greet
from callcontrol.ivr.identify import Asked
from callcontrol.ivr.menu_table import Node
from callcontrol.ivr.visit import Goodbye, MenuEnd, Visit
from callcontrol.ivr.walk import walk
from callcontrol.star_codes import VOICE_MENU

log = structlog.get_logger()

CODE = VOICE_MENU


async def from_phone(call: Call, services: CallServices, phone: Line) -> MenuEnd:
    """A phone of ours dialled the code."""
    company = services.directory.company(phone.company)
    asked = Asked(call, services, company, phone.language)
    return await _open(asked, phone, lambda: identify.from_own_phone(asked, phone))


async def from_outside(call: Call, services: CallServices, company: Company) -> MenuEnd:
    """Somebody called the company's access number."""
    asked = Asked(call, services, company, company.language)
    return await _open(asked, None, lambda: identify.by_number(asked))


async def from_greeting(call: Call, services: CallServices, box: Line) -> MenuEnd:
    """Somebody pressed ``*`` in the greeting of a box."""
    asked = Asked(call, services, services.directory.company(box.company), box.language)
    return await _open(asked, None, lambda: identify.by_pin(asked, box, remote=True))


async def _open(asked: Asked, phone: Line | None, who: Callable[[], Awaitable[Line | None]]) -> MenuEnd:
    """Find out whose box it is, and walk in it. After a restart: to the main menu of the box that was open."""
    call, services = asked.call, asked.services
    try:
        if not call.caller.answered:
            await call.answer()
        await drafts.tidy_up(call, services)
        known = services.directory.account(call.journal.story.menu.box or "")
        box = known or await who()
        if box is None:
            return Goodbye()
        log.info("menu.opened", call=call.id, box=numbers.redact(box.number))
        visit = Visit(call, services, box, phone)
        place = await greet(visit) if known else await arrive(visit)
        return await walk(visit, place) if isinstance(place, Node) else place
    except (StoreDown, NotFound) as error:  # no database, or the line was deleted a moment ago
        log.warning("menu.not_opened", call=call.id, error=str(error))
        await play(call, [services.prompts.media("service-unavailable", asked.language)])
        return Goodbye()
