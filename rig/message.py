"""SIP messages: parse and format (RFC 3261 §7). Header lines stay raw and in order, several of one name too.

Nothing is normalised on the way in, so that a test sees what was on the wire; names are compared without
case and compact forms are understood. Never decides anything about a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .address import NameAddr, Params, Uri, parse_params
from .quoting import split_outside

Header = tuple[str, str]

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}


class BadMessage(ValueError):
    """The bytes are no SIP message, or a header that must be there is missing or unreadable."""


def canonical(name: str) -> str:
    """The lower-case long form of a header name."""
    lowered = name.strip().lower()
    return COMPACT.get(lowered, lowered)


@dataclass(frozen=True, slots=True)
class Message:
    """What requests and responses share: the header lines and the body."""

    head: tuple[Header, ...]
    body: bytes = b""

    def headers(self, name: str) -> list[str]:
        """Every raw value of the header, one per line, in order."""
        wanted = canonical(name)
        return [value for given, value in self.head if canonical(given) == wanted]

    def header(self, name: str) -> str | None:
        """The first raw value of the header, or None."""
        wanted = canonical(name)
        return next((value for given, value in self.head if canonical(given) == wanted), None)

    def required(self, name: str) -> str:
        """Like `header`; raises BadMessage if it is missing."""
        value = self.header(name)
        if value is None:
            raise BadMessage(f"no {name} header")
        return value

    def values(self, name: str) -> list[str]:
        """The header's values with comma lists taken apart (Via, Contact, Record-Route, Diversion …)."""
        return [
            part.strip() for line in self.headers(name) for part in split_outside(line, ",") if part.strip()
        ]

    def address(self, name: str) -> NameAddr:
        """The header's first value as an address; raises BadMessage if it is missing."""
        found = self.values(name)
        if not found:
            raise BadMessage(f"no {name} header")
        return NameAddr.parse(found[0])

    @property
    def call_id(self) -> str:
        return self.required("Call-ID")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method of CSeq."""
        number, _, method = self.required("CSeq").partition(" ")
        if not number.isdigit():
            raise BadMessage("CSeq without a number")
        return int(number), method.strip()

    @property
    def via(self) -> Via:
        """The topmost Via."""
        found = self.values("Via")
        if not found:
            raise BadMessage("no Via header")
        return Via.parse(found[0])

    @property
    def is_sdp(self) -> bool:
        kind = (self.header("Content-Type") or "").partition(";")[0].strip().lower()
        return kind == "application/sdp" and bool(self.body)


@dataclass(frozen=True, slots=True)
class Request(Message):
    method: str = ""
    uri: str = ""

    @property
    def start_line(self) -> str:
        return f"{self.method} {self.uri} SIP/2.0"

    @property
    def dialled(self) -> str | None:
        """User part of the request URI: the number that is called."""
        return Uri.parse(self.uri).user


@dataclass(frozen=True, slots=True)
class Response(Message):
    status: int = 0
    reason: str = ""

    @property
    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value: `SIP/2.0/UDP host:port;branch=…`."""

    transport: str
    sent_by: str
    params: Params

    @classmethod
    def parse(cls, text: str) -> Via:
        left, _, params = text.partition(";")
        protocol, _, sent_by = left.strip().partition(" ")
        return cls(protocol.rpartition("/")[2].strip().upper(), sent_by.strip(), parse_params(params))

    @property
    def branch(self) -> str:
        return dict(self.params).get("branch") or ""


def parse(data: bytes) -> Request | Response:
    """The message in one datagram (or one framed part of a stream); raises BadMessage.

    The body is cut to Content-Length when there is one (RFC 3261 §18.3).
    """
    text, separator, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise BadMessage("no empty line after the headers")
    lines = text.decode("utf-8", "surrogateescape").split("\r\n")
    head = tuple(_parse_head(lines[1:]))
    length = next((value for name, value in head if canonical(name) == "content-length"), None)
    if length is not None:
        if not length.isdigit() or int(length) > len(body):
            raise BadMessage(f"Content-Length {length} with {len(body)} bytes of body")
        body = body[: int(length)]
    first, _, rest = lines[0].partition(" ")
    middle, _, last = rest.partition(" ")
    if first == "SIP/2.0":
        if not (middle.isdigit() and len(middle) == 3):
            raise BadMessage(f"status line {lines[0]!r}")
        return Response(head, body, int(middle), last)
    if last != "SIP/2.0" or not first or not middle:
        raise BadMessage(f"request line {lines[0]!r}")
    return Request(head, body, first, middle)


def _parse_head(lines: Iterable[str]) -> list[Header]:
    head: list[Header] = []
    for line in lines:
        if line[:1] in (" ", "\t") and head:  # folded (RFC 3261 §7.3.1)
            name, value = head[-1]
            head[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise BadMessage(f"header line {line!r}")
        head.append((name.strip(), value.strip()))
    return head


def encode(message: Request | Response) -> bytes:
    """The message as bytes; a Content-Length is added when the headers hold none."""
    lines = [message.start_line, *(f"{name}: {value}" for name, value in message.head)]
    if message.header("Content-Length") is None:
        lines.append(f"Content-Length: {len(message.body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + message.body


def split_stream(buffer: bytes) -> tuple[bytes, bytes] | None:
    """First whole message of a TCP stream and the rest; None while it is incomplete (RFC 3261 §18.3)."""
    stripped = buffer.lstrip(b"\r\n")
    head, separator, body = stripped.partition(b"\r\n\r\n")
    if not separator:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if canonical(name.decode("utf-8", "replace")) == "content-length" and value.strip().isdigit():
            length = int(value.strip())
    if len(body) < length:
        return None
    return head + separator + body[:length], body[length:]
