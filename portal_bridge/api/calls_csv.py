"""``calls.csv``: the whole history as a file for a spreadsheet (spec §10.3), in the line's language and time zone.

Sent page by page: a line's two months never stand in memory at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from callcontrol.history import Direction
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.calls import CallOut, DirectionName, call_out
from callcontrol.portal_bridge.api.models import Query
from callcontrol.portal_bridge.api.route import Reply, Route, Scope

_HEADS = {
    "fr": ("Date", "Heure", "Sens", "Numéro", "Nom", "Présentation", "Durée (s)", "Règle", "Motif"),
    "en": ("Date", "Time", "Direction", "Number", "Name", "Presentation", "Duration (s)", "Rule", "Reason"),
}
_WORDS = {
    "fr": {
        "missed": "manqué",
        "outgoing": "émis",
        "received": "reçu",
        "rejected": "rejeté",
        "shown": "affiché",
        "anonymous": "anonyme",
        "unavailable": "indisponible",
    },
    "en": {},
}
_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets: a caller chooses the name that we print."""


class CsvQuery(Query):
    """Which calls."""

    direction: Annotated[DirectionName | None, Field(description="Only these.")] = None


async def export(asked: Asked) -> web.StreamResponse:
    """Download the calls as CSV.

    UTF-8 with a byte order mark, semicolons, newest first; dates and times in the company's time zone.
    """
    query = asked.query(CsvQuery)
    direction = Direction(query.direction) if query.direction else None
    zone, language = ZoneInfo(asked.company.timezone), asked.line.language
    page = await asked.repositories.calls.page(asked.line.number, None, _PAGE, direction)
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="calls-{asked.line.number}.csv"',
        }
    )
    await response.prepare(asked.request)
    await response.write(b"\xef\xbb\xbf" + _lines([_HEADS.get(language, _HEADS["fr"])]))
    while True:
        calls = [call_out(record, asked.line, asked.directory, masked=asked.masked) for record in page.items]
        await response.write(_lines([_row(call, zone, language) for call in calls]))
        if page.next is None:
            break
        page = await asked.repositories.calls.page(asked.line.number, page.next, _PAGE, direction)
    await response.write_eof()
    return response


def _row(call: CallOut, zone: ZoneInfo, language: str) -> tuple[str, ...]:
    words = _WORDS.get(language, _WORDS["fr"])
    at = call.started_at.astimezone(zone)
    cells = (
        at.strftime("%Y-%m-%d"),
        at.strftime("%H:%M:%S"),
        words.get(call.direction, call.direction),
        call.peer.number or "",
        call.peer.name or "",
        words.get(call.peer.presentation, call.peer.presentation),
        f"{call.duration:.0f}",
        call.rule.id,
        call.rule.because,
    )
    return tuple(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


ROUTES = (
    Route(
        "GET",
        "calls.csv",
        export,
        "export_calls",
        "Calls",
        Scope.LINE,
        (Reply(200, "The file.", None, "text/csv", headers={"Content-Disposition": "The file's name."}),),
        query=CsvQuery,
    ),
)
