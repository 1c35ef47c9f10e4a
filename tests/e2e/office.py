"""The people of the end-to-end tests: fresh lines for each test, phones for them, settings, and what is left.

One company of many lines is provisioned once in a session; a test takes as many as it needs, so that no test
meets another's settings, calls or history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
import yaml

from callcontrol import ids
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactGroup
from callcontrol.history import CallRecord
from callcontrol.message import Message, MessageKind
from callcontrol.settings.parse import parse
from callcontrol.store.calls import CallHistory
from callcontrol.store.contacts import Contacts
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool, open_pool
from callcontrol.store.settings import SettingsStore
from rig import Phone, Trunk
from tests.stack import Stack

T = TypeVar("T")

PORTAL_PASSWORD = "Wigeon-vole-86!b"
OBEYED_SECONDS = 0.4
"""A change made by another process is obeyed by the next call within 1 s (issue A2); this is our share of it."""
WITHIN = 8.0
"""Seconds that anything but a timer of the product may take on a busy machine."""


def sip_password(n: int) -> str:
    """One that a company file may give, another for each line."""
    return f"sip-7-{''.join('abcdefghij'[int(digit)] for digit in str(n))}-secret"


@dataclass(frozen=True, slots=True)
class Desk:
    """One line of a test: its number, its extension, its name, its SIP password."""

    number: str
    extension: str
    name: str
    sip_password: str


def _by(desk: Desk) -> ChangedBy:
    return ChangedBy(desk.number, Where.API, datetime.now(UTC))


class Office:
    """A company of its own on a running system. Use ``Office.open``."""

    def __init__(self, stack: Stack, pool: Pool, desks: Sequence[Desk]) -> None:
        self.stack = stack
        self.chief = desks[0]
        """The administrator, who may log in. Tests of calls do not use it."""
        self._all, self._free = desks, list(desks[1:])
        self._company: dict[str, Any] = {}
        self._portals = 1
        self.history, self.mailboxes = CallHistory(pool), Mailboxes(pool)
        self.settings, self._contacts = SettingsStore(pool), Contacts(pool)
        self.pool = pool

    @classmethod
    async def open(
        cls,
        stack: Stack,
        size: int = 480,
        *,
        company: str = "Essais",
        prefix: str = "02221",
        of_company: Mapping[str, Any] | None = None,
        of_lines: Mapping[str, Any] | None = None,
        of_file: Mapping[str, Any] | None = None,
        portals: int = 1,
        people: int = 2,
    ) -> Office:
        """Provision the company and wait until its last line can register. ``of_company``, ``of_lines`` and
        ``of_file`` are more keys of its file; the first ``portals`` lines may log in (a password is slow).
        ``people`` of the test work at once: with a connection to the database for each, none waits for another
        (after two seconds of that the store says that the database is down)."""
        desks = [
            Desk(f"{prefix}{n:05d}", f"{6000 + n}", f"Poste {6000 + n}", sip_password(n))
            for n in range(1, size + 1)
        ]
        office = cls(stack, await open_pool(stack.database_url, max_size=people), desks)
        office._company = {
            "name": company,
            "extension_length": 4,
            "sites": [{"name": "Essais", "number": f"{prefix}99999"}],
        }
        office._portals = portals
        await office.provision(of_company, of_lines, of_file)
        async with office.phone(desks[-1]) as last:
            await eventually(lambda: registers(last), "the last line can register")
        return office

    async def provision(
        self,
        of_company: Mapping[str, Any] | None = None,
        of_lines: Mapping[str, Any] | None = None,
        of_file: Mapping[str, Any] | None = None,
    ) -> None:
        """Make the company what its file says, with more keys for it, for all its lines, and for the file."""
        lines = [
            {
                "number": d.number,
                "extension": d.extension,
                "name": d.name,
                "licence": "full",
                "sip_password": d.sip_password,
                "site": "Essais",
                **(of_lines or {}),
            }
            for d in self._all
        ]
        for line in lines[: self._portals]:
            line.update({"portal_password": PORTAL_PASSWORD, "email": "first@example.net"})
        lines[0]["administrator"] = True
        file = {"company": {**self._company, **(of_company or {})}, "lines": lines, **(of_file or {})}
        assert await self.stack.provision(yaml.safe_dump(file, allow_unicode=True)) == 0

    async def close(self) -> None:
        """Let go of the database."""
        await self.pool.close()

    def desks(self, count: int) -> list[Desk]:
        """Lines that nobody used before."""
        taken, self._free = self._free[:count], self._free[count:]
        assert len(taken) == count, "the office is too small: raise its size"
        return taken

    def desk(self, number: str) -> Desk:
        """The line of this number, taken by nobody else."""
        found = next(desk for desk in self._all if desk.number == number)
        self._free = [desk for desk in self._free if desk is not found]
        return found

    def phone(self, desk: Desk, **more: Any) -> Phone:
        """A phone of a line, not registered yet."""
        return Phone(desk.number, desk.sip_password, self.stack.sip_server, **more)

    def trunk(self, *, beside: bool = False) -> Trunk:
        """The outside world; ``beside`` others: one that calls but is not called."""
        return Trunk(self.stack.sip_server, port=0 if beside else self.stack.trunk_port)

    async def set(self, desk: Desk, document: str, values: dict[str, Any]) -> None:
        """Write a settings document as the web would (other fields have their defaults)."""
        await self.set_all({desk: {document: values}})

    async def set_all(self, documents: Mapping[Desk, Mapping[str, dict[str, Any]]]) -> None:
        """Write several documents at once, of one desk or of many."""
        for desk, written in documents.items():
            for document, values in written.items():
                await self.write(desk, document, values)
        await asyncio.sleep(OBEYED_SECONDS)

    async def write(self, desk: Desk, document: str, values: dict[str, Any]) -> None:
        """Write a settings document from this process, which is not the app's, and go on at once."""
        parse(document, values, "fr")
        await self.settings.put(desk.number, document, values, by=_by(desk))

    async def contact(self, desk: Desk, name: str, *numbers: str) -> str:
        """Put somebody into the contacts of a desk; gives the id."""
        card = ContactCard(ids.uuid7(), first_name=name, numbers=tuple(("other", n) for n in numbers))
        await self._contacts.put(desk.number, [card], _by(desk))
        return card.id

    async def contact_group(
        self, desk: Desk, name: str, *, contacts: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> str:
        """Make a group of contacts and of other groups; gives the id."""
        group = ContactGroup(ids.uuid7(), name, frozenset(contacts), frozenset(groups))
        await self._contacts.put_group(desk.number, group, _by(desk))
        return group.id

    async def records(self, desk: Desk, count: int = 1) -> list[CallRecord]:
        """The history of a line, newest first, once it has ``count`` calls."""

        async def found() -> list[CallRecord] | None:
            page = await self.history.page(desk.number)
            return list(page.items) if len(page.items) >= count else None

        records = await eventually(found, f"{count} calls in the history of {desk.extension}")
        assert len(records) == count, records
        return records

    async def messages(self, desk: Desk, count: int = 1) -> list[Message]:
        """The voice messages of a line, once there are ``count``."""

        async def found() -> list[Message] | None:
            page = await self.mailboxes.page(desk.number, MessageKind.VOICE)
            return list(page.items) if len(page.items) >= count else None

        messages = await eventually(found, f"{count} messages of {desk.extension}")
        assert len(messages) == count, messages
        return messages

    async def nothing_left(self) -> None:
        """No channel, no bridge, no journal, no count: every call is over and recorded."""

        async def clean() -> bool | None:
            channels = await self.stack.asterisk_cli("core show channels concise")
            bridges = await self.stack.asterisk_cli("bridge show all")
            left = [line for line in bridges.splitlines() if "-bridge" in line]
            journals = list((self.stack.runtime_dir / "journal").glob("*"))
            counted = await self.metric("callcontrol_calls_counted")
            return (not channels.strip() and not left and not journals and counted == 0) or None

        await eventually(clean, "nothing is left of any call")

    async def metric(self, name: str) -> float | None:
        """One series of ``/metrics``; None while the process of the calls does not answer the web."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.stack.web_url}/metrics") as answer,
        ):
            text = await answer.text()
        found = (line for line in text.splitlines() if line.startswith(f"{name} "))
        return next((float(line.rsplit(None, 1)[1]) for line in found), None)


async def registers(phone: Phone) -> bool | None:
    """Whether it can register now; None: not yet."""
    response = await phone.try_register()
    return response.status == 200 or None


async def eventually(check: Callable[[], Awaitable[T | None]], what: str, within: float = WITHIN) -> T:
    """The first result of ``check`` that is not None; an AssertionError naming ``what`` at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while (result := await check()) is None:
        assert loop.time() < deadline, f"not within {within} s: {what}"
        await asyncio.sleep(0.05)
    return result
