"""``/account``: numbers and licence of who is logged in (guide 2.10); its user cannot change them."""

from __future__ import annotations

from aiohttp import web

from callcontrol import numbers
from callcontrol.facts import Licence
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit


async def show(visit: Visit) -> web.StreamResponse:
    """Everything that was provisioned."""
    line = visit.line
    fax = numbers.national(line.fax_number, visit.company.country) if line.fax_number else None
    return visit.show(fax=fax, email=visit.secrets.email, gives=_gives(line.licence, group=line.group))


def _gives(licence: Licence, *, group: bool) -> tuple[str, ...]:
    """The words of what a licence has (spec §1)."""
    if licence is Licence.FAX:
        return ("gives_fax",)
    found = [
        "gives_advanced" if licence is Licence.FULL_MEETING_ADVANCED else "gives_calls",
        "gives_voicemail",
    ]
    if licence is not Licence.SIMPLE:
        found.append("gives_links")
    if not group and licence not in (Licence.SIMPLE, Licence.FULL):
        found.append("gives_meetings")
    return tuple(found)


PAGES = (Page("/account", "account", show, menu=Menu.PERSONAL),)
