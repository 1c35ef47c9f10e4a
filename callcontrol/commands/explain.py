"""``callcontrol explain NUMBER --from CALLER [--at TIME]``: what would happen to a call, step by step, and why.

Asks the same ``decide`` as a real call, with the settings of the database and the phones that are registered now. It
rings nothing and changes nothing. Every ring is assumed unanswered, so that the whole chain is told; lines are assumed
to hold no other call, since only the calls process knows better.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcontrol import logs, numbers
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.devices import registered_devices
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError, ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Caller, Company, Device, IncomingCall, Line, LineState, Presentation
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain, sentence
from callcontrol.routing.imagine import imagined_caller
from callcontrol.routing.steps import Explained
from callcontrol.sentences import table
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
    now = SystemClock(config.clock).now()
    for text in asyncio.run(_story(number, caller, at, now, config)):
        out(text)
    return 0


async def _story(number: str, caller: str, at: str | None, now: datetime, config: Config) -> list[str]:
    cache = DirectoryCache(config.database.url, DatabaseListener(config.database.listen_url))
    try:
        await cache.start()
        directory = cache.directory
    finally:
        await cache.stop()
    line = find_line(number, directory)
    company = directory.company(line.company)
    when = When.of(at, company, now)
    who = imagined_caller(caller, company, directory)
    if who is None:
        raise CannotExplain(table.sentence("no_caller", line.language))
    return await _told_live(line, who, directory, config, when)


@dataclass(frozen=True, slots=True)
class When:
    """The instant asked about."""

    instant: datetime
    """Aware."""
    zone: ZoneInfo
    """The company's: in it the story is told."""
    is_now: bool

    @classmethod
    def of(cls, at: str | None, company: Company, now: datetime) -> When:
        """``at`` as somebody writes it, in the company's time unless it names a zone; None: ``now`` (aware).

        A time that the change to summer time leaves out is the one that clocks then show; of one that comes twice
        it is the first. Raises ``CannotExplain``.
        """
        zone = ZoneInfo(company.timezone)
        if at is None:
            return cls(now, zone, is_now=True)
        try:
            written = datetime.fromisoformat(at)
            instant = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise CannotExplain(f"{at} is no time: write it like 2026-11-22T09:00") from None
        if not 2000 <= instant.year <= 2100:
            raise CannotExplain(f"{at} is too far from now")
        return cls(instant, zone, is_now=False)

    def told(self, instant: datetime, form: str) -> str:
        """``instant`` as the company's clocks show it."""
        return instant.astimezone(self.zone).strftime(form)


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
    when: When,
    unasked: set[str],
) -> list[str]:
    """The story in the line's language, one step a line. ``devices`` None: nobody could be asked; the lines that it
    should hold and does not are put into ``unasked``."""
    language = "en" if line.language == "en" else "fr"
    words, country = _WORDS[language], directory.company(line.company).country
    moment = words["now"] if when.is_now else words["at"].format(at=when.told(when.instant, "%Y-%m-%d %H:%M"))
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

    story = explain(IncomingCall(caller, line.number), line.number, called, directory, when.instant)
    return texts + [_step(index, each, when, language, country) for index, each in enumerate(story, 1)]


def _step(index: int, each: Explained, when: When, language: str, country: str) -> str:
    because, time = each.step.because, when.told(each.at, "%H:%M:%S")
    told = sentence(because, language, country)
    return f"{index}. {time} · {_pretty(each.line, country)} · {told} [{because.rule}]"


def _named(caller: Caller, words: Mapping[str, str], country: str) -> str:
    if caller.presentation is not Presentation.SHOWN or caller.number is None:
        return words[caller.presentation.value]
    number = numbers.pretty(caller.number, country)
    return f"{caller.name} ({number})" if caller.name else number


def _pretty(line: str, country: str) -> str:
    known = numbers.canonical(line, country)
    return numbers.pretty(known, country) if known else line


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
