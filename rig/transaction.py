"""SIP transactions with the timers of RFC 3261 §17: what is lost on UDP is sent again, what comes twice is seen once.

Knows requests, responses and time; never what a call is. The 2xx to an INVITE is repeated here too, until the
dialog's ACK is handed in (§13.3.1.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from .message import Header, Request, Response
from .transport import Address

Transmit = Callable[[Request | Response, Address], None]
Heard = Callable[[Response | None], None]


@dataclass(frozen=True, slots=True)
class Timers:
    """Base times in seconds (RFC 3261 §17.1.1.1)."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def give_up(self) -> float:
        return 64 * self.t1


class Transactions:
    """All transactions of one phone. `on_request` gets each new request once; an ACK of a 2xx has no transaction."""

    def __init__(
        self,
        transmit: Transmit,
        on_request: Callable[[Request, ServerTransaction | None, Address], None],
        timers: Timers,
        *,
        reliable: bool,
    ) -> None:
        self.transmit = transmit
        self.timers = timers
        self.reliable = reliable
        self.loop = asyncio.get_running_loop()
        self.clients: dict[tuple[str, str], ClientTransaction] = {}
        self.servers: dict[tuple[str, str, str], ServerTransaction] = {}
        self._on_request = on_request

    def send(self, request: Request, to: Address, heard: Heard) -> ClientTransaction:
        """Send a request; `heard` gets every response that matters, and None when nobody answered in time."""
        transaction = ClientTransaction(self, request, to, heard)
        self.clients[transaction.key] = transaction
        transaction.start()
        return transaction

    def receive(self, message: Request | Response, source: Address) -> None:
        """A message came in; raises BadMessage if headers are missing."""
        match message:
            case Response():
                client = self.clients.get((message.via.branch, message.cseq[1]))
                if client is not None:
                    client.receive(message)
            case Request():
                self._receive_request(message, source)

    def _receive_request(self, request: Request, source: Address) -> None:
        via = request.via
        known = self.servers.get((via.branch, via.sent_by, _kind(request.method)))
        if request.method == "ACK":
            if known is not None and known.failed:
                known.acknowledge(request)
            else:
                self._on_request(request, None, source)
        elif known is not None:
            known.repeat()
        else:
            server = ServerTransaction(self, request, source)
            self.servers[server.key] = server
            self._on_request(request, server, source)

    def invite_cancelled_by(self, cancel: Request) -> ServerTransaction | None:
        """The INVITE transaction that a CANCEL belongs to (RFC 3261 §9.2)."""
        return self.servers.get((cancel.via.branch, cancel.via.sent_by, "INVITE"))

    def close(self) -> None:
        """Stop all timers."""
        for transaction in (*self.clients.values(), *self.servers.values()):
            transaction.timers_off()
        self.clients.clear()
        self.servers.clear()


def _kind(method: str) -> str:
    return "INVITE" if method == "ACK" else method


class _Timed:
    """Something with timers that can all be stopped."""

    def __init__(self, layer: Transactions) -> None:
        self.layer = layer
        self._handles: list[asyncio.TimerHandle] = []

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self._handles = [handle for handle in self._handles if handle.when() > self.layer.loop.time()]
        self._handles.append(self.layer.loop.call_later(seconds, act))

    def timers_off(self) -> None:
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()


class ClientTransaction(_Timed):
    """One request of ours: repeated until answered, and the ACK of a refused INVITE."""

    def __init__(self, layer: Transactions, request: Request, to: Address, heard: Heard) -> None:
        super().__init__(layer)
        self.request = request
        self.to = to
        self.final: Response | None = None
        self.key = (request.via.branch, request.method)
        self._heard = heard
        self._proceeding = False
        self._interval = layer.timers.t1

    @property
    def _is_invite(self) -> bool:
        return self.request.method == "INVITE"

    def start(self) -> None:
        self.layer.transmit(self.request, self.to)
        if not self.layer.reliable:
            self.after(self._interval, self._again)
        self.after(self.layer.timers.give_up, self._time_out)

    def _again(self) -> None:
        self.layer.transmit(self.request, self.to)
        t2 = self.layer.timers.t2
        if self._is_invite:
            self._interval *= 2
        else:
            self._interval = t2 if self._proceeding else min(2 * self._interval, t2)
        self.after(self._interval, self._again)

    def _time_out(self) -> None:
        self._forget()
        self._heard(None)

    def _forget(self) -> None:
        self.timers_off()
        self.layer.clients.pop(self.key, None)

    def receive(self, response: Response) -> None:
        if response.status < 200:
            if self.final is None:
                self._proceeding = True
                if self._is_invite:
                    self.timers_off()
                self._heard(response)
            return
        if self._is_invite and response.status >= 300:
            self.layer.transmit(_ack_of_refusal(self.request, response), self.to)
        first, self.final = self.final is None, response
        if first:
            self.timers_off()
            self.after(self.layer.timers.give_up if self._is_invite else self.layer.timers.t4, self._forget)
        if first or (self._is_invite and response.status < 300):
            self._heard(response)


def _ack_of_refusal(invite: Request, response: Response) -> Request:
    """The ACK that belongs to the transaction (RFC 3261 §17.1.1.3)."""
    number, _ = invite.cseq
    head: list[Header] = [
        ("Via", invite.values("Via")[0]),
        *(("Route", route) for route in invite.headers("Route")),
        ("Max-Forwards", "70"),
        ("From", invite.required("From")),
        ("To", response.required("To")),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{number} ACK"),
    ]
    return Request(tuple(head), b"", "ACK", invite.uri)


class ServerTransaction(_Timed):
    """One request of theirs and our answers; a final answer to an INVITE is repeated until its ACK comes."""

    def __init__(self, layer: Transactions, request: Request, source: Address) -> None:
        super().__init__(layer)
        self.request = request
        self.source = source
        self.last: Response | None = None
        self.ack: Request | None = None
        self.on_ack: Callable[[Request], None] = lambda ack: None
        self.on_cancel: Callable[[Request], None] = lambda cancel: None
        self.key = (request.via.branch, request.via.sent_by, request.method)
        self._interval = layer.timers.t1

    @property
    def failed(self) -> bool:
        """Answered with a final response that is no 2xx."""
        return self.last is not None and self.last.status >= 300

    @property
    def finished(self) -> bool:
        """Answered with a final response."""
        return self.last is not None and self.last.status >= 200

    def respond(self, response: Response) -> None:
        """Send a response; after a final one all others are ignored."""
        if self.finished:
            return
        self.last = response
        self.layer.transmit(response, self.source)
        if response.status < 200:
            return
        if self.request.method == "INVITE" and (response.status < 300 or not self.layer.reliable):
            self.after(self._interval, self._again)
        self.after(self.layer.timers.give_up, self._forget)

    def repeat(self) -> None:
        """The request came again: so does the answer."""
        if self.last is not None:
            self.layer.transmit(self.last, self.source)

    def _again(self) -> None:
        self.repeat()
        self._interval = min(2 * self._interval, self.layer.timers.t2)
        self.after(self._interval, self._again)

    def _forget(self) -> None:
        self.timers_off()
        self.layer.servers.pop(self.key, None)

    def acknowledge(self, ack: Request) -> None:
        """The ACK came: stop repeating."""
        if self.ack is None:
            self.ack = ack
            self.timers_off()
            self.after(self.layer.timers.t4, self._forget)
            self.on_ack(ack)
