"""The people of the film with their phones, the world outside, and their settings, which are put back at the end.

Everybody is a line of ``company.yaml``; phones are those of ``rig``. A scene gets the stage and nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from callcontrol.config.load import Config
from callcontrol.runtime import app_process
from demo.broken import FilmBroken, check
from demo.portal import Portal
from demo.screen import Screen
from rig import Phone, Trunk

COMPANY = Path(__file__).with_name("company.yaml")
TRUNK = "demo-trunk"
CHANGED = ("call-manager", "call-settings", "greetings", "inbox-access", "message-settings")
"""The documents that scenes may change: they begin with the defaults and get back what they were."""


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the demo company: what ``make run`` prints."""

    number: str
    extension: str
    name: str
    sip_password: str
    portal_password: str
    pin: str

    @property
    def called(self) -> str:
        """The first name: what the narration says."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Expected:
    """A call that must be in the history of the line that most scenes call."""

    direction: str
    rule: str


class Stage:
    """Who takes part. Use ``async with Stage.set(config, screen) as stage``."""

    def __init__(self, config: Config, screen: Screen) -> None:
        people, self.site_number = _company()
        self.config, self.screen = config, screen
        self.camille, self.dominique, self.sacha = (
            people[extension] for extension in ("4002", "4003", "4005")
        )
        self.server = (_reached(config.sip.bind), config.sip.port)
        self.web = f"http://{_reached(config.web.bind)}:{config.web.port}"
        self.expected: list[Expected] = []
        self.message: dict[str, Any] | None = None
        """What was left in Dominique's mailbox, for further scenes."""
        self.spoken_tone = 0
        """What it holds."""
        self._people = people
        self._calls_before: set[str] = set()

    @classmethod
    @asynccontextmanager
    async def set(cls, config: Config, screen: Screen) -> AsyncIterator[Stage]:
        """Register the phones, open the trunk, log in; afterwards everything is as it was."""
        stage = cls(config, screen)
        async with AsyncExitStack() as kept:
            http = await kept.enter_async_context(aiohttp.ClientSession())
            stage.portals = {}
            for person in (stage.camille, stage.dominique):
                portal = await Portal.log_in(http, stage.web, person.number, person.portal_password)
                kept.push_async_callback(portal.end)
                stage.portals[person] = portal
                await _settings_come_back(portal, kept)
            stage.trunk = await stage._outside(kept)
            stage.phones = {
                person: await kept.enter_async_context(stage.phone(person))
                for person in (stage.camille, stage.dominique, stage.sacha)
            }
            stage._calls_before = {call["id"] for call in await stage.portal.calls()}
            yield stage

    portals: dict[Person, Portal]
    phones: dict[Person, Phone]
    trunk: Trunk

    @property
    def portal(self) -> Portal:
        """Dominique's: it is this line that most scenes call."""
        return self.portals[self.dominique]

    @asynccontextmanager
    async def phone(self, person: Person, **more: Any) -> AsyncIterator[Phone]:
        """One more phone of a person, registered."""
        async with Phone(person.number, person.sip_password, self.server, **more) as phone:
            await phone.register()
            yield phone

    def expect(self, direction: str, rule: str) -> None:
        """The call that was just made must be in Dominique's history so."""
        self.expected.append(Expected(direction, rule))

    async def new_calls(self) -> list[dict[str, Any]]:
        """Dominique's calls since the film began, oldest first."""
        new = [call for call in await self.portal.calls() if call["id"] not in self._calls_before]
        return new[::-1]

    async def healthy(self) -> bool:
        """Whether every part of the system works now."""
        async with aiohttp.ClientSession() as http:
            return await app_process.healthy(self.config, http)

    async def _outside(self, kept: AsyncExitStack) -> Trunk:
        """The far end of the demo's trunk: a telephone network of one."""
        trunk = next((trunk for trunk in self.config.trunks if trunk.name == TRUNK), None)
        if trunk is None or not trunk.host.startswith("127."):
            raise FilmBroken(
                f"The configuration has no trunk {TRUNK} to this machine: the film needs that of demo/callcontrol.yaml."
            )
        try:
            return await kept.enter_async_context(Trunk(self.server, host=trunk.host, port=trunk.port))
        except OSError as error:
            raise FilmBroken(
                f"The film plays the outside world on {trunk.host}:{trunk.port}, and cannot: {error.strerror}."
            ) from None


async def _settings_come_back(portal: Portal, kept: AsyncExitStack) -> None:
    """Begin with the defaults; put back what was there at the end, however the film ends."""
    for document in CHANGED:
        kept.push_async_callback(portal.put, document, await portal.read(document))
        await portal.put(document, {})


def _company() -> tuple[dict[str, Person], str]:
    """The people by extension, and the number that emergency calls present."""
    file = yaml.safe_load(COMPANY.read_text(encoding="utf-8"))
    people = {
        line["extension"]: Person(
            line["number"],
            line["extension"],
            line["name"],
            line["sip_password"],
            line["portal_password"],
            line["pin"],
        )
        for line in file["lines"]
    }
    check({"4002", "4003", "4005"} <= set(people), "demo/company.yaml has lost a line that the film needs.")
    return people, str(file["company"]["sites"][0]["number"])


def _reached(bind: str) -> str:
    return "127.0.0.1" if bind in ("0.0.0.0", "::") else bind
