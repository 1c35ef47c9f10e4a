"""HTTP/1.1 to one server over connections that are kept open: as much of RFC 9112 as ARI speaks, and no more.

Why not aiohttp, which serves the rest: a call costs nine small requests, and aiohttp's general ones took a quarter
of the app's whole CPU (docs/adr/0008). It never retries, follows no
redirect and knows nothing of ARI.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_CONNECTIONS = 64
IDLE_SECONDS = 10.0
"""Asterisk may close an idle connection after 15 s: ours must be the first to let go."""
LONGEST_HEAD = 65536


class Disconnected(ConnectionError):
    """The server closed the connection before its answer was complete."""


@dataclass(slots=True)
class _Kept:
    """An open connection that nobody uses."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    since: float


class HttpClient:
    """Requests to the server of ``base_url``; ``authorization`` is the value of that header."""

    def __init__(self, base_url: str, authorization: str) -> None:
        url = urlsplit(base_url)
        self._host, self._secure = url.hostname or "127.0.0.1", url.scheme == "https"
        self._port = url.port or (443 if self._secure else 80)
        self._prefix = url.path.rstrip("/")
        self._head = (
            f" HTTP/1.1\r\nHost: {url.netloc.rpartition('@')[2]}\r\nAuthorization: {authorization}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )
        self._idle: list[_Kept] = []
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def request(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body. ``target`` is the path below ``base_url`` with its query, encoded.

        Raises OSError (``Disconnected`` is one), or ValueError for an answer that is no HTTP.
        """
        message = f"{method} {self._prefix}{target}{self._head}{len(body)}\r\n\r\n".encode("ascii") + body
        async with self._places:
            return await self._exchange(self._take() or await self._connect(), message)

    def forget_idle(self) -> None:
        """What broke one connection may have broken those that nobody uses, too."""
        self.close()

    def close(self) -> None:
        """Let go of every connection that nobody uses."""
        for kept in self._idle:
            kept.writer.close()
        self._idle.clear()

    def _take(self) -> _Kept | None:
        """The connection used last that is still open; those that have been idle for too long are closed."""
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle:
            kept = self._idle.pop()
            if kept.since > oldest and not (kept.reader.at_eof() or kept.writer.is_closing()):
                return kept
            kept.writer.close()
        return None

    async def _connect(self) -> _Kept:
        reader, writer = await asyncio.open_connection(
            self._host, self._port, ssl=self._secure or None, limit=LONGEST_HEAD
        )
        return _Kept(reader, writer, 0.0)

    async def _exchange(self, connection: _Kept, message: bytes) -> tuple[int, bytes]:
        """One request and its answer. A connection on which this did not end well is never used again."""
        try:
            connection.writer.write(message)
            status, body, keep = await _answer(connection.reader)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            connection.writer.close()
            raise Disconnected("the server closed the connection") from error
        except BaseException:
            connection.writer.close()
            raise
        if keep:
            connection.since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.writer.close()
        return status, body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection stays open."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise ValueError("an answer whose head never ends") from error
    status_line = head[: head.index("\r\n")]
    version, _, rest = status_line.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
        raise ValueError(f"no HTTP answer: {status_line[:60]!r}")
    headers = head.lower()
    if _value(headers, "transfer-encoding") is not None:
        raise ValueError("an answer in chunks, which ARI never gives")
    status = int(rest[:3])
    length = _value(headers, "content-length")
    if length is None and status != 204:
        return status, await reader.read(), False
    body = b"" if length in (None, "0") else await reader.readexactly(int(length))
    return status, body, _value(headers, "connection") != "close"


def _value(headers: str, name: str) -> str | None:
    """Of one header, all in lower case: only three of them count."""
    _, found, rest = headers.partition(f"\r\n{name}:")
    return rest[: rest.index("\r\n")].strip() if found else None
