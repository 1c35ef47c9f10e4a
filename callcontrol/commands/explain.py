"""``callcontrol explain NUMBER --from CALLER [--at TIME]``: what would happen to a call, step by step, and why.
CALLER may be one of our lines: then NUMBER is what it dials, and barring and limits come first.

Asks the same ``decide`` as a real call, with the settings of the database and the phones that are registered now. It
rings nothing and changes nothing. Every ring is assumed unanswered, so that the whole chain is told; the lines called
are assumed to hold no other call. How many the dialling line and its company hold the process of the calls is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from callcontrol import logs
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.devices import registered_devices
from callcontrol.clock import SystemClock
from callcontrol.commands.explain_asked import CannotExplain, When, dialling_line, find_line, placed_call
from callcontrol.commands.explain_told import described, told_placed
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError, ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Caller, Device, Line, LineState
from callcontrol.link.ask import asked
from callcontrol.link.client import PHONES_SECONDS
from callcontrol.link.frames import StateOf
from callcontrol.routing.imagine import imagined_caller
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.located import needs_database
from callcontrol.sentences import table
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener


def run(
    number: str, caller: str, at: str | None, config: Config, out: Callable[[str], object] = print
) -> int:
    """Print the story. Returns the exit code; raises ``CallControlError`` when there is none to tell."""
    logs.configure("warning")
    now = SystemClock(config.clock).now()
    with needs_database(config):
        story = asyncio.run(_story(number, caller, at, now, config))
    for text in story:
        out(text)
    return 0


async def _story(number: str, caller: str, at: str | None, now: datetime, config: Config) -> list[str]:
    cache = DirectoryCache(config.database.url, DatabaseListener(config.database.listen_url))
    try:
        await cache.start()
        directory = cache.directory
    finally:
        await cache.stop()
    dialling = dialling_line(caller, number, directory)
    if dialling is None:
        line = find_line(number, directory)
        company = directory.company(line.company)
        who = imagined_caller(caller, company, directory)
        if who is None:
            raise CannotExplain(table.sentence("no_caller", line.language))
        return await _told_live(line, who, directory, config, When.of(at, company, now))
    when = When.of(at, directory.company(dialling.company), now)
    state = await _state(dialling, config) if at is None else LineState()
    placed = placed_call(dialling, number, directory, state)
    if placed.called is None or placed.caller is None:
        return told_placed(placed, when)
    return await _told_live(placed.called, placed.caller, directory, config, when)


async def _state(line: Line, config: Config) -> LineState:
    """The calls that it holds now; none when nobody knows."""
    try:
        return await asked(
            Layout(config.runtime_dir).call_side, StateOf(line.number), LineState, PHONES_SECONDS
        )
    except CallControlError:
        return LineState()


async def _told_live(
    line: Line, caller: Caller, directory: Directory, config: Config, when: When
) -> list[str]:
    """The story with the phones that are registered now, asked line by line as the call comes to them."""
    asterisk = config.asterisk
    client = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
    devices: dict[str, tuple[Device, ...]] = {}
    try:
        while True:
            unasked: set[str] = set()
            texts = described(line, caller, directory, devices, when, unasked)
            if not unasked:
                return texts
            for number in unasked:
                devices[number] = await registered_devices(client, number)
    except (PhoneSystemDown, PhoneSystemRefused, ChannelGone):
        return described(line, caller, directory, None, when, set())
    finally:
        await client.close()
