"""``/messages``: *Messages et appels* (guide 2.2): voice messages, faxes, four pages of the history, what was deleted.

What is done there is asked of the JSON API, by the scripts of the page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from callcontrol.facts import Licence, Line
from callcontrol.history import Direction
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.pages.mailbox_rows import CallRow, MessageRow, Reader, call_row, message_row
from callcontrol.portal_bridge.pages.page import Menu, Page, with_calls
from callcontrol.portal_bridge.pages.visit import Site, Visit
from callcontrol.portal_bridge.pages.words.messages import WORDS
from callcontrol.portal_bridge.problems import Problem
from callcontrol.store.page import Page as Cut

PATH = "/messages"
ROWS = 50
SPEEDS = (0.75, 1, 1.25, 1.5, 2)
VOICEMAIL, FAXES, DELETED = "voicemail", "faxes", "deleted"
_PATHS = {
    VOICEMAIL: "",
    FAXES: "/faxes",
    **{each.value: f"/{each.value}" for each in Direction},
    DELETED: "/deleted",
}
ORDER = (VOICEMAIL, FAXES, "missed", "outgoing", "received", "rejected", DELETED)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages in the page. ``new``: what is counted beside its name; None: nothing is."""

    name: str
    path: str
    new: int | None = None


async def show_voicemail(visit: Visit) -> web.StreamResponse:
    """Voice messages. Whoever has a fax licence has faxes alone."""
    if visit.line.licence is Licence.FAX:
        return visit.go(f"{PATH}/faxes")
    return await _box(visit, VOICEMAIL, MessageKind.VOICE)


async def show_faxes(visit: Visit) -> web.StreamResponse:
    """Faxes."""
    return await _box(visit, FAXES, MessageKind.FAX)


async def show_deleted(visit: Visit) -> web.StreamResponse:
    """Voice messages and faxes that can still be restored."""
    return await _box(visit, DELETED, None)


def _history(direction: Direction) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    async def show(visit: Visit) -> web.StreamResponse:
        if not with_calls(visit.line):
            raise Problem("not-in-licence")
        repositories, line = visit.site.repositories, visit.line.number
        page = await repositories.calls.page(line, _cursor(visit), ROWS, direction)
        left = [record.message for record in page.items if record.message]
        messages = await repositories.messages.some(line, left) if left else {}
        reader = _reader(visit)
        return await _show(
            visit, direction.value, [call_row(each, messages, reader) for each in page.items], page.next
        )

    return show


async def _box(visit: Visit, name: str, kind: MessageKind | None) -> web.StreamResponse:
    page: Cut[Message] = await visit.site.repositories.messages.page(
        visit.line.number, kind, _cursor(visit), ROWS, deleted=name == DELETED
    )
    reader = _reader(visit)
    return await _show(visit, name, [message_row(each, reader) for each in page.items], page.next)


async def _show(
    visit: Visit, name: str, rows: Sequence[MessageRow] | Sequence[CallRow], older: str | None
) -> web.StreamResponse:
    line, words = visit.line, visit.words
    new = visit.badges.get(PATH) or await _count_new(visit.site, line)
    addresses = visit.directory.settings(line.number).message_settings.addresses
    return visit.show(
        tab=name,
        tabs=_tabs(line, new),
        new=sum(new.values()),
        rows=rows,
        older=older,
        first=not visit.query("cursor"),
        has_fax=line.fax_number is not None or line.licence is Licence.FAX,
        has_phone=with_calls(line) and not line.group,
        known_addresses=[each.address for each in addresses],
        speeds=[
            (each, f"{each:g}".replace(".", "." if words.language == "en" else ",") + " ×") for each in SPEEDS
        ],
        said_by_scripts={key.removeprefix("js_"): words.plain(key) for key in WORDS if key.startswith("js_")},
    )


def _tabs(line: Line, new: Mapping[str, int]) -> list[Tab]:
    names = ORDER if with_calls(line) else (FAXES, DELETED)
    return [Tab(name, PATH + _PATHS[name], new.get(name)) for name in names]


def _cursor(visit: Visit) -> str | None:
    return visit.query("cursor")[:1500] or None


def _reader(visit: Visit) -> Reader:
    return Reader(visit.line, visit.directory, visit.words, visit.site.services.clock.now())


async def _count_new(site: Site, line: Line) -> Mapping[str, int]:
    count = await site.repositories.messages.count(line.number)
    return {VOICEMAIL: count.voice_new, FAXES: count.fax_new}


PAGES = (
    Page(
        PATH,
        "messages",
        show_voicemail,
        parts={
            _PATHS[FAXES]: show_faxes,
            **{_PATHS[each.value]: _history(each) for each in Direction},
            _PATHS[DELETED]: show_deleted,
        },
        menu=Menu.TAB,
        icon="inbox",
        badge=_count_new,
    ),
)
