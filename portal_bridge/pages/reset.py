"""``/login/reset``: a lost password is replaced by who reads the account's security e-mail (spec §10.1).

What is answered tells nothing of whether a number exists, nor does the time that it takes.
"""

from __future__ import annotations

from aiohttp import web

from callcontrol.facts import Line
from callcontrol.portal_bridge import own_secrets, password_reset
from callcontrol.portal_bridge.pages.page import Door, Page
from callcontrol.portal_bridge.pages.security import LONGEST, again_mistake, rules_of
from callcontrol.portal_bridge.pages.visit import Visit

_AWAY = "reset_gone.html"


async def show(visit: Visit) -> web.StreamResponse:
    """Which number?"""
    return visit.show(asked=False, number=visit.query("number")[:20])


async def ask(visit: Visit) -> web.StreamResponse:
    """Send the link, where there is somebody to send it to. Raises Problem ``too-many-requests``."""
    await password_reset.ask(visit.site.gate, visit.asker, visit.form.text("number"))
    return visit.show(asked=True, number="")


async def show_new(visit: Visit) -> web.StreamResponse:
    """The link: nothing is used up by looking at it."""
    line = await _line(visit)
    if line is None:
        return visit.show(_AWAY, status=410)
    return _form(visit, line, {}, "")


async def rules(visit: Visit) -> web.StreamResponse:
    """The rules, as what is typed keeps them."""
    line = await _line(visit)
    if line is None:
        return visit.part("security_rules.html", status=410, rules=[])
    return visit.part(
        "security_rules.html", rules=rules_of(line, visit.form.raw("new")[:LONGEST], visit.language)
    )


async def choose(visit: Visit) -> web.StreamResponse:
    """The new password: the link is used up, every session ends, and a mail tells of it."""
    line, errors, new = await _line(visit), again_mistake(visit), visit.form.raw("new")[:LONGEST]
    if line is None:
        return visit.show(_AWAY, status=410)
    errors |= {each.where: each.text for each in own_secrets.password_mistakes(line, new, visit.language)}
    if errors:
        return _form(visit, line, errors, new)
    if not await password_reset.use(visit.site.gate, visit.path("token"), new):
        return visit.show(_AWAY, status=410)
    return visit.go("/login", "reset")


async def _line(visit: Visit) -> Line | None:
    return await password_reset.account(visit.site.gate, visit.path("token"))


def _form(visit: Visit, line: Line, errors: dict[str, str], new: str) -> web.Response:
    return visit.show(
        "reset_new.html", errors=errors, account=line.number, rules=rules_of(line, new, visit.language)
    )


PAGES = (
    Page(
        "/login/reset",
        "reset",
        show,
        {"": ask, "/{token}": choose, "/{token}/rules": rules},
        {"/{token}": show_new},
        door=Door.OPEN,
    ),
)
