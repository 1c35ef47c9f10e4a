"""One line's own view of the JSON API, as its user has it: log in, settings, mailbox, history, explain.

A client of the documented API and nothing else: it must never reach around it into the database.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, TypeVar

import aiohttp

from demo.broken import FilmBroken

T = TypeVar("T")
Json = dict[str, Any]

OBEYED_SECONDS = 0.3
"""A change counts for the next call; so long is given for it to be known everywhere (the limit is 1 s)."""
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in the list of ``/dev/mail``."""

    path: str
    subject: str
    to: str


_MAIL = re.compile(r'<td><a href="(/dev/mail/[^"]+)">([^<]*)</a></td><td>[^<]*</td><td>([^<]*)</td>')
_BLOCK, _TAG = re.compile(r"</?(?:tr|p|pre|h[1-6]|li|table)[^>]*>"), re.compile(r"<[^>]*>")


class Portal:
    """A session of one line. Use ``await Portal.log_in(...)``; ``end`` when done."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str) -> None:
        self._http = http
        self._web, self._base = base, f"{base}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def log_in(cls, http: aiohttp.ClientSession, base: str, number: str, password: str) -> Portal:
        """Log in. Raises FilmBroken when the running system does not know this line or its password."""
        sent = {"number": number, "password": password}
        async with http.post(f"{base}/api/v1/sessions", json=sent) as answer:
            if answer.status != 201:
                raise FilmBroken(
                    f"The log-in of {number} was answered with {answer.status}: the system that runs here "
                    "does not have the demo company."
                )
            return cls(http, base, (await answer.json())["token"])

    async def end(self) -> None:
        """Log out."""
        await self._ask("DELETE", "sessions/current")

    async def read(self, document: str) -> Json:
        """A settings document, whole."""
        found: Json = await self._ask("GET", f"me/{document}")
        return found

    async def put(self, document: str, values: Mapping[str, Any]) -> None:
        """Replace a settings document: what is left out takes its default. The next call obeys it."""
        await self._ask("PUT", f"me/{document}", json=dict(values))
        await asyncio.sleep(OBEYED_SECONDS)

    async def explain(self, caller: str) -> list[Json]:
        """What would happen if ``caller`` called now: the steps with their reasons."""
        told: Json = await self._ask("GET", "me/explain", params={"from": caller})
        steps: list[Json] = told["steps"]
        return steps

    async def calls(self) -> list[Json]:
        """The history, newest first."""
        page: Json = await self._ask("GET", "me/calls", params={"limit": "100"})
        items: list[Json] = page["items"]
        return items

    async def messages(self) -> list[Json]:
        """The voice messages, newest first."""
        page: Json = await self._ask("GET", "me/messages", params={"kind": "voice", "limit": "100"})
        items: list[Json] = page["items"]
        return items

    async def deleted(self) -> list[Json]:
        """The deleted messages, newest first."""
        page: Json = await self._ask("GET", "me/deleted")
        items: list[Json] = page["items"]
        return items

    async def delete(self, message: str) -> None:
        """Delete a message; it can be restored."""
        await self._ask("DELETE", f"me/messages/{message}")

    async def audio(self, message: str) -> bytes:
        """The WAV of a message."""
        sound: bytes = await self._ask("GET", f"me/messages/{message}/audio")
        return sound

    async def email(self, message: str, address: str) -> None:
        """Send a message by e-mail."""
        await self._ask("POST", f"me/messages/{message}/email", json={"address": address})

    async def erase_deleted(self, message: str) -> None:
        """Erase a deleted message for good."""
        await self._ask("DELETE", f"me/deleted/{message}")

    async def recordings(self) -> list[Json]:
        """The line's own recordings, newest first."""
        page: Json = await self._ask("GET", "me/recordings", params={"limit": "100"})
        items: list[Json] = page["items"]
        return items

    async def remove_recording(self, recording: str) -> None:
        """Delete one of them."""
        await self._ask("DELETE", f"me/recordings/{recording}")

    async def mails(self) -> list[Mail]:
        """What the catch-all mail server took, newest first."""
        return [Mail(*map(unescape, found)) for found in _MAIL.findall(await self._page("/dev/mail"))]

    async def mail(self, path: str) -> list[str]:
        """The lines of a mail's page, its head first."""
        body = (await self._page(path)).partition("<table>")[2].replace("</th>", ": ")
        text = unescape(_TAG.sub("", _BLOCK.sub("\n", body)))
        return [line.strip() for line in text.splitlines() if line.strip()]

    async def reminders(self) -> list[Json]:
        """The reminders, the next one first."""
        page: Json = await self._ask("GET", "me/reminders")
        items: list[Json] = page["items"]
        return items

    async def cancel_reminder(self, reminder: str) -> None:
        """Take one back."""
        await self._ask("DELETE", f"me/reminders/{reminder}")

    async def set_clock(self, now: datetime) -> bool:
        """Let the system's time go on from ``now``; False where its configuration does not allow that."""
        sent = {"now": now.isoformat(), "runs": True}
        async with self._http.put(f"{self._base}/dev/clock", json=sent) as answer:
            return answer.status == 200

    async def _page(self, path: str) -> str:
        async with self._http.get(f"{self._web}{path}") as answer:
            if answer.status != 200:
                raise FilmBroken(f"GET {path} was answered with {answer.status}.")
            return await answer.text()

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        async with self._http.request(
            method, f"{self._base}/{path}", headers=self._headers, **more
        ) as answer:
            if answer.status >= 400:
                text = (await answer.text())[:500]
                raise FilmBroken(f"{method} {path} was answered with {answer.status}: {text}")
            if answer.content_type == "application/json":
                return await answer.json()
            return await answer.read()


async def eventually(find: Callable[[], Awaitable[T | None]], what: str, within: float = 8.0) -> T:
    """The first result of ``find`` that is not None; raises FilmBroken, naming ``what``, after ``within`` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while (found := await find()) is None:
        if loop.time() > deadline:
            raise FilmBroken(f"Not within {within:g} s: {what}.")
        await asyncio.sleep(_POLL)
    return found
