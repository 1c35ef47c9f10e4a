"""``/login``, ``/logout`` and ``/welcome``: log-in, log-out, and the security e-mail that the first log-in asks for.

Limits, the time that an answer takes and what it tells are those of the API: both ask ``auth.log_in``.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from callcontrol.errors import SettingsInvalid
from callcontrol.portal_bridge import auth, own_secrets
from callcontrol.portal_bridge.address import is_direct_and_local
from callcontrol.portal_bridge.auth import Admitted, Login
from callcontrol.portal_bridge.pages import csrf, kept_form
from callcontrol.portal_bridge.pages.page import Door, Page
from callcontrol.portal_bridge.pages.serve import own_path
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.texts import PROBLEMS

LONGEST_NUMBER, LONGEST_PASSWORD = 100, 200
"""As in ``api.sessions``."""
_TOLD = ("wrong-login", "too-many-tries", "too-many-requests", "unavailable")
"""What is told in the form; anything else is an error page."""


async def show_log_in(visit: Visit) -> web.StreamResponse:
    """The form; whoever is logged in already is led on."""
    if visit.login is not None:
        return visit.go(own_path(visit.query("next")))
    onward = own_path(visit.kept.page if visit.kept else visit.query("next"))
    return _form(visit, number="", remember=False, onward=onward)


async def log_in(visit: Visit) -> web.StreamResponse:
    """Try it."""
    number, remember = visit.form.text("number"), visit.form.ticked("remember")
    onward = own_path(visit.form.text("next"))
    visit = replace(visit, kept=kept_form.of_log_in(visit.form, onward))
    site = visit.site
    try:
        admitted = await auth.log_in(
            site.gate,
            visit.asker,
            number=number[:LONGEST_NUMBER],
            password=visit.form.raw("password")[:LONGEST_PASSWORD],
            remember=remember,
        )
    except Problem as problem:
        if problem.kind not in _TOLD:
            raise
        return _form(visit, number=number, remember=remember, onward=onward, problem=problem)
    if visit.login is not None:
        await site.repositories.sessions.end(visit.login.token)
    answer = _kept(visit, admitted) or visit.go(onward)
    public_url = site.services.config.web.public_url
    auth.set_device_cookie(answer, admitted.device, public_url)
    auth.set_session_cookie(answer, admitted, remember=remember, public_url=public_url)
    return answer


def _kept(visit: Visit, admitted: Admitted) -> web.Response | None:
    """What this line had typed before its session ended; None: there is nothing, or it was somebody else's."""
    site, kept, line = visit.site, visit.kept, visit.directory.account(admitted.session.line)
    if kept is None or line is None or not csrf.was_shown_to(site.form_key, line.number, kept.token):
        return None
    token = csrf.shown(csrf.token(site.form_key, admitted.token, line.number))
    shown = replace(visit, login=Login(line, admitted.token), csrf=token)
    return shown.show("kept_form.html", kept=replace(kept, to=own_path(kept.to)))


def _form(
    visit: Visit, *, number: str, remember: bool, onward: str, problem: Problem | None = None
) -> web.Response:
    kind = PROBLEMS[problem.kind] if problem else None
    mails = visit.site.services.mail_dir is not None and is_direct_and_local(visit.request)
    answer = visit.show(
        status=kind.status if kind else 200,
        number=number,
        remember=remember,
        onward=onward,
        told=(problem.detail or kind.text(visit.language)) if problem and kind else "",
        mails=mails,
        carried=visit.kept.carried if visit.kept else (),
    )
    if problem is not None:
        answer.headers.update(
            {name: value for name, value in problem.headers.items() if name == "Retry-After"}
        )
    return answer


async def log_out(visit: Visit) -> web.StreamResponse:
    """End this session."""
    if visit.login is not None:
        await visit.site.repositories.sessions.end(visit.login.token)
    answer = visit.go("/login", said="logged_out")
    answer.del_cookie(auth.COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def show_welcome(visit: Visit) -> web.StreamResponse:
    """Why an address is needed, and the field for it (the guide's words)."""
    if (await visit.site.repositories.lines.secrets(visit.line.number)).email:
        return visit.show("welcome_done.html") if visit.query("done") else visit.go("/")
    return visit.show(address="")


async def welcome(visit: Visit) -> web.StreamResponse:
    """Take the address; the confirmation is on its way."""
    address = visit.form.text("address")
    try:
        await own_secrets.change_email(
            visit.site.repositories, visit.line, address, by=visit.by, language=visit.language
        )
    except SettingsInvalid as error:
        return visit.show(address=address, errors={each.where: each.text for each in error.mistakes})
    return visit.go("/welcome", done="1")


PAGES = (
    Page("/login", "login", show_log_in, {"": log_in}, door=Door.OPEN, largest=2 * kept_form.LARGEST),
    Page("/logout", "login", show_log_in, {"": log_out}, door=Door.OPEN),
    Page("/welcome", "welcome", show_welcome, {"": welcome}, door=Door.UNSETTLED),
)
