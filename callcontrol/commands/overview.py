"""What the commands ``status``, ``lines``, ``calls`` and ``trunks`` tell: gathered from the running system by the ways
that there are (the calls' socket, ``/healthz``, Asterisk, the database). Changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import asyncpg

from callcontrol.asterisk.client import AriClient
from callcontrol.config.load import Config
from callcontrol.errors import (
    CallControlError,
    CallSideDown,
    ChannelGone,
    PhoneSystemDown,
    PhoneSystemRefused,
    StoreDown,
)
from callcontrol.link.ask import asked
from callcontrol.link.frames import CallList, HowAreCalls, ListCalls
from callcontrol.live import CallNow, CallsNow, Registration, trouble
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.running import supervisor_of
from callcontrol.runtime.trunk_news import healthz
from callcontrol.store.pool import connect, store_errors

T = TypeVar("T")

_LINES = """
    SELECT n.number, n.extension, n.name, l.licence, c.name AS company
    FROM numbers n JOIN lines l USING (number) JOIN companies c ON c.id = n.company
    ORDER BY c.name, n.extension NULLS LAST, n.number
"""


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A line; ``phone`` None: Asterisk was not to be asked."""

    number: str
    extension: str | None
    name: str
    company: str
    licence: str
    phone: bool | None
    calls: int


@dataclass(frozen=True, slots=True)
class TrunkSeen:
    """A trunk, in the order in which calls try them."""

    name: str
    host: str
    port: int
    state: str
    since: datetime | None
    registration: Registration
    trouble: str | None
    """What is wrong with it, in words."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole system on one screen. What could not be asked is None."""

    runtime_dir: Path
    process: int
    since: datetime
    health: Mapping[str, str]
    """Each part with ``ok``, ``down`` or ``unknown``; ``web`` alone when it does not answer."""
    reasons: tuple[str, ...]
    calls: int | None
    lines: int | None
    with_phone: int | None
    trunks: tuple[TrunkSeen, ...]

    @property
    def good(self) -> bool:
        """Whether every part works."""
        return all(state == "ok" for state in self.health.values())


async def calls(config: Config) -> tuple[CallNow, ...]:
    """The calls under way. Raises CallSideDown."""
    return (await asked(Layout(config.runtime_dir).call_side, ListCalls(), CallList)).calls


async def trunks(config: Config) -> tuple[TrunkSeen, ...]:
    """The trunks as the calls know them. Raises CallSideDown."""
    return _trunks(config, await _now(config))


async def lines(config: Config) -> list[LineSeen]:
    """Every line of every company. Raises StoreDown."""
    connection = await connect(config.database.url)
    try:
        with store_errors():
            rows = await connection.fetch(_LINES, timeout=60)
    except asyncpg.UndefinedTableError:  # the first start is under way
        raise StoreDown("the database has no tables yet") from None
    finally:
        await connection.close(timeout=5)
    online, busy = await asyncio.gather(_online(config), _busy(config))
    return [
        LineSeen(
            row["number"], row["extension"], row["name"], row["company"], row["licence"],
            None if online is None else row["number"] in online, busy[row["number"]],
        )
        for row in rows
    ]  # fmt: skip


async def overview(config: Config) -> Overview:
    """All of it, however little answers."""
    process = supervisor_of(config.runtime_dir) or 0
    found, now, known = await asyncio.gather(healthz(config), _maybe(_now(config)), _maybe(lines(config)))
    health = found or {}
    reasons = health.get("reasons")
    parts = {name: str(part["status"]) for name, part in health.items() if isinstance(part, dict)}
    return Overview(
        config.runtime_dir,
        process,
        _started(process),
        {"web": "ok", **parts} if parts else {"web": "down"},
        tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
        None if now is None else now.under_way,
        None if known is None else len(known),
        None if known is None else sum(line.phone is True for line in known),
        () if now is None else _trunks(config, now),
    )


async def _maybe(asking: Awaitable[T]) -> T | None:
    try:
        return await asking
    except CallControlError:
        return None


async def _now(config: Config) -> CallsNow:
    return await asked(Layout(config.runtime_dir).call_side, HowAreCalls(), CallsNow)


def _trunks(config: Config, now: CallsNow) -> tuple[TrunkSeen, ...]:
    there = {trunk.name: trunk for trunk in config.trunks}
    return tuple(
        TrunkSeen(
            known.name,
            there[known.name].host,
            there[known.name].port,
            known.state,
            known.since,
            known.registration,
            trouble(known),
        )
        for known in now.trunks
        if known.name in there  # one that the file lost since the start is told by `callcontrol reload`
    )


async def _online(config: Config) -> frozenset[str] | None:
    asterisk = config.asterisk
    client = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
    try:
        return await client.online()
    except (PhoneSystemDown, PhoneSystemRefused, ChannelGone):
        return None
    finally:
        await client.close()


async def _busy(config: Config) -> Counter[str]:
    try:
        under_way = await calls(config)
    except CallSideDown:
        return Counter()
    return Counter(line for call in under_way for line in {call.from_line, call.to_line} if line is not None)


def _started(process: int) -> datetime:
    try:
        return datetime.fromtimestamp(Path(f"/proc/{process}").stat().st_mtime, UTC)
    except OSError:
        return datetime.now(UTC)
