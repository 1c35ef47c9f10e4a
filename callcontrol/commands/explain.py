"""``callcontrol explain NUMBER --from CALLER [--at TIME]``: what would happen to a call, step by step, and why.
CALLER may be one of our lines: then NUMBER is what it dials, and barring and limits come first.

Asks the same ``decide`` as a real call, with the settings of the database and the phones that are registered now. It
rings nothing and changes nothing. Every ring is assumed unanswered, so that the whole chain is told; the lines called
are assumed to hold no other call. How many the dialling line and its company hold the process of the calls is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from callcontrol import logs, numbers
from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.devices import registered_devices
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError, ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Caller, Company, Device, IncomingCall, Line, LineState, Presentation
from callcontrol.link.ask import asked
from callcontrol.link.client import PHONES_SECONDS
from callcontrol.link.frames import StateOf
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain, sentence
from callcontrol.routing.imagine import imagined_caller
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    Explained,
    OutgoingStep,
    Refuse,
    RunStarCode,
)
from callcontrol.runtime.layout import Layout
from callcontrol.sentences import table
from callcontrol.store.cache import DirectoryCache
from callcontrol.store.listener import DatabaseListener

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "calls": "{caller} appelle {line} ({name}), {when} :",
        "dials": "{name} ({line}) compose {dialled}, {when} :",
        "shows": "L’appelé voit {number}.",
        "hides": "L’appelé ne voit pas de numéro.",
        "now": "maintenant",
        "at": "le {at}",
        "assumed": "Asterisk ne répond pas : chaque ligne est supposée avoir un téléphone connecté.",
        "anonymous": "Un appelant anonyme",
        "unavailable": "Un appelant sans numéro",
    },
    "en": {
        "calls": "{caller} calls {line} ({name}), {when}:",
        "dials": "{name} ({line}) dials {dialled}, {when}:",
        "shows": "The called party sees {number}.",
        "hides": "The called party sees no number.",
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


@dataclass(frozen=True, slots=True)
class Placed:
    """What one of our lines dials, and what comes of it. ``called`` and ``caller``: the line that it goes on to, and
    who that line sees; None when it goes elsewhere or nowhere."""

    line: Line
    dialled: str
    step: OutgoingStep
    country: str
    called: Line | None = None
    caller: Caller | None = None


def dialling_line(caller: str, number: str, directory: Directory) -> Line | None:
    """The line of ours that is meant by the caller: by its number, or by an extension of the company called, or of the
    only company that has it."""
    try:
        called = find_line(number, directory)
    except CannotExplain:
        called = None
    if called is not None and (inside := directory.extension(called.company, caller)):
        return directory.line(inside)
    try:
        return find_line(caller, directory)
    except CannotExplain:
        return None


def placed_call(line: Line, dialled: str, directory: Directory, state: LineState) -> Placed:
    """What becomes of ``dialled`` on a phone of ``line``, as for a real call (spec §2)."""
    company = directory.company(line.company)
    step = decide_outgoing(line, company, directory.settings(line.number), state, dialled, directory)
    called = directory.line(step.line) if isinstance(step, CallLine) else None
    caller = imagined_caller(line.number, company, directory)
    if isinstance(step, CallLine) and step.withheld and caller is not None:
        caller = replace(caller, presentation=Presentation.ANONYMOUS, number=None, name=None)
    return Placed(line, dialled, step, company.country, called, caller)


def told_placed(placed: Placed, when: When) -> list[str]:
    """The story of a call that goes outside, to a code, or nowhere; in the line's language."""
    line, step = placed.line, placed.step
    language = "en" if line.language == "en" else "fr"
    words, country = _WORDS[language], placed.country
    moment = words["now"] if when.is_now else words["at"].format(at=when.told(when.instant, "%Y-%m-%d %H:%M"))
    head = words["dials"].format(
        name=line.name, line=_pretty(line.number, country), dialled=placed.dialled, when=moment
    )
    because, time = step.because, when.told(when.instant, "%H:%M:%S")
    told = f"1. {time} · {_pretty(line.number, country)} · {sentence(because, language, country)} [{because.rule}]"
    match step:
        case CallOutside(present=number, withheld=False) | CallEmergency(present=number):
            return [head, told, "   " + words["shows"].format(number=numbers.pretty(number, country))]
        case CallOutside():
            return [head, told, "   " + words["hides"]]
        case CallLine() | RunStarCode() | Refuse():
            return [head, told]
        case _:
            assert_never(step)


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
    found = directory.account(number)
    if found is not None:
        return found
    owners = {directory.extension(company.id, number) for company in directory.companies()} - {None}
    lines = [line for owner in owners if owner is not None and (line := directory.account(owner)) is not None]
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
        there = directory.account(number)
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
