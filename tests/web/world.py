"""What the tests of the web stand on: two companies in a real database, a directory, a call side of product quality
that is told what to answer, and a client that speaks to the application over a real socket.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from callcontrol.alarms import Bell
from callcontrol.changes.ports import InForce, Key
from callcontrol.clock import SystemClock
from callcontrol.directory.contacts import ContactBook
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallSideDown, NotFound, NotInForce, PhoneSystemDown, TooMany
from callcontrol.facts import Company, Device, Group, Licence, Line, LineState, Presentation
from callcontrol.history import Peer
from callcontrol.link.broadcast import Broadcast
from callcontrol.live import CallNow, CallsNow, LiveEvent, MadeCall, MadeState, TrunkNow
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.app import build
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.ports.call_side import CallSide
from callcontrol.store.pool import Pool, transaction
from tests.fakes.alarms import FakeCompanyMails

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CAMILLE = "0222969569"
PAUL = "0222969570"
ADMINISTRATOR = "0222969571"
ADVANCED = "0222969572"
FAX_LINE = "0222969573"
GROUP = "0222969500"
STRANGER = "0298000001"
PASSWORD = "Camille#2026!ok"
SOUND = b"RIFF" + bytes(range(256)) * 40
"""The file of every message."""


class FakeCallSide(CallSide):
    """The call side, with the devices and counts that a test says."""

    def __init__(self) -> None:
        self.states: dict[str, LineState] = {}
        self.up = True
        self.journals_behind = 0
        self.refusal: Exception | None = None
        self.away = False
        """The process of the calls does not answer."""
        self.trunks: tuple[TrunkNow, ...] = ()
        self.clock = SystemClock(NOW)
        self.told = Broadcast()
        self.asked_in_force: list[tuple[str, ...]] = []
        self.made: dict[tuple[str, str], MadeCall] = {}
        self._ids = itertools.count()

    async def devices(self, line: str) -> tuple[Device, ...]:
        return (await self.state(line)).devices

    async def state(self, line: str, *, as_told: bool = False) -> LineState:
        self._answers()
        if not self.up:
            raise PhoneSystemDown("no answer")
        if self.refusal is not None:
            raise self.refusal
        return self.states.get(line, LineState(devices=(Device(f"sip:{line}@192.0.2.7:5060", "Yealink"),)))

    async def now(self) -> CallsNow:
        self._answers()
        calls = sum(state.calls for state in self.states.values())
        return CallsNow(
            connected=self.up,
            under_way=calls,
            counted=calls,
            tasks=1,
            journals_behind=self.journals_behind,
            trunks=self.trunks,
        )

    async def calls(self) -> tuple[CallNow, ...]:
        self._answers()
        return ()

    async def make_call(self, line: str, first: str | None, to: str) -> MadeCall:
        self._answers()
        if len(self.made) == 2:
            raise TooMany
        made = MadeCall(f"made-{next(self._ids)}", first or line, to, MadeState.RINGING_FROM, NOW)
        self.made[line, made.id] = made
        return made

    async def made_call(self, line: str, call: str) -> MadeCall:
        self._answers()
        if (line, call) not in self.made:
            raise NotFound("no such call")
        return self.made[line, call]

    async def end_call(self, line: str, call: str) -> None:
        await self.made_call(line, call)
        del self.made[line, call]

    async def in_force(self, changed: Collection[tuple[str, ...]]) -> None:
        self.asked_in_force += changed

    async def set_clock(self, now: datetime, *, runs: bool = False) -> None:
        self._answers()
        self.clock.fix(now, runs=runs)

    def events(self, line: str | None = None) -> AbstractContextManager[AsyncIterator[LiveEvent]]:
        return self.told.listen(line)

    def _answers(self) -> None:
        if self.away:
            raise CallSideDown("the calls process is not there")


class FakeCalls(InForce):
    """Calls that obey at once (their directory is filled by hand), or whose database went away."""

    def __init__(self) -> None:
        self.told: list[Key] = []
        self.away = False

    async def in_force(self, changed: Collection[Key]) -> None:
        self.told += changed
        if self.away:
            raise NotInForce("the database went away")


def directory() -> Directory:
    """Two companies and their lines."""
    known = Directory()
    known.put_company(Company("c", "Démo"))
    known.put_company(Company("d", "Autre"))
    for line in (
        Line(CAMILLE, "c", "Camille Martin", "4002", site="Site principal"),
        Line(PAUL, "c", "Paul Le Goff", "4003", Licence.SIMPLE, language="en"),
        Line(ADMINISTRATOR, "c", "Anne Admin", "4004", administrator=True),
        Line(ADVANCED, "c", "Ada Avancée", "4005", Licence.FULL_MEETING_ADVANCED),
        Line(FAX_LINE, "c", "Fax accueil", licence=Licence.FAX),
        Line(STRANGER, "d", "Zoé Ailleurs", "4002"),
    ):
        known.put_line(line)
    known.put_group(Group(GROUP, "c", "Accueil", "4900"))
    known.put_short_code("c", "550", "+33970711058")
    return known


async def fill(pool: Pool, known: Directory) -> None:
    """The same companies and lines in the database, without passwords."""
    async with transaction(pool) as connection:
        await connection.execute(
            """INSERT INTO companies (id, name, timezone, language, country, extension_length)
               VALUES ('c', 'Démo', 'Europe/Paris', 'fr', 'FR', 4),
                      ('d', 'Autre', 'Europe/Paris', 'fr', 'FR', 4)"""
        )
        for line in known.lines():
            await connection.execute(
                "INSERT INTO numbers (number, company, kind, extension, name) VALUES ($1, $2, 'line', $3, $4)",
                line.number,
                line.company,
                line.extension,
                line.name,
            )
            await connection.execute(
                """INSERT INTO lines (number, licence, language, max_calls, administrator)
                   VALUES ($1, $2, $3, 5, $4)""",
                line.number,
                line.licence.value,
                line.language,
                line.administrator,
            )
        for group in known.groups():
            await connection.execute(
                "INSERT INTO numbers (number, company, kind, extension, name) VALUES ($1, $2, 'group', $3, $4)",
                group.number,
                group.company,
                group.extension,
                group.name,
            )
            await connection.execute(
                "INSERT INTO groups (number, hunting, supervised, advanced) VALUES ($1, $2, $3, $4)",
                group.number,
                group.hunting,
                group.supervised,
                group.advanced,
            )


@dataclass
class Answer:
    """What came back: the status, the decoded JSON (None: something else), the headers, the bytes."""

    status: int
    json: Any
    headers: Mapping[str, str]
    raw: bytes

    @property
    def fields(self) -> dict[str, str]:
        """The wrong fields of a problem."""
        return {each["field"]: each["message"] for each in self.json["errors"]}


@dataclass
class World:
    """A running web application and what it works with."""

    services: WebServices
    pool: Pool
    directory: Directory
    call_side: FakeCallSide
    media: Path
    client: TestClient[Any, Any]
    repositories: Repositories
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, line: str) -> str:
        """A token of a line, made without its password."""
        if line not in self.tokens:
            now = self.services.clock.now()
            self.tokens[line] = (await self.repositories.sessions.create(line, now, timedelta(days=1)))[0]
        return self.tokens[line]

    async def ask(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        line: str | None = CAMILLE,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """Ask the application as ``line`` (None: nobody). A path without a slash is one of ``/api/v1/me/``."""
        sent = dict(headers or {})
        if line is not None and "Authorization" not in sent and "Cookie" not in sent:
            sent["Authorization"] = f"Bearer {await self.token(line)}"
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        whole = path if path.startswith("/") else f"/api/v1/me/{path}"
        options: dict[str, Any] = {"data": data} if data is not None else {}
        if json is not None:
            options["json"] = json
        async with self.client.request(method, whole, headers=sent, **options) as response:
            return await _answer(response)

    def know_contacts(self, line: str, book: ContactBook) -> None:
        """What the cache would learn from the database."""
        self.directory.put_contacts(line, book)


async def _answer(response: ClientResponse) -> Answer:
    raw = await response.read()
    is_json = response.content_type in ("application/json", "application/problem+json")
    decoded = await response.json(content_type=None) if is_json and raw else None
    return Answer(response.status, decoded, response.headers, raw)


async def start(pool: Pool, services: WebServices, known: Directory, call_side: FakeCallSide) -> World:
    """The application on a free port of this machine."""
    client: TestClient[Any, Any] = TestClient(TestServer(build(services)))
    await client.start_server()
    return World(
        services,
        pool,
        known,
        call_side,
        services.config.media_dir,
        client,
        Repositories.on(pool, services.clock),
    )


def bell(known: Directory) -> Bell:
    """The web's bell; its mails are in ``written``."""
    return Bell(lambda: known, FakeCompanyMails(), clock())


def clock() -> SystemClock:
    """A clock that stands at ``NOW``."""
    return SystemClock(NOW)


PAUL_CALLS = Peer(Presentation.SHOWN, "+33222969570")


async def leave(
    world: World,
    identity: str,
    kind: MessageKind = MessageKind.VOICE,
    line: str = CAMILLE,
    sender: Peer = PAUL_CALLS,
) -> None:
    """A message of Paul's, or another's, in the box of a line, with its file."""
    path = f"voice/{identity}.wav"
    (world.media / "voice").mkdir(exist_ok=True)
    (world.media / path).write_bytes(SOUND)
    await world.repositories.messages.deliver(Message(identity, line, kind, sender, NOW, path, 2.5))
