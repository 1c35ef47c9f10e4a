"""What every phone of the rig stands on: a socket, transactions, a trace, and waits with a deadline.

Every wait that fails raises an AssertionError that ends with the SIP trace. What comes in is dispatched by
`callee`, who we are is said by `phone`; what a call does is in `call` and its neighbours.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from .address import NameAddr, Uri
from .bell import Bell
from .dialog import new_tag, response_to
from .exchange import Exchange, Make
from .message import BadMessage, Header, Message, Request, Response, encode, parse
from .sdp import STATIC
from .trace import Trace, Way
from .transaction import ServerTransaction, Timers, Transactions
from .transport import Address, TcpTransport, TlsServerTransport, Transport, UdpTransport

if TYPE_CHECKING:
    from .call import Call

T = TypeVar("T")

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER, UPDATE, MESSAGE"


class Owner(Protocol):
    """Whoever owns a dialog: a call or a subscription."""

    def on_request(self, request: Request, transaction: ServerTransaction | None) -> None:
        """A request inside the dialog; None comes with an ACK."""


class Agent:
    """Base of `Phone` and `Trunk`. Use as `async with`; leaving it ends its calls and closes every socket."""

    password: str | None = None
    auth_user: str = ""
    encrypts = False
    """Whether the sound is encrypted (SDES): offered alone, and taken where it is offered."""

    def __init__(
        self,
        name: str,
        server: Address | None,
        *,
        codecs: tuple[str, ...] = ("PCMA", "PCMU"),
        host: str = "127.0.0.1",
        port: int = 0,
        transport: str = "udp",
        tone: int | None = None,
        timers: Timers | None = None,
        namespace: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`namespace`: the network namespace of its sockets (UDP), none for that of this process; `tls`: it is a server
        over TLS, with the certificate of that context."""
        unknown = set(codecs) - set(STATIC)
        if unknown or transport not in ("udp", "tcp"):
            raise ValueError(f"cannot speak {unknown or transport}")
        self.name = name
        self.contact_user = name
        self.server = server
        self.codecs = codecs
        self.tone = tone
        self.namespace = namespace
        self.trace = Trace(name)
        self.bell = Bell()
        self.lose: Callable[[Way, Message], bool] = lambda way, message: False
        self.owners: dict[tuple[str, str], Owner] = {}
        self.calls: list[Call] = []
        self._local: Address = (host, port)
        self._kind = transport if tls is None else "tls"
        self._tls = tls
        self._timers = timers or Timers()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: Transport | None = None
        self._transactions: Transactions | None = None

    async def __aenter__(self) -> Self:
        if self._tls is not None:
            self._transport = await TlsServerTransport.open(self._local, self._tls, self._on_data)
        elif self._kind == "tcp" and self.server is not None:
            self._transport = await TcpTransport.open(self._local[0], self.server, self._on_data)
        else:
            self._transport = await UdpTransport.open(self._local, self._on_data, self.namespace)
        self._transactions = Transactions(
            self.transmit, self.dispatch, self._timers, reliable=self._transport.reliable
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(call.leave() for call in tuple(self.calls)))
        await self.vanish()

    async def vanish(self) -> None:
        """Pull the plug: close every socket at once, without a word to anybody."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for call in tuple(self.calls):
            call.release()
        self.calls.clear()
        if self._transactions is not None:
            self._transactions.close()
        if self._transport is not None:
            await self._transport.close()

    @property
    def transactions(self) -> Transactions:
        assert self._transactions is not None, f"{self.name} is not open: use `async with`"
        return self._transactions

    @property
    def local(self) -> Address:
        """Host and port of our socket."""
        assert self._transport is not None, f"{self.name} is not open: use `async with`"
        return self._transport.local

    @property
    def contact(self) -> str:
        """Our Contact value."""
        tail = "" if self._kind == "udp" else f";transport={self._kind}"
        return f"<sip:{self.contact_user}@{self.local[0]}:{self.local[1]}{tail}>"

    def via(self) -> str:
        """A Via value with a new branch."""
        host, port = self.local
        return f"SIP/2.0/{self._kind.upper()} {host}:{port};branch=z9hG4bK{new_tag()};rport"

    def destination(self, request: Request) -> Address:
        """Where a request is sent: its first route or target if that is a literal address, else the server."""
        routes = request.values("Route")
        uri = NameAddr.parse(routes[0]).uri if routes else Uri.parse(request.uri)
        try:
            ipaddress.IPv4Address(uri.host)
        except ValueError:
            if self.server is None:
                raise AssertionError(f"{self.name}: no address to reach {request.uri}") from None
            return self.server
        return uri.address

    def transmit(self, message: Request | Response, to: Address) -> None:
        """Put a message on the wire, unless the test loses it."""
        lost = self.lose("out", message)
        self.trace.message("out", message, lost=lost)
        if self._transport is not None and not lost:
            self._transport.send(encode(message), to)

    def _on_data(self, data: bytes, source: Address) -> None:
        try:
            message = parse(data)
            lost = self.lose("in", message)
            self.trace.message("in", message, lost=lost)
            if not lost:
                self.transactions.receive(message, source)
        except BadMessage as error:
            self.trace.note(f"unreadable message from {source}: {error}")
        self.bell.ring()

    def failure(self, text: str) -> AssertionError:
        """An error for the test, with the trace."""
        return AssertionError(f"{self.name}: {text}\n{self.trace}")

    async def until(self, condition: Callable[[], T | None], within: float, what: str) -> T:
        """Wait until `condition` gives something; raises AssertionError with `what` and the trace."""
        try:
            return await self.bell.until(condition, within)
        except TimeoutError:
            raise self.failure(f"{what} within {within} s") from None

    async def ask(self, make: Make, within: float, what: str) -> Response:
        """Send a request and wait for its final response (any status)."""
        answers: list[Response | None] = []

        def heard(response: Response | None) -> None:
            if response is None or response.status >= 200:
                answers.append(response)
                self.bell.ring()

        Exchange(self, make, heard)
        await self.until(lambda: bool(answers), within, f"no answer to {what}")
        if answers[0] is None:
            raise self.failure(f"no answer to {what}: transaction timed out")
        return answers[0]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside; it ends with the phone, and a failure is in the trace and in the loop's log."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.trace.note(f"script failed: {error}")
            context = {"message": f"a script of {self.name} failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    def dispatch(self, request: Request, transaction: ServerTransaction | None, source: Address) -> None:
        """A request came in; the transaction is None for the ACK of a 2xx."""
        raise NotImplementedError

    def take_notification(self, request: Request) -> None:
        """A NOTIFY came in."""
        raise NotImplementedError

    def target(self, number: str) -> str:
        """A URI for a number on the server; a URI stays as it is."""
        if number.partition(":")[0] in ("sip", "sips", "tel"):
            return number
        if self.server is None:
            raise self.failure(f"no server to call {number} on")
        return f"sip:{number.replace('#', '%23')}@{self.server[0]}:{self.server[1]}"

    def reply(
        self,
        transaction: ServerTransaction,
        status: int,
        *,
        tag: str | None = None,
        headers: Iterable[Header] = (),
        body: bytes = b"",
        reason: str | None = None,
    ) -> None:
        """Answer a request; every response but 100 names our methods and our contact."""
        own = [("Contact", self.contact), ("Allow", ALLOW)] if status > 100 else []
        given = {name.lower() for name, _ in headers}
        own = [(name, value) for name, value in own if name.lower() not in given]
        tag = tag or (new_tag() if status > 100 else None)
        extra = [*own, *headers]
        transaction.respond(
            response_to(transaction.request, status, tag=tag, headers=extra, body=body, reason=reason)
        )
