"""``callcontrol status``, ``lines``, ``calls``, ``trunks``: the running system in short tables, or as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from callcontrol import __version__
from callcontrol.commands import overview, tables
from callcontrol.config.load import Config

WHAT = ("status", "lines", "calls", "trunks")


def run(what: str, config: Config, *, json: bool, out: Callable[[str], object] = print) -> int:
    """Print ``what`` (one of WHAT). 0; 1 where ``status`` finds that a part does not work. Raises CallControlError
    when whoever knows does not answer."""
    code, found, shown = asyncio.run(_seen(what, config))
    for line in [tables.as_json(found)] if json else shown:
        out(line)
    return code


async def _seen(what: str, config: Config) -> tuple[int, Any, Iterable[str]]:
    now = datetime.now(UTC)
    match what:
        case "status":
            seen = await overview.overview(config)
            return (0 if seen.good else 1), seen, tables.status(seen, __version__, now)
        case "lines":
            lines = await overview.lines(config)
            return 0, lines, tables.lines(lines)
        case "calls":
            calls = await overview.calls(config)
            return 0, calls, tables.calls(calls, now)
        case "trunks":
            trunks: Sequence[overview.TrunkSeen] = await overview.trunks(config)
            return 0, trunks, tables.trunks(trunks, now)
        case _:
            raise ValueError(what)
