"""One conversation with the mail server (RFC 5321): what it says to a mail is data, whatever it does is understood.

Never raises for anything that a server, or the way to it, may do.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiosmtplib

STEP_SECONDS = 30.0
"""For each answer of the server."""
MAIL_SECONDS = 180.0
"""For a whole mail: a server that gives a byte now and then does not hold it for ever."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has taken it over."""


@dataclass(frozen=True, slots=True)
class Refused:
    """This mail will never be taken (5xx)."""

    why: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not now (4xx), or the talk broke off: nobody knows whether it was taken."""

    why: str


@dataclass(frozen=True, slots=True)
class Away:
    """There is no talking to the server: no mail is to blame."""

    why: str


Outcome = Accepted | Refused | PutOff | Away


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go. ``helo`` is the name by which we greet it."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    helo: str

    @classmethod
    def of(cls, url: str, sender: str) -> MailServer:
        """From ``smtp.url``: ``smtp://[user:password@]host[:port]`` or ``smtps://…``."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        domain = sender.rpartition("@")[2]
        return cls(
            parts.hostname or "127.0.0.1",
            parts.port or (465 if tls else 587 if parts.username else 25),
            tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            domain if "." in domain else "localhost",
        )

    def client(self, step_seconds: float = STEP_SECONDS) -> aiosmtplib.SMTP:
        """STARTTLS is used where it is offered, and must be where a password goes out, but on this very machine. The
        certificate must be good then, and for ``smtps://``; else it is not looked at (RFC 7435): any encryption is
        better than none."""
        elsewhere = not _is_here(self.host)
        secret = self.user is not None and elsewhere
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=False if self.tls else True if secret else None,
            validate_certs=secret or (self.tls and elsewhere),
            local_hostname=self.helo,
            timeout=step_seconds,
        )


class Conversation:
    """Mails one after the other over one connection, which is opened when it is needed."""

    def __init__(self, server: MailServer, step_seconds: float = STEP_SECONDS) -> None:
        self._server, self._step = server, step_seconds
        self._client: aiosmtplib.SMTP | None = None
        self._transport: asyncio.BaseTransport | None = None

    async def send(self, sender: str, address: str, content: bytes) -> Outcome:
        """What became of a mail to one address."""
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                if (away := await self._open()) is not None:
                    return away
                assert self._client is not None
                return await self._hand_over(self._client, sender, address, content)
        except TimeoutError:
            self._drop()
            return PutOff("the server was too slow")
        except asyncio.CancelledError:
            self._drop()
            raise

    async def close(self) -> None:
        """Say good-bye, if anybody listens."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit(timeout=2.0)
            except (aiosmtplib.SMTPException, OSError, ValueError):
                pass
            finally:
                client.close()

    async def _open(self) -> Away | None:
        """A connection on which no mail is under way."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (aiosmtplib.SMTPException, OSError, ValueError):  # closed while nothing was said
                self._drop()
        if self._client is not None and self._client.is_connected:
            return None
        client = self._server.client(self._step)
        try:
            await client.connect()
            await client.ehlo()
        except (aiosmtplib.SMTPException, OSError, ValueError, ssl.SSLError) as error:
            client.close()
            return Away(reason(error))
        self._client, self._transport = client, client.transport
        return None

    async def _hand_over(self, client: aiosmtplib.SMTP, sender: str, address: str, content: bytes) -> Outcome:
        wide = not address.isascii()
        if wide and not client.supports_extension("smtputf8"):
            return Refused("the server takes no address with other than ASCII letters")
        encoding = "utf-8" if wide else "ascii"
        options = ["SMTPUTF8", "BODY=8BITMIME"] if wide else []
        if client.supports_extension("size"):
            options.append(f"SIZE={len(content)}")
        try:
            await client.mail(sender, options=options, encoding=encoding)
        except aiosmtplib.SMTPResponseException as error:
            # Who sends is our configuration, and may be mended; that a mail is too large (552) will not change.
            return self._answer(error, permanent=error.code == 552)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return self._broken(error)
        try:
            await client.rcpt(address, encoding=encoding)
            await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            return self._answer(error, permanent=500 <= error.code < 600)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return self._broken(error)
        return Accepted()

    def _answer(self, error: aiosmtplib.SMTPResponseException, *, permanent: bool) -> Outcome:
        if error.code < 400 or error.code == 421:  # no answer to what was said, or a good-bye
            self._drop()
        return Refused(reason(error)) if permanent else PutOff(reason(error))

    def _broken(self, error: Exception) -> PutOff:
        self._drop()
        return PutOff(reason(error))

    def _drop(self) -> None:
        """Let go of the connection at once: closing it would wait until the server has read all that was said."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()
        self._transport = None


def reason(error: Exception) -> str:
    """Why, in a few words on one line."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        text = f"{error.code} {error.message}"
    else:
        text = f"{type(error).__name__}: {error}"
    cleaned = text.encode("utf-8", "replace").decode().replace("\0", "")
    return " ".join(cleaned.split())[:300]


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
