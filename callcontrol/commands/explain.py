"""``callcontrol explain NUMBER --from CALLER [--at TIME]``: what would happen to a call, step by step, and why.

Asks the same ``decide`` as a real call, with the settings of the database and the phones that are registered now. It
rings nothing and changes nothing. Every ring is assumed unanswered, so that the whole chain is told; lines are assumed
to hold no other call, since only the calls process knows better.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from callcontrol import logs, numbers
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.devices import registered_devices
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError, ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Caller, Company, Device, IncomingCall, Line, LineState, Presentation
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain, sentence
from callcontrol.routing.imagine import NO_CALLER, imagined_caller
from callcontrol.routing.steps import Explained
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "calls": "{caller} appelle {line} ({name}), {when} :",
        "now": "maintenant",
        "at": "le {at}",
        "assumed": "Asterisk ne répond pas : chaque ligne est supposée avoir un téléphone connecté.",
        "anonymous": "Un appelant anonyme",
        "unavailable": "Un appelant sans numéro",
    },
    "en": {
        "calls": "{caller} calls {line} ({name}), {when}:",
        "now": "now",
        "at": "at {at}",
        "assumed": "Asterisk does not answer: each line is assumed to have one phone connected.",
        "anonymous": "An anonymous caller",
        "unavailable": "A caller without a number",
    },
}
_ASSUMED = (Device("sip:assumed@invalid"),)


class CannotExplain(CallControlError):
    """The question makes no sense; the text is one sentence."""


def run(
    number: str, caller: str, at: str | None, config: Config, out: Callable[[str], object] = print
) -> int:
    """Print the story. Returns the exit code; raises ``CallControlError`` when there is none to tell."""
    logs.configure("warning")
    for text in asyncio.run(_story(number, caller, at, config)):
        out(text)
    return 0


async def _story(number: str, caller: str, at: str | None, config: Config) -> list[str]:
    cache = DirectoryCache(config.database.url, DatabaseListener(config.database.listen_url))
    try:
        await cache.start()
        directory = cache.directory
    finally:
        await cache.stop()
    line = find_line(number, directory)
    company = directory.company(line.company)
    when = _instant(at, company)
    who = imagined_caller(caller, company, directory)
    if who is None:
        raise CannotExplain(NO_CALLER[line.language == "en"])
    return await _told_live(line, who, directory, config, when)


def find_line(number: str, directory: Directory) -> Line:
    """The line meant by a number in any spelling, or by an extension that only one company has."""
    found = directory.line(number)
    if found is not None:
        return found
    owners = {directory.extension(company.id, number) for company in directory.companies()} - {None}
    lines = [line for owner in owners if owner is not None and (line := directory.line(owner)) is not None]
    if len(lines) == 1:
        return lines[0]
    if lines:
        raise CannotExplain(f"{number} is an extension of several companies: give the line's number")
    raise CannotExplain(f"there is no line {number}")


def described(
    line: Line,
    caller: Caller,
    directory: Directory,
    devices: Mapping[str, tuple[Device, ...]] | None,
    when: str | None,
    unasked: set[str],
) -> list[str]:
    """The story in the line's language, one step a line. ``devices`` None: nobody could be asked; the lines that it
    should hold and does not are put into ``unasked``."""
    language = "en" if line.language == "en" else "fr"
    words, country = _WORDS[language], directory.company(line.company).country
    moment = words["at"].format(at=when) if when else words["now"]
    head = words["calls"].format(
        caller=_named(caller, words, country), line=_pretty(line.number, country), name=line.name, when=moment
    )
    texts = [head] if devices is not None else [head, words["assumed"]]

    def called(number: str) -> CalledLine | None:
        there = directory.line(number)
        if there is None:
            return None
        if devices is not None and number not in devices:
            unasked.add(number)
        state = LineState(_ASSUMED if devices is None else devices.get(number, ()))
        company = directory.company(there.company)
        return CalledLine(there, company, directory.settings(there), state, directory.contacts(there))

    story = explain(IncomingCall(caller, line.number), line.number, called, directory)
    return texts + [_step(index, each, language, country) for index, each in enumerate(story, 1)]


def _step(index: int, each: Explained, language: str, country: str) -> str:
    because = each.step.because
    return f"{index}. {_pretty(each.line, country)} · {sentence(because, language, country)} [{because.rule}]"


def _named(caller: Caller, words: Mapping[str, str], country: str) -> str:
    if caller.presentation is not Presentation.SHOWN or caller.number is None:
        return words[caller.presentation.value]
    number = numbers.pretty(caller.number, country)
    return f"{caller.name} ({number})" if caller.name else number


def _pretty(line: str, country: str) -> str:
    known = numbers.canonical(line, country)
    return numbers.pretty(known, country) if known else line


def _instant(at: str | None, company: Company) -> str | None:
    """The instant asked about, in the company's time zone."""
    if at is None:
        return None
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        raise CannotExplain(f"{at} is no time: write it like 2026-11-22T09:00") from None
    zone = ZoneInfo(company.timezone)
    local = instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)
    return local.strftime("%Y-%m-%d %H:%M")


async def _told_live(
    line: Line, caller: Caller, directory: Directory, config: Config, when: str | None
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
