"""``/security/…``: password, security e-mail, PIN of the voicemail (guide 2.11), and where the account is logged in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aiohttp import web

from callcontrol import pins
from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.portal_bridge import own_secrets
from callcontrol.portal_bridge.pages.browser_names import browser_name
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.sentences.table import sentence

PASSWORD_RULES = (
    "password_length", "repeated", "password_digit", "password_letter", "password_special", "sequence", "number_part",
)  # fmt: skip
PIN_RULES = ("pin_digits", "pin_length", "repeated", "sequence", "number_part")
"""In the guide's order (2.11.1, 2.11.4)."""
LONGEST = 200


def rules_of(line: Line, secret: str, language: str, *, pin: bool = False) -> list[dict[str, object]]:
    """Each rule in words, and whether ``secret`` keeps it; None while nothing is typed."""
    faults = (pins.pin_faults if pin else pins.password_faults)(secret, own_secrets.own_numbers(line))
    return [
        {"text": sentence(code, language), "kept": code not in faults if secret else None}
        for code in (PIN_RULES if pin else PASSWORD_RULES)
    ]


def told(error: SettingsInvalid) -> dict[str, str]:
    """A sentence for each wrong field."""
    return {each.where: each.text for each in error.mistakes}


def refused(problem: Problem, field: str) -> dict[str, str]:
    """Too many tries: told at the field that was tried. Raises ``problem`` when it is another one."""
    if problem.kind not in ("too-many-tries", "too-many-requests") or problem.detail is None:
        raise problem
    return {field: problem.detail}


def again_mistake(visit: Visit) -> dict[str, str]:
    """The new secret is typed twice, so that a slip of the finger locks nobody out."""
    if visit.form.raw("new") == visit.form.raw("again"):
        return {}
    return {"again": sentence("secrets_differ", visit.language)}


async def show_password(visit: Visit) -> web.StreamResponse:
    """The form."""
    return visit.show(rules=rules_of(visit.line, "", visit.language))


async def password_rules(visit: Visit) -> web.StreamResponse:
    """The rules, as what is typed keeps them. Nothing is kept."""
    return visit.part(
        "security_rules.html", rules=rules_of(visit.line, visit.form.raw("new")[:LONGEST], visit.language)
    )


async def change_password(visit: Visit) -> web.StreamResponse:
    """Change it; all other sessions end, and a mail tells of it."""
    given, errors = visit.form, again_mistake(visit)
    try:
        if errors:
            found = own_secrets.password_mistakes(visit.line, given.raw("new")[:LONGEST], visit.language)
            raise SettingsInvalid([*found, *(Mistake(*each) for each in errors.items())])
        assert visit.login is not None
        await own_secrets.change_password(
            visit.site.gate,
            visit.asker,
            visit.login,
            current=given.raw("current")[:LONGEST],
            new=given.raw("new")[:LONGEST],
            by=visit.by,
        )
    except SettingsInvalid as error:
        errors = told(error)
    except Problem as problem:
        errors = refused(problem, "current")
    if errors:
        return visit.show(
            errors=errors, rules=rules_of(visit.line, given.raw("new")[:LONGEST], visit.language)
        )
    return visit.go(visit.page.path, "changed")


async def show_pin(visit: Visit) -> web.StreamResponse:
    """The form."""
    return _pin_form(visit, {}, "")


async def pin_rules(visit: Visit) -> web.StreamResponse:
    """The rules, as what is typed keeps them. Nothing is kept."""
    return visit.part(
        "security_rules.html",
        rules=rules_of(visit.line, visit.form.raw("new")[:LONGEST], visit.language, pin=True),
    )


async def change_pin(visit: Visit) -> web.StreamResponse:
    """Change it; a mail tells of it."""
    given, errors = visit.form, again_mistake(visit)
    forgotten = not given.raw("current") and bool(given.raw("password"))
    try:
        if errors:
            found = own_secrets.pin_mistakes(visit.line, given.text("new")[:LONGEST], visit.language)
            raise SettingsInvalid([*found, *(Mistake(*each) for each in errors.items())])
        await own_secrets.change_pin(
            visit.site.gate,
            visit.asker,
            visit.line,
            current=None if forgotten else given.text("current")[:LONGEST],
            password=given.raw("password")[:LONGEST] if forgotten else None,
            new=given.text("new")[:LONGEST],
            by=visit.by,
        )
    except SettingsInvalid as error:
        errors = told(error)
    except Problem as problem:
        errors = refused(problem, "password" if forgotten else "current")
    if errors:
        return _pin_form(visit, errors, given.raw("new")[:LONGEST])
    return visit.go(visit.page.path, "changed")


def _pin_form(visit: Visit, errors: dict[str, str], new: str) -> web.Response:
    return visit.show(
        errors=errors,
        rules=rules_of(visit.line, new, visit.language, pin=True),
        has_pin=visit.secrets.pin_hash is not None,
    )


async def show_email(visit: Visit) -> web.StreamResponse:
    """The address as it is."""
    return visit.show(address=visit.secrets.email or "")


async def change_email(visit: Visit) -> web.StreamResponse:
    """Change it; the old address and the new one are told."""
    address, repositories = visit.form.text("address"), visit.site.repositories
    try:
        await own_secrets.change_email(
            repositories, visit.line, address, by=visit.by, language=visit.language
        )
    except SettingsInvalid as error:
        return visit.show(errors=told(error), address=address)
    return visit.go(visit.page.path, "changed")


async def show_sessions(visit: Visit) -> web.StreamResponse:
    """Where the account is logged in, the latest first."""
    assert visit.login is not None
    zone = ZoneInfo(visit.company.timezone)
    moment = visit.words.plain("moment")
    here = await visit.site.repositories.sessions.listed(visit.line.number, visit.site.services.clock.now())
    listed = [
        {
            "id": each.id,
            "here": each.is_of(visit.login.token),
            "browser": browser_name(each.origin.browser) or visit.words("unknown_browser"),
            "address": each.origin.address,
            "seen": each.session.seen_at.astimezone(zone).strftime(moment),
            "until": each.session.expires_at.astimezone(zone).strftime(moment),
            "remembered": each.origin.remembered,
        }
        for each in here
    ]
    return visit.show(sessions=listed)


async def end_session(visit: Visit) -> web.StreamResponse:
    """End one of them; one that has ended already is no error."""
    await visit.site.repositories.sessions.end_one(visit.line.number, visit.form.text("id"))
    return visit.go(visit.page.path, "ended")


async def end_others(visit: Visit) -> web.StreamResponse:
    """End all but this one."""
    assert visit.login is not None
    await visit.site.repositories.sessions.end_all(visit.line.number, but=visit.login.token)
    return visit.go(visit.page.path, "ended_others")


PAGES = (
    Page(
        "/security/password",
        "security_password",
        show_password,
        {"": change_password},
        looks={"/rules": password_rules},
        menu=Menu.SECURITY,
        keeps=False,
    ),
    Page("/security/email", "security_email", show_email, {"": change_email}, menu=Menu.SECURITY),
    Page(
        "/security/pin",
        "security_pin",
        show_pin,
        {"": change_pin},
        looks={"/rules": pin_rules},
        menu=Menu.SECURITY,
        keeps=False,
    ),
    Page(
        "/security/sessions",
        "security_sessions",
        show_sessions,
        {"/end": end_session, "/end-others": end_others},
        menu=Menu.SECURITY,
        keeps=False,
    ),
)
