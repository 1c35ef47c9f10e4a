"""``/dev/mail``: the mails that the catch-all server took. Never mounted where mails really go out.

There is no log-in here: for somebody at this machine alone. Whoever comes from elsewhere, or through a proxy, is told
that there is no such page.

Shows text only, escaped: a mail's HTML is never run, its attachments are named and not served.
"""

from __future__ import annotations

import asyncio
import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import escape
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from callcontrol.portal_bridge import plain_page
from callcontrol.portal_bridge.address import is_direct_and_local
from callcontrol.portal_bridge.problems import Problem

MOST = 200
"""Mails in the list, the newest first."""
_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}\.eml")


def add(app: web.Application, box: Path) -> None:
    """Add the two pages."""

    async def show_list(request: web.Request) -> web.Response:
        _check(request)
        return plain_page.respond(await asyncio.to_thread(_list, box))

    async def show_mail(request: web.Request) -> web.Response:
        _check(request)
        name = request.match_info["name"]
        if not _NAME.fullmatch(name):
            raise Problem("not-found")
        page = await asyncio.to_thread(_mail, box / name)
        if page is None:
            raise Problem("not-found")
        return plain_page.respond(page)

    app.router.add_get("/dev/mail", show_list)
    app.router.add_get("/dev/mail/{name}", show_mail)


def _check(request: web.Request) -> None:
    if not is_direct_and_local(request):
        raise Problem("not-found")


def _list(box: Path) -> str:
    files = sorted(box.glob("*.eml"), reverse=True)[:MOST]
    rows = "".join(_row(path, mail) for path in files if (mail := _read(path)) is not None)
    table = (
        '<table><thead><tr><th scope="col">Objet</th><th scope="col">De</th><th scope="col">À</th>'
        f'<th scope="col">Date</th></tr></thead><tbody>{rows}</tbody></table>'
        if rows
        else "<p>Aucun e-mail.</p>"
    )
    return plain_page.frame("E-mails", f'<p><a href="/">Portail</a></p>{table}')


def _row(path: Path, mail: EmailMessage) -> str:
    subject = escape(_header(mail, "Subject") or "(sans objet)")
    cells = [f'<a href="/dev/mail/{quote(path.name)}">{subject}</a>']
    cells += [escape(_header(mail, name)) for name in ("From", "X-Envelope-To", "Date")]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _mail(path: Path) -> str | None:
    mail = _read(path)
    if mail is None:
        return None
    heads = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(_header(mail, name))}</td></tr>'
        for name in ("From", "To", "X-Envelope-To", "Date", "Subject")
    )
    attached = "".join(
        f"<li>{escape(part.get_filename() or part.get_content_type())}</li>"
        for part in mail.iter_attachments()
    )
    body = f"<table>{heads}</table><pre>{escape(_text(mail))}</pre>"
    body += f"<h2>Pièces jointes</h2><ul>{attached}</ul>" if attached else ""
    return plain_page.frame(
        _header(mail, "Subject") or "(sans objet)", f'<p><a href="/dev/mail">E-mails</a></p>{body}'
    )


def _read(path: Path) -> EmailMessage | None:
    try:
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    except FileNotFoundError:  # erased meanwhile
        return None


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a character set that nobody knows
        return str(part.get_payload())
