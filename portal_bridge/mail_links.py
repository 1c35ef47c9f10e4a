"""``/m/TOKEN``: what the action links in mails lead to (spec §5).

GET and HEAD, which mail scanners and previews send by themselves, change nothing: they show a page with one button. The
button's POST does the one thing that the link was made for; doing it twice is doing it once. There is no log-in: the
signed token is the right to do it, so that no log ever holds one. Every refusal is a page with one clear sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from callcontrol.errors import NotFound, StoreDown
from callcontrol.mails.for_message import about
from callcontrol.mails.links import ActionLink, LinkAction, LinkRefusal, LinkSigner
from callcontrol.mails.words import of_sender, words_of
from callcontrol.message import Message
from callcontrol.portal_bridge import plain_page
from callcontrol.portal_bridge.language import of_request
from callcontrol.portal_bridge.services import WebServices
from callcontrol.store.message_mails import account_of
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import borrowed

log = structlog.get_logger()

PATH = "/m/{token}"


@dataclass(frozen=True, slots=True)
class _Words:
    title: dict[LinkAction, str]
    button: dict[LinkAction, str]
    ask: dict[LinkAction, str]
    done: dict[LinkAction, str]
    refused: str
    not_ours: str
    expired: str
    gone: str
    away: str


_DELETE, _READ, _ALL = LinkAction.DELETE, LinkAction.READ, LinkAction.READ_ALL
_TEXTS = {
    "fr": _Words(
        title={
            _DELETE: "Supprimer ce message",
            _READ: "Marquer ce message comme lu",
            _ALL: "Marquer tous les messages comme lus",
        },
        button={_DELETE: "Supprimer", _READ: "Marquer comme lu", _ALL: "Tout marquer comme lu"},
        ask={
            _DELETE: "Le message {of}, reçu le {moment}, sera déplacé vers les messages supprimés du {account}. "
            "Il y reste 30 jours.",
            _READ: "Le message {of}, reçu le {moment}, ne sera plus un nouveau message du {account}.",
            _ALL: "Tous les messages du {account} seront marqués comme lus.",
        },
        done={
            _DELETE: "Le message est supprimé.",
            _READ: "Le message est marqué comme lu.",
            _ALL: "Tous les messages sont marqués comme lus.",
        },
        refused="Lien inutilisable",
        not_ours="Ce lien n’est pas valable : il a peut-être été coupé par votre messagerie.",
        expired="Ce lien a expiré : il n’était valable que 30 jours.",
        gone="Ce message n’existe plus.",
        away="Le service ne répond pas pour l’instant : réessayez dans quelques minutes.",
    ),
    "en": _Words(
        title={
            _DELETE: "Delete this message",
            _READ: "Mark this message as read",
            _ALL: "Mark all messages as read",
        },
        button={_DELETE: "Delete", _READ: "Mark as read", _ALL: "Mark all as read"},
        ask={
            _DELETE: "The message {of}, received {moment}, will be moved to the deleted messages of "
            "{account}. It stays there for 30 days.",
            _READ: "The message {of}, received {moment}, will no longer be a new message of {account}.",
            _ALL: "All messages of {account} will be marked as read.",
        },
        done={
            _DELETE: "The message is deleted.",
            _READ: "The message is marked as read.",
            _ALL: "All messages are marked as read.",
        },
        refused="This link cannot be used",
        not_ours="This link is not valid: your mail program may have cut it off.",
        expired="This link has expired: it was valid for 30 days only.",
        gone="This message does not exist any more.",
        away="The service does not answer at the moment: try again in a few minutes.",
    ),
}  # fmt: skip


class MailLinks:
    """Both handlers of the page."""

    def __init__(self, services: WebServices, boxes: Mailboxes) -> None:
        self._services, self._boxes = services, boxes
        self._signer = LinkSigner(services.config.link_key)

    async def show(self, request: web.Request) -> web.Response:
        """The page with its button; nothing changes."""
        return await self._answer(request, act=False)

    async def act(self, request: web.Request) -> web.Response:
        """Do it."""
        return await self._answer(request, act=True)

    async def _answer(self, request: web.Request, *, act: bool) -> web.Response:
        language, now = of_request(request), self._services.clock.now()
        link = self._signer.read(request.match_info["token"], now)
        try:
            if isinstance(link, LinkRefusal):
                texts = _texts(language)
                expired = link is LinkRefusal.EXPIRED
                return _refusal(
                    texts.expired if expired else texts.not_ours, 410 if expired else 404, language
                )
            message = await self._boxes.found(link.message)
            async with borrowed(self._services.pool) as connection:
                account = await account_of(connection, message.line)
            language = account.language
            if not act:
                words = words_of(language)
                moment = message.received_at.astimezone(ZoneInfo(account.timezone))
                of = of_sender(about(message, account).sender, words)
                return _question(link, of, moment.strftime(words.moment), account.number, language)
            await self._do(link, message)
        except NotFound:
            return _refusal(_texts(language).gone, 410, language)
        except StoreDown as error:
            log.warning("mail_link.not_now", error=str(error))
            return _refusal(_texts(language).away, 503, language)
        log.info("mail_link.used", action=link.action.value, message=message.id)
        return _done(link, language)

    async def _do(self, link: ActionLink, message: Message) -> None:
        match link.action:
            case LinkAction.DELETE:
                await self._boxes.delete(message.line, message.id, self._services.clock.now())
            case LinkAction.READ:
                await self._boxes.mark(message.line, message.id, new=False)
            case LinkAction.READ_ALL:
                await self._boxes.mark_all_read(message.line)


def add(app: web.Application, services: WebServices, boxes: Mailboxes) -> None:
    """Add the page."""
    page = MailLinks(services, boxes)
    app.router.add_get(PATH, page.show)
    app.router.add_post(PATH, page.act)


def _texts(language: str) -> _Words:
    return _TEXTS.get(language, _TEXTS["fr"])


def _question(link: ActionLink, of: str, moment: str, account: str, language: str) -> web.Response:
    texts = _texts(language)
    ask = texts.ask[link.action].format(of=of, moment=moment, account=account)
    button = escape(texts.button[link.action])
    body = f'<p>{escape(ask)}</p><form method="post"><button type="submit">{button}</button></form>'
    return _page(texts.title[link.action], body, language)


def _done(link: ActionLink, language: str) -> web.Response:
    texts = _texts(language)
    return _page(
        texts.title[link.action], f'<p role="status">{escape(texts.done[link.action])}</p>', language
    )


def _refusal(sentence: str, status: int, language: str) -> web.Response:
    body = f'<p role="alert">{escape(sentence)}</p>'
    return _page(_texts(language).refused, body, language, status)


def _page(title: str, body: str, language: str, status: int = 200) -> web.Response:
    response = plain_page.respond(plain_page.frame(title, body, language), with_form=True)
    response.set_status(status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
