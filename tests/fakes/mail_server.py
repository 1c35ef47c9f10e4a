"""A mail server that does what a test tells it: well-behaved by default, else as rude as real ones are.

``server.on["RCPT"] = answer`` replaces the answer to a verb (``GREETING``, ``EHLO``, ``MAIL``, ``RCPT``, ``DATA``,
``BODY``): a text, or a function of the line or address that gives one. ``HANG`` says nothing more, ``DROP`` closes,
``DEAF`` asks for the body and reads nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

HANG, DROP, DEAF = "<hang>", "<drop>", "354 go ahead, I am not listening"
Answer = str | Callable[[str], str]
_GOOD = {
    "GREETING": "220 mail.example.net ESMTP",
    "EHLO": "250-mail.example.net\r\n250-SIZE 50000000\r\n250 8BITMIME",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "BODY": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server took over."""

    address: str
    mail: EmailMessage


class MailServer:
    """Use ``MailServer.listening``."""

    def __init__(self) -> None:
        self.on: dict[str, Answer] = {}
        self.taken: list[Taken] = []
        self.tried: list[str] = []
        """Every address for which RCPT was said."""
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncIterator[MailServer]:
        server = cls()
        await server.start()
        try:
            yield server
        finally:
            await server.stop()

    async def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone, with every connection."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    def to(self, address: str) -> list[EmailMessage]:
        return [taken.mail for taken in self.taken if taken.address == address]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = ""
        if not await self._answer("GREETING", "", writer):
            return
        while line := (await reader.readline()).decode("utf-8", "replace").strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                self.tried.append(address)
            if self._said(verb, line) == DEAF:
                writer.transport.pause_reading()  # type: ignore[attr-defined]
            if not await self._answer(verb, line, writer):
                return
            if self._said(verb, line) == DEAF:
                await asyncio.Event().wait()
            if verb == "DATA" and self._said("DATA", line).startswith("354"):
                body = await reader.readuntil(b"\r\n.\r\n")
                said = self._said("BODY", address)
                if said.startswith("250") or said == DROP:
                    self.taken.append(Taken(address, parsed(body[:-3].replace(b"\r\n..", b"\r\n."))))
                if not await self._answer("BODY", address, writer):
                    return

    def _said(self, verb: str, line: str) -> str:
        answer = self.on.get(verb, _GOOD.get(verb, "500 what?"))
        return answer if isinstance(answer, str) else answer(line)

    async def _answer(self, verb: str, line: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the talk goes on."""
        answer = self._said(verb, line)
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == DROP:
            return False
        writer.write(answer.encode("utf-8", "surrogateescape") + b"\r\n")
        await writer.drain()
        return not answer.startswith("421")


def parsed(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
