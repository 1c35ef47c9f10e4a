"""The common thread of the requests of one call or subscription (RFC 3261 §12), and responses to requests.

Pure state: sends nothing itself.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from .address import NameAddr, Uri
from .message import Header, Message, Request, Response
from .transport import Address

REASONS = {
    100: "Trying",
    180: "Ringing",
    181: "Call Is Being Forwarded",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    489: "Bad Event",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


def new_tag() -> str:
    """A random tag, branch suffix or Call-ID."""
    return secrets.token_hex(8)


@dataclass(slots=True)
class Dialog:
    """One side's view: `local` is us. `target` is where requests go, `routes` by which proxies."""

    call_id: str
    local: NameAddr
    remote: NameAddr
    target: str
    fallback: Address
    routes: tuple[str, ...] = ()
    cseq: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.call_id, self.local.tag or ""

    @classmethod
    def outgoing(cls, local: NameAddr, remote: NameAddr, target: str, server: Address) -> Dialog:
        """For a request that we are about to send."""
        return cls(new_tag(), local.with_tag(new_tag()), remote, target, server)

    @classmethod
    def incoming(cls, request: Request, source: Address) -> Dialog:
        """For a request that came in; our tag is chosen here."""
        contact = request.address("Contact") if request.header("Contact") else request.address("From")
        return cls(
            call_id=request.call_id,
            local=request.address("To").with_tag(new_tag()),
            remote=request.address("From"),
            target=str(contact.uri),
            fallback=source,
            routes=tuple(request.values("Record-Route")),
        )

    def learn(self, response: Response) -> None:
        """Take the other side's tag, target and routes from a response to our first request."""
        self.remote = self.remote.with_tag(response.address("To").tag)
        self.routes = tuple(reversed(response.values("Record-Route")))
        self.refresh(response)

    def refresh(self, message: Message) -> None:
        """Take a new target from a Contact (RFC 3261 §12.2)."""
        if message.header("Contact"):
            self.target = str(message.address("Contact").uri)

    @property
    def next_hop(self) -> Address:
        """Where requests are sent: the first route, else the target; the fallback when that is no literal address."""
        uri = NameAddr.parse(self.routes[0]).uri if self.routes else Uri.parse(self.target)
        try:
            ipaddress.IPv4Address(uri.host)
        except ValueError:
            return self.fallback
        return uri.address

    def request(
        self,
        method: str,
        *,
        via: str,
        contact: str,
        headers: Iterable[Header] = (),
        body: bytes = b"",
        cseq: int | None = None,
    ) -> Request:
        """The next request of this dialog; an ACK is given the `cseq` of its INVITE."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        headers = list(headers)
        hops = [] if any(name == "Max-Forwards" for name, _ in headers) else [("Max-Forwards", "70")]
        head: list[Header] = [
            ("Via", via),
            *(("Route", route) for route in self.routes),
            *hops,
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", contact),
            *headers,
        ]
        return Request(tuple(head), body, method, self.target)


def response_to(
    request: Request,
    status: int,
    *,
    tag: str | None = None,
    headers: Iterable[Header] = (),
    body: bytes = b"",
    reason: str | None = None,
) -> Response:
    """A response with the headers that must be copied (RFC 3261 §8.2.6); `tag` marks our side of a new dialog."""
    to = request.address("To")
    if to.tag is None and tag is not None:
        to = to.with_tag(tag)
    head: list[Header] = [
        *(("Via", via) for via in request.headers("Via")),
        *(("Record-Route", route) for route in request.headers("Record-Route")),
        ("From", request.required("From")),
        ("To", str(to) if request.address("To").tag is None else request.required("To")),
        ("Call-ID", request.call_id),
        ("CSeq", request.required("CSeq")),
        *headers,
    ]
    return Response(tuple(head), body, status, reason or REASONS.get(status, "Unknown"))
