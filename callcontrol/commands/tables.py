"""How facts are printed: short tables for people, JSON for programs. Pure."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from callcontrol.commands.overview import LineSeen, Overview, TrunkSeen
from callcontrol.live import CallNow

_DOING = {
    "ringing": "rings",
    "talking": "talks",
    "message": "leaves a message",
    "menu": "is in the voice menu",
    "hears": "hears an announcement",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Columns as wide as what stands in them; nothing but the heads when there are no rows."""
    shown = [heads, *(["-" if cell is None else str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in shown) for at in range(len(heads))]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def as_json(value: object) -> str:
    """Facts as JSON: field names as they are, instants in ISO 8601."""
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: object) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case Path():
            return str(value)
        case Enum():
            return value.value
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} is nothing to print")


def lines(found: Sequence[LineSeen]) -> Iterator[str]:
    """``callcontrol lines``."""
    phones = {True: "yes", False: "no", None: "?"}
    heads = ("NUMBER", "EXT", "NAME", "LICENCE", "PHONE", "CALLS", "COMPANY")
    return table(
        heads,
        ((x.number, x.extension, x.name, x.licence, phones[x.phone], x.calls, x.company) for x in found),
    )


def calls(found: Sequence[CallNow], now: datetime) -> Iterator[str]:
    """``callcontrol calls``; ``now`` is aware."""
    rows = ((since(x.started_at, now), x.caller, x.called, _DOING[x.doing.value], x.id) for x in found)
    return table(("FOR", "FROM", "TO", "NOW", "ID"), rows)


def trunks(found: Sequence[TrunkSeen], now: datetime) -> Iterator[str]:
    """``callcontrol trunks``: a line for each, and one for each trouble."""
    rows = (
        (x.name, f"{x.host}:{x.port}", x.state, since(x.since, now) if x.since else "-", x.registration.value)
        for x in found
    )
    yield from table(("TRUNK", "WHERE", "STATE", "FOR", "REGISTRATION"), rows)
    yield from (x.trouble for x in found if x.trouble is not None)


def status(seen: Overview, version: str, now: datetime) -> Iterator[str]:
    """``callcontrol status``."""
    yield f"callcontrol {version} in {seen.runtime_dir} (process {seen.process}), up for {since(seen.since, now)}"
    yield f"health   {'ok' if seen.good else 'DEGRADED: ' + ('; '.join(seen.reasons) or 'the web does not answer')}"
    yield "         " + ", ".join(f"{name.replace('_', ' ')} {state}" for name, state in seen.health.items())
    yield f"calls    {_known(seen.calls)} under way"
    yield f"phones   {_known(seen.with_phone)} of {_known(seen.lines)} lines have one registered"
    first, *others = trunks(seen.trunks, now) if seen.trunks else ["none configured, or not known now"]
    yield f"trunks   {first}"
    yield from (f"         {line}" for line in others)


def since(then: datetime, now: datetime) -> str:
    """How long ago: ``42 s``, ``3 min 12 s``, ``5 h 03 min``, ``2 d 4 h``."""
    seconds = max(int((now - then) / timedelta(seconds=1)), 0)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{minutes} min {seconds % 60:02d} s" if minutes else f"{seconds} s"


def _known(count: int | None) -> str:
    return "?" if count is None else str(count)
